import { useTranslation } from 'react-i18next'
import { PageTitle } from '../../parts/page-title.tsx'

export function ChatsPage() {
  const { t } = useTranslation('chats')
  return <PageTitle title={t('title')} />
}
