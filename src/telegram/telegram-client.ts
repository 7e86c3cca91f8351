import type { InlineKeyboardMarkup, Update, UserFromGetMe, WebhookInfo } from '@grammyjs/types'
import type { Failure, SendResult } from '../domain/failure.ts'

/** What became of a call that answers with a value. */
export type CallResult<T> =
  | { ok: true; value: T }
  | { ok: false; failure: Failure; errorCode: number; description: string }

export interface NewWebhook {
  url: string
  /** Comes with each update, in the header `X-Telegram-Bot-Api-Secret-Token`: 1 to 256 of `A-Za-z0-9_-`. */
  secretToken: string
  /** Updates that Telegram posts at the same time: 1 to 100. */
  maxConnections: number
  allowedUpdates: readonly Exclude<keyof Update, 'update_id'>[]
}

export interface OutgoingText {
  chatId: number
  text: string
  silent?: boolean
  keyboard?: InlineKeyboardMarkup
  /** Answer a message of the chat; ignored by Telegram when that message is gone. */
  replyToMessageId?: number
}

/**
 * The methods of the Bot API that we call. Never throws for what Telegram or the network did: that is an answer like any other, and
 * the types make callers read it. `signal` cuts a call short; a cut call that had left is `unknown`.
 */
export interface TelegramClient {
  /** `sendMessage`, plain text: no parse mode, no link previews changed. */
  sendText(message: OutgoingText, signal?: AbortSignal): Promise<SendResult>
  editText(message: {
    chatId: number
    messageId: number
    text: string
    keyboard?: InlineKeyboardMarkup
  }): Promise<CallResult<true>>
  answerCallback(callbackId: string, text?: string): Promise<CallResult<true>>
  getMe(signal?: AbortSignal): Promise<CallResult<UserFromGetMe>>
  getUpdates(
    input: { offset: number; timeoutSeconds: number; allowedUpdates: readonly Exclude<keyof Update, 'update_id'>[] },
    signal: AbortSignal,
  ): Promise<CallResult<Update[]>>
  getWebhookInfo(): Promise<CallResult<WebhookInfo>>
  /** Updates that wait at Telegram are kept, and come there. */
  setWebhook(webhook: NewWebhook): Promise<CallResult<true>>
  /** Updates that wait at Telegram are kept. */
  deleteWebhook(): Promise<CallResult<true>>
  /** User ids of the people who administer a group, supergroup or channel; other bots are left out by Telegram. */
  getChatAdministrators(chatId: number): Promise<CallResult<readonly number[]>>
  getCommands(languageCode: string): Promise<CallResult<readonly { command: string; description: string }[]>>
  getDescription(languageCode: string): Promise<CallResult<string>>
  getShortDescription(languageCode: string): Promise<CallResult<string>>
  setCommands(
    commands: readonly { command: string; description: string }[],
    languageCode: string,
  ): Promise<CallResult<true>>
  setDescription(description: string, languageCode: string): Promise<CallResult<true>>
  setShortDescription(shortDescription: string, languageCode: string): Promise<CallResult<true>>
  /** Closes kept connections. */
  close(): Promise<void>
}
