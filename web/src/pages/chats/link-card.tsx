import { Alert, Button, Paper, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { botsQuery } from '../../api/bots.ts'
import { type Chat, chatsQuery } from '../../api/chats.ts'
import { type LiveEvent, useLive } from '../../api/live.ts'
import { nameOfChat } from '../../parts/chat-name.ts'
import { ClaimForm } from './claim-form.tsx'
import { CodeForBot } from './code-for-bot.tsx'

/** Both ways to link a chat. It says so by itself when the bot has heard the code. */
export function LinkCard() {
  const { t } = useTranslation('chats')
  const [botId, setBotId] = useState<string | null>(null)
  const { linked, setLinkedId, again } = useLinked()
  const { data: bots } = useQuery(botsQuery)
  const own = bots?.items.filter(({ active }) => active) ?? []
  if (linked) return <Linked chat={linked} onAgain={again} />
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
          <ClaimForm onLinked={({ id }) => setLinkedId(id)} />
        </SimpleGrid>
      </Stack>
    </Paper>
  )
}

function useLinked() {
  const [linkedId, setLinkedId] = useState<string>()
  const { data: chats } = useQuery(chatsQuery)
  const listen = useCallback((event: LiveEvent) => {
    if (event.kind === 'account' && event.type === 'chat.linked') setLinkedId(String(event.data['chatId']))
  }, [])
  useLive(listen)
  const linked = chats?.find(({ id }) => id === linkedId)
  return { linked, setLinkedId, again: () => setLinkedId(undefined) }
}

function Linked({ chat, onAgain }: { chat: Chat; onAgain: () => void }) {
  const { t } = useTranslation('chats')
  return (
    <Alert color="green" variant="light" icon={<Check aria-hidden />} role="status" title={t('linked')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm" className="anywhere">
          {t(chat.isDefault ? 'linkedMore' : 'linkedToo', { name: nameOfChat(chat) })}
        </Text>
        <Button.Group>
          <Button size="xs" renderRoot={(props) => <Link to="/" {...props} />}>
            {t('sendFirst')}
          </Button>
          <Button size="xs" variant="default" onClick={onAgain}>
            {t('another')}
          </Button>
        </Button.Group>
      </Stack>
    </Alert>
  )
}
