import type { MessageEntity } from '@grammyjs/types'
import { EntityFault } from './entity-fault.ts'

type DateFormat = MessageEntity.DateTimeMessageEntity['date_time_format']

/**
 * The letters of a date format in the order in which the Bot API writes them: weekday, date, time; `r` (relative) stands alone.
 * Undefined for a letter that Telegram does not know (Bot API, "date-time entity formatting").
 */
export function readDateFormat(text: string): DateFormat | undefined {
  if (text === 'r' || text === 'R') return 'r'
  if (!/^[tTdDwW]*$/.test(text)) return undefined
  const weekday = /w/i.test(text) ? 'w' : ''
  const date = text.includes('d') ? 'd' : text.includes('D') ? 'D' : ''
  const time = text.includes('t') ? 't' : text.includes('T') ? 'T' : ''
  return `${weekday}${date}${time}`
}

/** The same inside markup, where an unknown letter is a fault. */
export function dateFormat(text: string): DateFormat {
  const format = readDateFormat(text)
  if (format === undefined) throw new EntityFault('Invalid date format used')
  return format
}
