import { SimpleGrid, Stack } from '@mantine/core'
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
      <SimpleGrid type="container" cols={{ base: 1, '56rem': 2 }} style={{ alignItems: 'start' }}>
        <Stack>
          <ProfileSection />
          <PasswordSection />
        </Stack>
        <Stack>
          <SessionsSection />
          <DataSection />
        </Stack>
      </SimpleGrid>
    </>
  )
}
