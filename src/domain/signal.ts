import type { ChatType } from './chat.ts'
import type { Priority } from './delivery-options.ts'

/** Which lane has new work. */
export interface Wake {
  botId: string
  peerId: number
  /** Of the new message, which may go before what waits there. */
  priority?: Priority
}

/**
 * A word to whoever serves a bot, in whichever process on this database. It is a hint and may be lost: what is true stands in the
 * tables, and is looked for there from time to time.
 */
export type Signal =
  /** A message for a chat was committed. */
  | ({ kind: 'wake' } & Wake)
  /** Something that waited for a chat was taken away. */
  | ({ kind: 'look_again' } & Wake)
  /** A bot was added, changed, switched or removed. */
  | { kind: 'bot_changed'; botId: string }
  /** The bot is to say something in a chat. Whoever serves it answers with `said` and this id; nobody does when nobody serves it. */
  | ({ kind: 'say'; id: string; botId: string } & Said)
  /** What became of a `say`. `isOver`: it was said, or given up; otherwise it was not said and may be asked for again. */
  | { kind: 'said'; id: string; isOver: boolean }

/** Buttons under a message, in the shape of the Bot API (InlineKeyboardMarkup). */
export interface Buttons {
  inline_keyboard: { text: string; callback_data: string }[][]
}

/** What a bot says in a chat. */
export interface Said {
  telegramChatId: number
  chatType: ChatType
  /** Plain text; a long one goes in parts. */
  text: string
  /** Stands under the last part. */
  keyboard?: Buttons
  /** Which message of the chat the first part answers: a group sees who is meant, and a forum keeps it in its topic. */
  replyToMessageId?: number
}
