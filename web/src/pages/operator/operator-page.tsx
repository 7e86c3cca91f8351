import { Alert, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ME_REFRESH_MS, meQuery } from '../../api/account.ts'
import { PageTitle } from '../../parts/page-title.tsx'
import { useMe } from '../../session/session.ts'
import { ActivitySection } from './activity-section.tsx'
import { BotsSection } from './bots-section.tsx'
import { FailuresSection } from './failures-section.tsx'
import { OverviewSection } from './overview-section.tsx'
import { UsersSection } from './users-section.tsx'

/** How the whole installation is doing. No text of a message and no secret is shown here, because the API tells an operator none. */
export function OperatorPage() {
  const { t } = useTranslation('operator')
  const { role } = useMe()
  return (
    <>
      <PageTitle title={t('title')} about={t('about')} />
      {role === 'operator' ? (
        <Stack>
          <OverviewSection />
          <ActivitySection />
          <FailuresSection />
          <BotsSection />
          <UsersSection />
        </Stack>
      ) : (
        <NotYou />
      )}
    </>
  )
}

/** Asks on: whoever comes here may be waiting to be made an operator. */
function NotYou() {
  const { t } = useTranslation('operator')
  useQuery({ ...meQuery, refetchInterval: ME_REFRESH_MS })
  return <Alert>{t('notYou')}</Alert>
}
