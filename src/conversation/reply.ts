import type { Said } from '../domain/signal.ts'

/** Groups have a limit of their own, so it is said what kind of chat it is. */
export type ReplyMessage = Said

/**
 * Says something in a chat, within Telegram's limits. Resolves when Telegram took it or will never take it; rejects (`Unsaid`) only
 * when the same update, handled again, may go better.
 */
export type Reply = (message: ReplyMessage) => Promise<void>

/** Takes an answer whose turn nobody waits for. */
export type LeaveAnswer = (answer: Promise<void>) => void
