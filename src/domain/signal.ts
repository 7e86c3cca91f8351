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
  /** The bot is to say something in a chat. Nobody hears it when no process serves the bot now. */
  | { kind: 'say'; botId: string; telegramChatId: number; chatType: ChatType; text: string }
