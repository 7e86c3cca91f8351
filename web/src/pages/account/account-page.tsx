import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PageTitle } from '../../parts/page-title.tsx'
import { DataSection } from './data-section.tsx'
import { PasswordSection } from './password-section.tsx'
import { ProfileSection } from './profile-section.tsx'
import { SessionsSection } from './sessions-section.tsx'

export function AccountPage() {
  const { t } = useTranslation('account')
  return (
    <>
      <PageTitle title={t('title')} />
      <Stack maw={720}>
        <ProfileSection />
        <PasswordSection />
        <SessionsSection />
        <DataSection />
      </Stack>
    </>
  )
}
