import type { IncomingMessage } from './incoming.ts'
import { isForAnotherBot } from './intent.ts'

/**
 * What a bot that echoes says to a message: the same text, commands included; undefined where it says nothing. In a group it repeats
 * whatever Telegram gives it (Telegram bot features, "Privacy mode").
 *
 * Two bots that repeat each other would never end, so a person must have said it, in words that are no bot's: nothing in the name of a
 * channel or of a group, where our own words would look the same; nothing out of an inline bot, or forwarded from a bot. And each thing
 * once: not again when it is edited.
 */
export function echoOf(message: IncomingMessage, botUsername: string): string | undefined {
  const { text, edited, byBot, senderId, chat } = message
  if (text === null || edited || byBot || senderId === undefined || chat.type === 'channel') return undefined
  return isForAnotherBot(text, botUsername) ? undefined : text
}
