import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Chat, chatsQuery } from '../../api/chats.ts'
import { type LiveEvent, useLive } from '../../api/live.ts'
import { nameOfChat } from '../../parts/chat-name.ts'

/** Which chat was linked while somebody waits for it: the bot hears the code, and the page hears of that by itself. */
export function useLinked(isAwaited: boolean): {
  linked: Chat | undefined
  setLinkedId: (chatId: string) => void
  again: () => void
} {
  const [linkedId, setLinkedId] = useState<string>()
  const { data: chats } = useQuery(chatsQuery)
  const listen = useCallback(
    (event: LiveEvent) => {
      if (isAwaited && event.kind === 'account' && event.type === 'chat.linked')
        setLinkedId(String(event.data['chatId']))
    },
    [isAwaited],
  )
  useLive(listen)
  const linked = chats?.find(({ id }) => id === linkedId)
  return { linked, setLinkedId, again: () => setLinkedId(undefined) }
}

/** Instead of the ways to link a chat: it worked, and what comes next. */
export function Linked({ chat, onAgain }: { chat: Chat; onAgain: () => void }) {
  const { t } = useTranslation('chats')
  const note = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // What had the focus is gone with the ways to link. Whoever is elsewhere, on the phone for instance, stays there.
    if (document.activeElement === document.body) note.current?.focus()
  }, [])
  return (
    <Alert
      ref={note}
      tabIndex={-1}
      color="green"
      variant="light"
      icon={<Check aria-hidden />}
      role="status"
      title={t('linked')}
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm" className="anywhere">
          {t(chat.isDefault ? 'linkedMore' : 'linkedToo', { name: nameOfChat(chat) })}
        </Text>
        <Group gap="xs">
          <Button size="xs" renderRoot={(props) => <Link to="/" {...props} />}>
            {t('sendFirst')}
          </Button>
          <Button size="xs" variant="default" onClick={onAgain}>
            {t('another')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
