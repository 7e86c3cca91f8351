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
import { Linked, useLinked } from './linked.tsx'

export function ChatsPage() {
  const { t } = useTranslation('chats')
  const { data: chats, error, refetch } = useQuery(chatsQuery)
  const [linking, setLinking] = useState<boolean>()
  // Whoever has none comes to link one, and wants to see that it worked.
  if (linking === undefined && chats) setLinking(chats.length === 0)
  const { linked, setLinkedId, again } = useLinked(linking ?? false)
  // When one is linked, the way to the next one is open again.
  const isOpen = linking === true && !linked
  const press = (): void => {
    setLinking(!isOpen)
    again()
  }
  return (
    <>
      <PageTitle title={t('title')} about={t('about')}>
        <Button
          leftSection={isOpen ? <Minus size={16} aria-hidden /> : <Plus size={16} aria-hidden />}
          variant={isOpen ? 'default' : 'filled'}
          aria-expanded={isOpen}
          onClick={press}
        >
          {isOpen ? t('hideLinking') : t('link')}
        </Button>
      </PageTitle>
      <Stack>
        {isOpen && <LinkCard onLinked={setLinkedId} />}
        {linking && linked && <Linked chat={linked} onAgain={again} />}
        <ProblemNote problem={error} again={refetch} />
        {chats === undefined && !error && <Skeleton height={88} />}
        {chats?.length === 0 && <EmptyState icon={MessagesSquare} title={t('none')} about={t('noneMore')} />}
        {chats?.map((chat) => (
          <ChatCard key={chat.id} chat={chat} />
        ))}
      </Stack>
    </>
  )
}
