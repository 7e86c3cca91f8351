import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PageTitle } from '../../parts/page-title.tsx'
import { SendCard } from '../../parts/send-card.tsx'
import { useMe } from '../../session/session.ts'
import { FirstSteps } from './first-steps.tsx'
import { StateOfMessages } from './state-of-messages.tsx'

export function HomePage() {
  const { t } = useTranslation('home')
  const { name } = useMe()
  return (
    <>
      <PageTitle title={t('title')} about={t('hello', { name })} />
      <Stack maw={960}>
        <FirstSteps />
        <SendCard />
        <StateOfMessages />
      </Stack>
    </>
  )
}
