import type { Schemas } from './schema.d.ts'

export type Message = Schemas['Message']
export type MessageStatus = Message['status']

/** In the order of a message's life. */
export const STATUSES = [
  'queued',
  'sending',
  'delivered',
  'failed',
  'uncertain',
  'expired',
  'cancelled',
] as const satisfies readonly MessageStatus[]

/** Spans that end now, by how long they are. */
export const SPANS_MS = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
} as const
export type Span = keyof typeof SPANS_MS

/** Which messages of the account are asked for; those that fit every field. */
export interface MessageFilter {
  status?: MessageStatus
  /** The id of a chat. */
  chat?: string
  /** Accepted within the last hour, day … ; it moves with the clock. */
  last?: Span
  /** Accepted from this day on: `2026-11-21`, in the person's own time zone, or a moment as RFC 3339. */
  since?: string
  /** The last day, that day included; as a moment it is excluded. */
  until?: string
  /** Found anywhere in the text, ignoring case. */
  text?: string
}

/** From (inclusive) and to (exclusive) when a filter lets messages in, in milliseconds since 1970. */
export function boundsOf({ last, since, until }: MessageFilter, nowMs: number): { fromMs?: number; toMs?: number } {
  if (last) return { fromMs: nowMs - SPANS_MS[last] }
  return {
    ...(since !== undefined && { fromMs: momentOf(since, 0) }),
    ...(until !== undefined && { toMs: momentOf(until, 1) }),
  }
}

/** Whether what stands in an address is a day or a moment that there is. */
export function isMoment(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) && !Number.isNaN(Date.parse(text))
}

export function isDay(text: string): boolean {
  return text.length === 10
}

/** The beginning of a day, some days later, where the person is; of a moment the moment itself. */
function momentOf(text: string, daysLater: number): number {
  if (!isDay(text)) return Date.parse(text)
  const [year = 0, month = 1, day = 1] = text.split('-').map(Number)
  return new Date(year, month - 1, day + daysLater).getTime()
}

/** Whether a list under this filter shows the message. The program decides the same for what it answers. */
export function letsIn(filter: MessageFilter, message: Message, nowMs: number): boolean {
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = boundsOf(filter, nowMs)
  const atMs = Date.parse(message.createdAt)
  return (
    (filter.status ?? message.status) === message.status &&
    (filter.chat ?? message.chatId) === message.chatId &&
    atMs >= fromMs &&
    atMs < toMs &&
    (filter.text === undefined || message.text.toLowerCase().includes(filter.text.toLowerCase()))
  )
}
