import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { useThrottledCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Bot, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { botsQuery } from '../../api/bots.ts'
import { useLive } from '../../api/live.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { AddBotForm } from './add-bot-form.tsx'
import { BotCard } from './bot-card.tsx'

/** In a storm each message is news. */
const COUNT_AGAIN_MS = 1000

export function BotsPage() {
  const { t } = useTranslation('bots')
  const { data: bots, error, refetch } = useQuery(botsQuery)
  // Each message that comes or goes changes how many wait.
  useLive(useThrottledCallback(() => void refetch(), COUNT_AGAIN_MS))
  const [adding, setAdding] = useState(false)
  const full = bots !== undefined && bots.items.length >= bots.limit
  return (
    <>
      <PageTitle title={t('title')} about={t('about')}>
        <Button
          leftSection={<Plus size={16} aria-hidden />}
          disabled={full}
          aria-describedby="how-many"
          onClick={() => setAdding(true)}
        >
          {t('add')}
        </Button>
      </PageTitle>
      <AddBotForm opened={adding} onClose={() => setAdding(false)} />
      <Stack>
        {bots && (
          <Text size="sm" c="dimmed" id="how-many">
            {t('howMany', { have: bots.items.length, count: bots.limit })} {full && t('full')}
          </Text>
        )}
        <ProblemNote problem={error} again={refetch} />
        {bots === undefined && !error && <Skeleton height={120} />}
        {bots?.items.length === 0 && (
          <EmptyState
            icon={Bot}
            title={t('none')}
            about={bots.shared ? t('noneShared', { bot: bots.shared.username }) : t('noneMore')}
          />
        )}
        {bots?.items.map((bot) => (
          <BotCard key={bot.id} bot={bot} />
        ))}
      </Stack>
    </>
  )
}
