import { useTranslation } from 'react-i18next'
import { PageTitle } from '../../parts/page-title.tsx'

export function OperatorPage() {
  const { t } = useTranslation('operator')
  return <PageTitle title={t('title')} />
}
