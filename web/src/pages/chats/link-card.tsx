import { Paper, Select, SimpleGrid, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { botsQuery } from '../../api/bots.ts'
import { ClaimForm } from './claim-form.tsx'
import { CodeForBot } from './code-for-bot.tsx'

/** Both ways to link a chat. */
export function LinkCard({ onLinked }: { onLinked: (chatId: string) => void }) {
  const { t } = useTranslation('chats')
  const [botId, setBotId] = useState<string | null>(null)
  const { data: bots } = useQuery(botsQuery)
  const own = bots?.items.filter(({ active }) => active) ?? []
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="link-a-chat">
      <Stack>
        <Title order={2} size="h4" id="link-a-chat">
          {t('link')}
        </Title>
        {own.length > 0 && (
          <Select
            label={t('whichBot')}
            maw={320}
            allowDeselect={false}
            value={botId ?? ''}
            onChange={(value) => setBotId(value === '' ? null : value)}
            data={[
              ...(bots?.shared ? [{ value: '', label: `@${bots.shared.username} (${t('sharedBot')})` }] : []),
              ...own.map(({ id, username }) => ({ value: id, label: `@${username}` })),
            ]}
          />
        )}
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
          <CodeForBot key={botId} botId={botId} />
          <ClaimForm onLinked={({ id }) => onLinked(id)} />
        </SimpleGrid>
      </Stack>
    </Paper>
  )
}
