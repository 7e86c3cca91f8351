import type { DeliveryMode } from './delivery-options.ts'
import type { Failure } from './failure.ts'
import type { DeliveryError } from './message.ts'
import { endOf, lostAtMostOnce } from './wording-of-failures.ts'

export interface RetryPolicy {
  /** Attempts that count, the first included (`SEND_ATTEMPTS`). */
  maxAttempts: number
  /** Delay after the first failure, in milliseconds. */
  firstDelayMs: number
  /** No delay is longer than this before jitter, in milliseconds. */
  maxDelayMs: number
  /** Part of the delay that is random, 0 to 1, up or down: the chats of an outage do not all come back at the same moment. */
  jitter: number
}

/**
 * Twelve attempts span two hours and a half: a restart of Telegram's servers is over after the first delays, and an evening's outage
 * or a broken line of ours is outlived. Longer would deliver alerts that nobody can use any more; shorter would lose them to a
 * router that is rebooted. The first delay is long enough for a server that answers 502 while it restarts.
 */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxAttempts: 12,
  firstDelayMs: 5000,
  maxDelayMs: 3_600_000,
  jitter: 0.2,
}

/** What to do after a call failed. The dispatcher carries it out and decides nothing itself. */
export type Decision =
  | { do: 'retry'; atMs: number; countsAsAttempt: boolean; possibleDuplicate: boolean }
  /** Telegram said when to come back: the chat waits, and the whole bot when there is evidence that it is meant. */
  | { do: 'hold_chat'; untilMs: number }
  /** Every message of the bot would fail: they wait until the token works. */
  | { do: 'hold_bot' }
  /** Same chat, new address; at once. */
  | { do: 'readdress'; toTelegramChatId: number }
  /** Nothing gets into this chat: this message and all that wait for it end. */
  | { do: 'close_chat'; error: DeliveryError }
  | { do: 'fail'; error: DeliveryError }
  /** It may have arrived and we stop trying. */
  | { do: 'lose'; error: DeliveryError }

export interface Seen {
  /** Which attempt that counts this one was, from 1, since the last success in this message. */
  attempt: number
  /** True when an earlier call of this message had an unknown outcome. */
  possibleDuplicate: boolean
  /** What its sender wants when nobody knows whether it arrived. */
  delivery: DeliveryMode
  nowMs: number
  /** In [0, 1). */
  dice: number
}

/**
 * Added to what Telegram asked for, in milliseconds, so that rounding at either end never makes us early. Bot API libraries do the
 * same (python-telegram-bot's rate limiter adds 0.1 s).
 */
export const THROTTLE_MARGIN_MS = { min: 100, max: 500 } as const

/** Pure: clock and dice are arguments, so each row of the schedule can be a row of a test. */
export function decide(policy: RetryPolicy, failure: Failure, seen: Seen): Decision {
  switch (failure.kind) {
    case 'throttled':
      return { do: 'hold_chat', untilMs: throttledUntilMs(failure.retryAfterSeconds, seen) }
    case 'temporary':
    case 'unknown':
      return tryAgain(policy, failure, seen)
    case 'refused':
      return { do: 'fail', error: endOf(failure, about(failure, seen)) }
    case 'blocked':
      return { do: 'close_chat', error: endOf(failure, about(failure, seen)) }
    case 'bot_rejected':
      return { do: 'hold_bot' }
    case 'migrated':
      return { do: 'readdress', toTelegramChatId: failure.toTelegramChatId }
    default:
      return failure satisfies never
  }
}

/** When a chat that Telegram told to wait may be written to again; never before the moment that Telegram named. */
export function throttledUntilMs(retryAfterSeconds: number, seen: { nowMs: number; dice: number }): number {
  const { min, max } = THROTTLE_MARGIN_MS
  return seen.nowMs + retryAfterSeconds * 1000 + Math.ceil(min + (max - min) * seen.dice)
}

/** Delay after the n-th failure (1, 2, 3, …), before jitter, in milliseconds. */
export function baseDelayMs(policy: RetryPolicy, failures: number): number {
  return Math.min(policy.firstDelayMs * 2 ** (failures - 1), policy.maxDelayMs)
}

/** With jitter: between `1 - jitter` and `1 + jitter` times the base. */
export function delayMs(policy: RetryPolicy, failures: number, dice: number): number {
  return Math.round(baseDelayMs(policy, failures) * (1 + policy.jitter * (dice * 2 - 1)))
}

function tryAgain(
  policy: RetryPolicy,
  failure: Extract<Failure, { kind: 'temporary' | 'unknown' }>,
  seen: Seen,
): Decision {
  const possibleDuplicate = failure.kind === 'unknown'
  if (possibleDuplicate && seen.delivery === 'at_most_once') return { do: 'lose', error: lostAtMostOnce(failure) }
  if (seen.attempt < policy.maxAttempts) {
    const atMs = seen.nowMs + delayMs(policy, seen.attempt, seen.dice)
    return { do: 'retry', atMs, countsAsAttempt: true, possibleDuplicate }
  }
  const what = about(failure, seen)
  return { do: what.mayHaveArrived ? 'lose' : 'fail', error: endOf(failure, what) }
}

function about(failure: Failure, seen: Seen): { attempts: number; mayHaveArrived: boolean } {
  return { attempts: seen.attempt, mayHaveArrived: failure.kind === 'unknown' || seen.possibleDuplicate }
}
