import { Paper, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { SendBox } from './send-box.tsx'

/** A card that sends a message now and shows it arrive. */
export function SendCard() {
  const { t } = useTranslation('messages')
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="send-now">
      <Title order={2} size="h4" mb="sm" id="send-now">
        {t('sendNow')}
      </Title>
      <SendBox />
    </Paper>
  )
}
