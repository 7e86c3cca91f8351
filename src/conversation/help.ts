import type { Intent } from './intent.ts'
import { greet, greeting } from './start.ts'
import type { ConversationDeps, Turn } from './turn.ts'

/** `/help`: what the bot can do; in a chat that is not linked, with a code to begin with. */
export async function help(deps: ConversationDeps, turn: Turn): Promise<void> {
  const text = turn.words.help(deps.bot.username)
  await turn.say(turn.links.length > 0 ? text : `${text}\n\n${await greeting(deps, turn)}`)
}

/**
 * Whatever else was said. In a chat that is not linked this is how one begins; a linked group is left in peace unless the bot was
 * spoken to by name, since commands of other bots look the same.
 */
export async function unknown(deps: ConversationDeps, turn: Turn, intent: Intent & { kind: 'unknown' }): Promise<void> {
  if (turn.chat.type === 'channel' && !intent.toUs) return
  if (turn.links.length === 0) return greet(deps, turn)
  if (intent.toUs) await turn.say(turn.words.unknown[intent.what])
}
