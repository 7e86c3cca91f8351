import type { Locale } from '../domain/account.ts'
import type { DeliveryOptions } from '../domain/delivery-options.ts'
import type { Attempt, DeliveryError, Message } from '../domain/message.ts'
import type { Wake } from '../domain/signal.ts'

/** Which messages are nobody's. */
export interface Strays {
  /** Ids of those that somebody is at work with. */
  inHand: ReadonlySet<string>
  /** They are `sending` since before then. */
  sinceBeforeMs: number
  /** Those for which this one more attempt is the last are uncertain. */
  maxAttempts: number
}

/** How many go again, how many ended as uncertain (`outcome_unknown`), and in how many calls they all had left. */
export interface Recovered {
  queued: number
  lost: number
  calls: number
}

/**
 * The messages table seen as a queue. Calls made at the same time share a transaction (group commit), because the cost is the disk's
 * sync, not the statement; each promise resolves after the commit that holds its work.
 *
 * Who serves a bot writes under the number of its claim (`fence`): when the bot was claimed by others since, nothing is written and
 * the promise rejects with `OwnershipLost`. Without a number nobody asks who writes.
 */
export interface Outbox {
  /** Refuses with `chat_not_linked` (no chat, or none any more), `not_found` (a `chatId` that is not the user's), `queue_full`, `idempotency_conflict`, `request_invalid` (it has expired already); then nothing is stored. */
  enqueue(message: NewMessage): Promise<Enqueued>
  /** Lanes (peers) of a bot that have queued messages, in order of `peerId`, to find work at the start. */
  lanes(botId: string, page: { limit: number; afterPeerId: number }): Promise<WaitingLane[]>
  /**
   * The first messages of a lane, whether due or not: first one whose parts have begun, then by priority, then in the order of
   * acceptance. Only `queued` ones whose link still stands.
   */
  waiting(peerId: number, limit: number): Promise<Outbound[]>
  /** How many messages wait in a lane, counted up to `atMost`. */
  depth(peerId: number, atMost: number): Promise<number>
  /**
   * Durable before the call leaves. False when the message is no longer to be sent (cancelled, unlinked, expired, gone meanwhile).
   * The part that is about to leave counts as unknown if we crash now.
   */
  markSending(messageId: string, nowMs: number, fence?: number): Promise<boolean>
  /** The same for messages that leave in one call, in one transaction: those of them that are still to be sent, in the given order. */
  markTogether(messageIds: readonly string[], nowMs: number, fence?: number): Promise<string[]>
  /**
   * Writes what became of a call, in one transaction for all that travelled in it: the attempt, and the message's next state. Ignored
   * for a message that is gone or no longer `sending`. Answers how many were to be queued again and failed instead, because their chat
   * was unlinked during the call (`chat_unlinked`).
   */
  settle(...settlements: Settlement[]): Promise<number>
  /** When the first waiting message expires; undefined when none does. */
  nextExpiry(): Promise<number | undefined>
  /**
   * Waiting messages whose time is over end as expired, up to `limit`, whatever is before them in their lanes. Not those that are being
   * sent, and not those of which parts have arrived. Returns how many, for each bot.
   */
  expire(nowMs: number, limit: number): Promise<Expired[]>
  /** Everything that waits for this chat ends as failed. Returns how many. */
  failWaiting(peerId: number, error: DeliveryError, nowMs: number, fence?: number): Promise<number>
  /**
   * After a crash: every `sending` message of the bot had a call under way whose outcome nobody knows. Queued again, marked
   * `possibleDuplicate`, with an attempt `unknown` in its record; uncertain, and so lost, when it goes at most once or its chat is not
   * linked any more.
   */
  recover(botId: string, nowMs: number, fence?: number): Promise<Recovered>
  /** The same for those `sending` messages of a bot at work that are nobody's any more: how their calls ended could not be written. */
  recoverStrays(botId: string, strays: Strays, nowMs: number, fence?: number): Promise<Recovered>
  /** Telegram told us to wait. Durable; never shortens a wait. */
  holdPeer(peerId: number, wait: Wait, fence?: number): Promise<void>
  holdBot(botId: string, wait: Wait, fence?: number): Promise<void>
}

/** Two moments of the machine's clock as it was when the wait began: how long it is holds whatever becomes of that clock. */
export interface Wait {
  sinceMs: number
  untilMs: number
}

export interface WaitingLane {
  peerId: number
  /** Whose message is the first. In a group, others may be another's. */
  userId: string
}

export interface Expired {
  botId: string
  count: number
}

/** Options that are absent have the values of `DEFAULT_DELIVERY`. */
export interface NewMessage extends Partial<DeliveryOptions> {
  id: string
  userId: string
  /** The account's default chat when absent. */
  chatId?: string
  text: string
  silent: boolean
  nowMs: number
  /** Waiting messages that a user may have; 0 is no limit. */
  queueLimit: number
  label?: string
  idempotency?: { key: string; fingerprint: string }
  departure?: Departure
}

/**
 * A place that whoever serves the bot keeps for a message before it is stored: its chat has nothing to do and may be written to now. When
 * the store finds the same, the message is marked as `sending` in the very commit that accepts it.
 */
export interface Departure {
  peerId: number
  telegramChatId: number
  fence?: number
}

/**
 * `replayed`: this key was seen with the same request; `message` is as it was when first accepted, and nothing was stored now. `wake`:
 * where it waits. `leaving`: it does not, because the place that was kept for it is its own; the caller must send it.
 */
export type Enqueued = { message: Message } & (
  | { replayed: true }
  | { replayed: false; wake: Wake; telegramChatId: number; leaving?: Outbound }
)

export interface Outbound extends DeliveryOptions {
  id: string
  userId: string
  chatId: string
  botId: string
  peerId: number
  telegramChatId: number
  /** The account's name and language when the message was accepted: a text is split the same way each time. */
  name: string
  locale: Locale
  text: string
  silent: boolean
  attemptCount: number
  /** True when an earlier call's outcome was unknown: then even the last failure does not prove that nothing arrived. */
  possibleDuplicate: boolean
  /** When it was accepted, to measure how long it took. */
  createdAtMs: number
  /** Parts of a split text that have arrived. */
  partsDone: number
  /** Telegram refused it in the company of others. */
  alone: boolean
  /** Of the first part, once it arrived. */
  telegramMessageId: number | null
  /** Not before this moment; 0 when it may go now. */
  nextAttemptAtMs: number
  /** When the wait until then began, by the same clock. */
  waitsSinceMs: number
}

export interface Settlement {
  messageId: string
  attempt: Omit<Attempt, 'number'>
  next: Settled
  fence?: number
}
export type Settled =
  | { event: 'deliver'; telegramMessageId: number }
  /** This part arrived, more are to come. */
  | { event: 'part'; telegramMessageId: number }
  /** `alone`: from now on not in one call with others. */
  | { event: 'retry'; nextAttemptAtMs: number; countsAsAttempt: boolean; possibleDuplicate: boolean; alone?: boolean }
  | { event: 'fail'; error: DeliveryError }
  | { event: 'lose'; error: DeliveryError }
