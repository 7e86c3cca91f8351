import { useTranslation } from 'react-i18next'
import { PageTitle } from '../../parts/page-title.tsx'

export function MessagesPage() {
  const { t } = useTranslation('messages')
  return <PageTitle title={t('title')} />
}
