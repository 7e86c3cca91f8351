/** Kinds of Telegram chat, in the Bot API's words. */
export type ChatType = 'private' | 'group' | 'supergroup' | 'channel'

/** What an update tells about the chat it came from. */
export interface TelegramChat {
  telegramChatId: number
  type: ChatType
  title: string | null
  username: string | null
}

/**
 * `active`: we may write there. `blocked`: the person blocked the bot or the group removed it; the link stays, and comes
 * back by itself when they return.
 */
export type ChatStatus = 'active' | 'blocked'

/** Ids of supergroups and channels are below this, those of groups above it (github.com/tdlib/td, DialogId.h). */
const SUPERGROUPS_BELOW = -1_000_000_000_000

/** A group becomes a supergroup, and nothing else becomes anything: whatever else Telegram is said to have moved has stayed where it is. */
export function mayBecome(fromTelegramChatId: number, toTelegramChatId: number): boolean {
  const isGroup = fromTelegramChatId < 0 && fromTelegramChatId >= SUPERGROUPS_BELOW
  return isGroup && toTelegramChatId < SUPERGROUPS_BELOW
}

/**
 * How long a chat that the bot was thrown out of is left alone, in milliseconds. Telegram says when the bot may come back
 * (`my_chat_member`), but keeps that for 24 hours only (Bot API, "Getting updates"): so now and then one message asks.
 */
export const CLOSED_MS = 3_600_000

/** What is for this chat fails without a call. Never for longer than an hour, whatever becomes of the clock. */
export function isClosed({ status, closedUntilMs }: Pick<Peer, 'status' | 'closedUntilMs'>, nowMs: number): boolean {
  return status === 'blocked' && nowMs < closedUntilMs && closedUntilMs <= nowMs + CLOSED_MS
}

/** A link between an account and a Telegram chat, through one bot. */
export interface Chat extends TelegramChat {
  id: string
  userId: string
  botId: string
  /** The chat as the bot sees it, shared by all accounts that linked it: one lane of deliveries. */
  peerId: number
  /** What the account calls it; null when it gave it no name of its own. Telegram never sees it. */
  name: string | null
  status: ChatStatus
  isDefault: boolean
  linkedAtMs: number
}

/**
 * A Telegram chat as one bot sees it, linked or not. Everything that belongs to the chat itself and not to an account's link
 * is here: whether we may write, and until when Telegram told us to wait.
 */
export interface Peer extends TelegramChat {
  id: number
  botId: string
  status: ChatStatus
  /** In words, when blocked. */
  statusReason: string | null
  /** Telegram asked us to wait until then; 0 when it did not. */
  notBeforeMs: number
  /** When that wait began, by the same clock; 0 when nobody noted it. */
  heldSinceMs: number
  /** Until then it is certain enough that nothing gets in; 0 when it is not. */
  closedUntilMs: number
}
