import { Center, Loader } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** While the first answer is on its way. */
export function Waiting() {
  const { t } = useTranslation()
  return (
    <Center py="xl" role="status">
      <Loader aria-label={t('loading')} />
    </Center>
  )
}
