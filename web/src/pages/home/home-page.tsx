import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { chatsQuery } from '../../api/chats.ts'
import { PageTitle } from '../../parts/page-title.tsx'
import { SendCard } from '../../parts/send-card.tsx'
import { useMe } from '../../session/session.ts'
import { FirstSteps } from './first-steps.tsx'
import { StateOfMessages } from './state-of-messages.tsx'

export function HomePage() {
  const { t } = useTranslation('home')
  const { name } = useMe()
  // Whoever has no chat yet is told what comes first by the steps.
  const { data: chats } = useQuery(chatsQuery)
  return (
    <>
      <PageTitle title={t('title')} about={t('hello', { name })} />
      <Stack>
        <FirstSteps />
        {chats?.length !== 0 && <SendCard />}
        <StateOfMessages />
      </Stack>
    </>
  )
}
