import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Bot } from '../../api/bots.ts'

export function DeleteBotText({ bot: { username, waiting } }: { bot: Bot }) {
  const { t } = useTranslation('bots')
  return (
    <Text size="sm">
      {t('deleteMore', { bot: username })} {waiting > 0 && t('deleteWaiting', { count: waiting })}
    </Text>
  )
}
