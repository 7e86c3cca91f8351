import type { TFunction } from 'i18next'
import type { MessageRow } from '../../api/message-rows.ts'
import { durationText } from '../../parts/duration.ts'
import { momentText } from '../../parts/when.tsx'

/** What a row says of its state beyond the badge's word: why it waits, why it failed, how long it took. */
export function rowWords(row: MessageRow, t: TFunction<'messages'>, language: string): string {
  if (row.error !== null) return t(`row_${row.error}`)
  if (row.status === 'queued') return waitingWords(row, t, language)
  if (row.status !== 'delivered' || row.deliveredAt === null) return ''
  const tookMs = Date.parse(row.deliveredAt) - Date.parse(row.createdAt)
  return t('row_deliveredIn', { duration: durationText(tookMs, language) })
}

function waitingWords({ waitingFor, nextAttemptAt }: MessageRow, t: TFunction<'messages'>, language: string): string {
  if (waitingFor === null) return t('row_next')
  if (waitingFor !== 'retry') return t(`row_${waitingFor}`)
  const at = nextAttemptAt === null ? null : new Date(nextAttemptAt)
  if (at === null || at.getTime() <= Date.now()) return t('row_retryNow')
  return t('row_retry', { time: momentText(at, language, 'time') })
}
