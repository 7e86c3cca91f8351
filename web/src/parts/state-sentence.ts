import { useTranslation } from 'react-i18next'
import type { Message } from '../api/message-filter.ts'
import { durationText } from './duration.ts'
import { momentText } from './when.tsx'

/** Where a message stands, in a sentence: why it waits, how long it took, why it failed. */
export function useStateSentence(): (message: Message) => string {
  const { t, i18n } = useTranslation('messages')
  const language = i18n.language
  return (message) => {
    const { status, error, deliveredAt, createdAt } = message
    if (error) return t(`failure_${error.code}`)
    if (status === 'queued') return waiting(message)
    if (status === 'sending') return t('state_sending')
    if (status === 'cancelled') return t('state_cancelled')
    if (status !== 'delivered' || deliveredAt === null) return t(`status_${status}`)
    const tookMs = Date.parse(deliveredAt) - Date.parse(createdAt)
    return t('state_delivered', { duration: durationText(tookMs, language) })
  }

  function waiting({ waitingFor, nextAttemptAt }: Message): string {
    const at = nextAttemptAt === null ? null : new Date(nextAttemptAt)
    const time = at && at.getTime() > Date.now() ? momentText(at, language, 'time') : null
    if (waitingFor === 'retry') return time === null ? t('state_retryNow') : t('state_retry', { time })
    if (waitingFor === 'pace') return time === null ? t('state_pace') : t('state_paceUntil', { time })
    return waitingFor === null ? t('state_next') : t(`state_${waitingFor}`)
  }
}
