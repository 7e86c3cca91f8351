import { useTranslation } from 'react-i18next'
import { PageTitle } from '../../parts/page-title.tsx'

export function BotsPage() {
  const { t } = useTranslation('bots')
  return <PageTitle title={t('title')} />
}
