import { Button, Group, List, Text, ThemeIcon, VisuallyHidden } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, Circle } from 'lucide-react'
import type { ReactNode } from 'react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { botsQuery } from '../../api/bots.ts'
import { chatsQuery } from '../../api/chats.ts'
import { answer, api } from '../../api/client.ts'
import { type LiveEvent, useLive } from '../../api/live.ts'
import { Section } from '../../parts/section.tsx'

/** Whether there has ever been a message. Once there was, there always was. */
const firstMessageQuery = queryOptions({
  queryKey: ['first-message'],
  queryFn: async () => (await answer(api.GET('/v1/messages', { params: { query: { limit: 1 } } }))).items.length > 0,
  staleTime: ({ state: { data } }) => (data ? Number.POSITIVE_INFINITY : 0),
})

/** What a newcomer has to do; each is ticked off when it is seen to be done, and the list is gone when all are. */
export function FirstSteps() {
  const { t } = useTranslation('home')
  const { data: bots } = useQuery(botsQuery)
  const { data: chats } = useQuery(chatsQuery)
  const { data: hasMessage, refetch } = useQuery(firstMessageQuery)
  useLive(
    useCallback(
      ({ kind }: LiveEvent) => {
        if (kind === 'message' && hasMessage === false) void refetch()
      },
      [hasMessage, refetch],
    ),
  )
  if (!bots || !chats || hasMessage === undefined) return null
  const bot = bots.shared ?? bots.items[0]
  const linked = chats.length > 0
  if (bot && linked && hasMessage) return null
  return (
    <Section title={t('firstSteps')} about={t('firstStepsMore')}>
      <List spacing="md" listStyleType="none" size="md">
        <Step done={bot !== undefined} text={t('stepBot')}>
          {bot ? (
            t('stepBotDone', { bot: bot.username })
          ) : (
            <Button size="xs" renderRoot={(props) => <Link to="/bots" {...props} />}>
              {t('stepBotDo')}
            </Button>
          )}
        </Step>
        <Step done={linked} text={t('stepChat')}>
          {linked ? (
            t('stepChatDone', { count: chats.length })
          ) : (
            <Button size="xs" renderRoot={(props) => <Link to="/chats" {...props} />}>
              {t('stepChatDo')}
            </Button>
          )}
        </Step>
        <Step done={hasMessage} text={t('stepMessage')}>
          {linked ? t('stepMessageDo') : t('stepMessageLater')}
        </Step>
      </List>
    </Section>
  )
}

function Step({ done, text, children }: { done: boolean; text: string; children: ReactNode }) {
  const { t } = useTranslation('home')
  const Icon = done ? Check : Circle
  return (
    <List.Item
      icon={
        <ThemeIcon color={done ? 'green' : 'gray'} variant="light" radius="xl" aria-hidden>
          <Icon size={16} />
        </ThemeIcon>
      }
    >
      <Group gap="xs">
        <Text fw={500}>{text}</Text>
        <VisuallyHidden>{done ? t('done') : t('notDone')}</VisuallyHidden>
        <Text component="div" size="sm" c="dimmed" className="anywhere">
          {children}
        </Text>
      </Group>
    </List.Item>
  )
}
