import { inWords } from '../domain/reasons.ts'
import type { IncomingMembership, IncomingMigration } from './incoming.ts'
import type { ConversationDeps, Turn } from './turn.ts'

/**
 * The bot was blocked, removed, silenced, or is back. A group that is not linked is greeted when it is added, without a code: one may
 * follow at once (`startgroup` links), and a code is given to whoever asks.
 */
export async function membership(deps: ConversationDeps, { chat, now, added }: IncomingMembership, turn: Turn) {
  const reason = now === 'active' ? null : CLOSED[chat.type === 'private' ? 'byPerson' : 'byGroup']
  await deps.noteChatStatus({ botId: deps.bot.id, telegramChatId: chat.telegramChatId, status: now, reason })
  const isGroup = chat.type === 'group' || chat.type === 'supergroup'
  if (added && now === 'active' && isGroup && turn.links.length === 0)
    await turn.say(turn.words.groupGreeting(deps.bot.username))
}

const CLOSED = {
  byPerson: inWords('blocked_by_person'),
  byGroup: inWords('removed_or_silenced'),
}

/** A group became a supergroup. */
export async function migration(deps: ConversationDeps, { fromTelegramChatId, to }: IncomingMigration): Promise<void> {
  await deps.noteMigration({ botId: deps.bot.id, fromTelegramChatId, to })
}
