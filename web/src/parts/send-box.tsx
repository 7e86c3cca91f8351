import { Alert, Button, Group, Select, Skeleton, Stack, Switch, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MessagesSquare, Send } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Chat, chatsQuery } from '../api/chats.ts'
import { nameOfChat } from './chat-name.ts'
import { LONGEST_TEXT, useSendMessage } from '../api/send-message.ts'
import { useDraft } from './draft.ts'
import { ProblemNote } from './problem-note.tsx'
import { SentMessage } from './sent-message.tsx'

/** Sends a message to one of the account's chats and shows it arrive. */
export function SendBox() {
  const { data: chats, error, refetch } = useQuery(chatsQuery)
  const [first] = chats ?? []
  if (error && !chats) return <ProblemNote problem={error} again={refetch} />
  if (!chats) return <Skeleton h={180} />
  return first ? <SendForm chats={[first, ...chats.slice(1)]} /> : <NoChat />
}

function NoChat() {
  const { t } = useTranslation('messages')
  return (
    <Alert icon={<MessagesSquare aria-hidden />}>
      <Stack align="flex-start" gap="sm">
        {t('noChat')}
        <Button renderRoot={(props) => <Link to="/chats" {...props} />} size="compact-md">
          {t('linkChat')}
        </Button>
      </Stack>
    </Alert>
  )
}

interface Values {
  text: string
  /** Empty: the default one. */
  chatId: string
  silent: boolean
}

function SendForm({ chats }: { chats: [Chat, ...Chat[]] }) {
  const { t } = useTranslation('messages')
  const send = useSendMessage()
  const [sentId, setSentId] = useState<string | null>(null)
  const draft = useDraft()
  const form = useForm<Values>({
    initialValues: { text: draft.text, chatId: '', silent: false },
    onValuesChange: ({ text }) => draft.keep(text),
    validate: {
      text: (text) => {
        if (text.trim() === '') return t('textNeeded')
        return Array.from(text).length > LONGEST_TEXT ? t('textTooLong', { count: LONGEST_TEXT }) : null
      },
    },
  })
  const chosen =
    chats.find(({ id }) => id === form.values.chatId) ?? chats.find(({ isDefault }) => isDefault) ?? chats[0]
  const submit = form.onSubmit(({ text, silent }) => {
    const sending = { text, chatId: chosen.id, silent }
    send.mutate(sending, {
      onSuccess: ({ id }) => {
        setSentId(id)
        // What was written since stays.
        if (form.getValues().text === text) form.setFieldValue('text', '')
      },
    })
  })
  return (
    <Stack>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <ProblemNote problem={send.error} />
          <Textarea
            label={t('yourText')}
            description={t('yourTextMore')}
            autosize
            minRows={3}
            maxRows={10}
            key={form.key('text')}
            {...form.getInputProps('text')}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
            }}
          />
          <Select
            label={t('toChat')}
            allowDeselect={false}
            data={chats.map((chat) => ({ value: chat.id, label: labelOf(chat, t) }))}
            value={chosen.id}
            onChange={(id) => form.setFieldValue('chatId', id ?? '')}
          />
          <Group justify="space-between">
            <Switch label={t('silent')} {...form.getInputProps('silent', { type: 'checkbox' })} />
            <Button type="submit" loading={send.isPending} leftSection={<Send size={16} aria-hidden />}>
              {t('send')}
            </Button>
          </Group>
          <Text size="sm" c="dimmed" visibleFrom="sm" ta="end">
            {t('sendKeys')}
          </Text>
        </Stack>
      </form>
      {sentId !== null && <SentMessage id={sentId} />}
    </Stack>
  )
}

function labelOf(chat: Chat, t: ReturnType<typeof useTranslation<'messages'>>['t']): string {
  const name = nameOfChat(chat)
  if (chat.status === 'blocked') return t('blockedChat', { name })
  return chat.isDefault ? t('defaultChat', { name }) : name
}
