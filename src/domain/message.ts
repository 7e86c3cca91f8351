import type { DeliveryOptions } from './delivery-options.ts'
import type { MessageStatus } from './message-state.ts'

/** Characters (Unicode code points) that one message may have. */
export const TEXT_LENGTH = { min: 1, max: 32_768 } as const

/** Why a message ended otherwise than delivered. Public API like the refusals; `docs/errors.md` lists each one. */
export const DELIVERY_ERRORS = {
  chat_blocked: 'The person blocked the bot, or the group removed it.',
  chat_unreachable: 'Telegram does not let this bot write to the chat.',
  chat_unlinked: 'The chat was unlinked from the account before the message left.',
  bot_deleted: 'The bot was deleted before the message left.',
  text_refused: 'Telegram refused this text.',
  attempts_exhausted: 'Every attempt that counts was used up.',
  outcome_unknown: 'The call was cut off; the message may have arrived.',
  expired: 'Its time was over while it still waited; it was not sent.',
} as const
export type DeliveryErrorCode = keyof typeof DELIVERY_ERRORS

/** Why a queued message is not on its way yet; null when it simply is next. */
export type WaitingFor = 'pace' | 'retry' | 'bot_inactive' | 'bot_rejected'

export interface DeliveryError {
  code: DeliveryErrorCode
  /** One sentence that a person understands. */
  detail: string
}

export interface Message extends DeliveryOptions {
  id: string
  userId: string
  chatId: string
  status: MessageStatus
  text: string
  silent: boolean
  createdAtMs: number
  deliveredAtMs: number | null
  /** When the call that is under way left; null when none is. How it ends becomes an attempt. */
  sendingSinceMs: number | null
  /** When it came to a state that it leaves by nobody but a person; null while it waits or is on its way. */
  endedAtMs: number | null
  /** Whether a person asked for it to be sent again after an end. */
  wasResent: boolean
  /** Of the first part, when the text was split; shared by all that travelled together. */
  telegramMessageId: number | null
  /** Calls that count against the limit of attempts; being told to wait does not count, nor does a call that we cut. */
  attemptCount: number
  nextAttemptAtMs: number | null
  waitingFor: WaitingFor | null
  error: DeliveryError | null
  /** True when a call's outcome was unknown and the message was sent again. */
  possibleDuplicate: boolean
  /** Grows with every change of any message: the id of its newest event. */
  changeSeq: number
  /** Its place in the order of acceptance, for interfaces whose ids are numbers. Grows, with gaps, over all accounts. */
  number: number
  /** A word of the sender's, kept with it and sent to nobody. */
  label: string | null
}

/** How one call to Telegram ended. */
export type AttemptOutcome =
  | 'delivered'
  | 'throttled'
  | 'temporary'
  | 'unknown'
  | 'refused'
  | 'blocked'
  | 'bot_rejected'
  | 'migrated'

export interface Attempt {
  /** Counts from 1 within the message. */
  number: number
  /** Which part of a split text, from 1. */
  part: number
  startedAtMs: number
  finishedAtMs: number
  outcome: AttemptOutcome
  /** In plain words; null when delivered. */
  reason: string | null
  /** How long we wait before the next call because of this one. */
  waitMs: number | null
}

/**
 * U+0000 cannot be stored by every database and cannot be shown by Telegram, which turns control characters into spaces. So it
 * becomes a space before anything else sees the text; all other characters stay as they came.
 */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', ' ')
}
