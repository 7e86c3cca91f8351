/** What a bot's connection to Telegram is doing; told to its owner as it is. */
export type BotState = 'starting' | 'running' | 'idle' | 'rejected' | 'conflict' | 'unreachable'

export interface Bot {
  id: string
  /** Null for the installation's shared bot. */
  ownerId: string | null
  /** The number before the colon of its token; stable when the token is revoked and issued again. */
  telegramBotId: number
  username: string
  name: string
  active: boolean
  state: BotState
  stateReason: string | null
  /** The next `getUpdates` offset: everything below it is committed. 0 when none was seen. */
  updateOffset: number
  /** Telegram told the whole bot to wait until then; 0 when it did not. */
  notBeforeMs: number
}
