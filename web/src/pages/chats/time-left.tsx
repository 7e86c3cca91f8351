import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../parts/use-now.ts'
import { clockOf } from './clock-of.ts'

/** How long a code is good, counting down. Read aloud only when asked: a timer that speaks every second is no help. */
export function TimeLeft({ until }: { until: string }) {
  const { t } = useTranslation('chats')
  const now = useNow()
  return (
    <Text size="sm" c="dimmed" role="timer" aria-live="off">
      {t('timeLeft', { time: clockOf(Date.parse(until) - now) })}
    </Text>
  )
}
