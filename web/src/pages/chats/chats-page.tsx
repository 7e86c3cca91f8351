import { Button, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { MessagesSquare, Minus, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { chatsQuery } from '../../api/chats.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { ChatCard } from './chat-card.tsx'
import { LinkCard } from './link-card.tsx'

export function ChatsPage() {
  const { t } = useTranslation('chats')
  const { data: chats, error } = useQuery(chatsQuery)
  const [linking, setLinking] = useState<boolean>()
  // Whoever has none comes to link one, and wants to see that it worked.
  if (linking === undefined && chats) setLinking(chats.length === 0)
  return (
    <>
      <PageTitle title={t('title')} about={t('about')}>
        <Button
          leftSection={linking ? <Minus size={16} aria-hidden /> : <Plus size={16} aria-hidden />}
          variant={linking ? 'default' : 'filled'}
          aria-expanded={linking ?? false}
          onClick={() => setLinking(!linking)}
        >
          {linking ? t('hideLinking') : t('link')}
        </Button>
      </PageTitle>
      <Stack>
        {linking && <LinkCard />}
        <ProblemNote problem={error} />
        {chats === undefined && !error && <Skeleton height={88} />}
        {chats?.length === 0 && <EmptyState icon={MessagesSquare} title={t('none')} about={t('noneMore')} />}
        {chats?.map((chat) => (
          <ChatCard key={chat.id} chat={chat} />
        ))}
      </Stack>
    </>
  )
}
