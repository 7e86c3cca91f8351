import type { Locale } from './account.ts'
import type { DeliveryOptions } from './delivery-options.ts'
import { messageText } from './message-text.ts'

/**
 * What the pace of a chat drains in a minute: one a second in a private chat, 20 a minute in a group (Telegram bots FAQ). A longer queue
 * is a storm.
 */
const DRAINED_IN_A_MINUTE = { privateChat: 60, group: 20 } as const

/** Messages in one Telegram message at most: it bounds what one call whose outcome is unknown leaves in doubt. */
export const MOST_TOGETHER = 64

/** What stands between two messages that travel together. */
const BETWEEN = '\n\n'

/** How many messages may wait for a chat before they begin to travel together. Groups have negative ids. */
export function queueOfAMinute(telegramChatId: number): number {
  return telegramChatId < 0 ? DRAINED_IN_A_MINUTE.group : DRAINED_IN_A_MINUTE.privateChat
}

/** What decides whether a waiting message may travel with others. */
export interface Waiting extends Pick<DeliveryOptions, 'digest'> {
  name: string
  locale: Locale
  text: string
  silent: boolean
  /** Of these, parts that have arrived: then it is finished before anything else. */
  partsDone: number
  alone: boolean
  nextAttemptAtMs: number
}

/**
 * How many of these, from the first on, travel in one Telegram message: whole, due, and together within `limit`
 * UTF-16 code units. Nothing is passed over, so the order of the lane holds. 1 when the first goes alone.
 */
export function travelTogether(waiting: readonly Waiting[], limit: number, nowMs: number): number {
  let units = -BETWEEN.length
  let count = 0
  for (const message of waiting.slice(0, MOST_TOGETHER)) {
    units += BETWEEN.length + messageText(message).length
    if (units > limit || !isSociable(message, nowMs)) break
    count++
  }
  return Math.max(1, count)
}

/** One that wants to be heard is heard; the silent ones beside it cost no sound more. */
export function travelSilently(messages: readonly Pick<Waiting, 'silent'>[]): boolean {
  return messages.every(({ silent }) => silent)
}

/** Each under its own heading, in order. */
export function jointText(messages: readonly Pick<Waiting, 'name' | 'locale' | 'text'>[]): string {
  return messages.map(messageText).join(BETWEEN)
}

function isSociable({ digest, alone, partsDone, nextAttemptAtMs }: Waiting, nowMs: number): boolean {
  return digest === 'when_behind' && !alone && partsDone === 0 && nextAttemptAtMs <= nowMs
}
