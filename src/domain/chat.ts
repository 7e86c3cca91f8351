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
}
