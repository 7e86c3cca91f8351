import type { InlineKeyboardMarkup } from '@grammyjs/types'
import type { ChatType } from '../domain/chat.ts'

export interface ReplyMessage {
  telegramChatId: number
  /** Groups have a limit of their own. */
  chatType: ChatType
  /** Plain text, at most 4096 characters. */
  text: string
  keyboard?: InlineKeyboardMarkup
  /** Shows in a group whom the bot answers, and keeps the answer in the same topic of a forum. */
  replyToMessageId?: number
}

/**
 * Says something in a chat, within Telegram's limits. Resolves when Telegram took it or will never take it; rejects only when the
 * same update, handled again, may go better.
 */
export type Reply = (message: ReplyMessage) => Promise<void>
