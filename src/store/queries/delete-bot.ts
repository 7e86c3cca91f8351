import { DELIVERY_ERRORS, type DeliveryError } from '../../domain/message.ts'
import type { Write } from '../schema.ts'
import type { DeletedBot } from '../store.ts'
import { failQueued } from './change-messages.ts'
import { chatsOfBot, chooseDefault } from './chats.ts'
import { aboutChat, addEvent } from './events.ts'
import { loseSending } from './settle.ts'

const BOT_DELETED: DeliveryError = { code: 'bot_deleted', detail: DELIVERY_ERRORS.bot_deleted }

export async function deleteBot(
  tx: Write,
  userId: string,
  botId: string,
  nowMs: number,
): Promise<DeletedBot | undefined> {
  await tx.alone()
  const bot = await tx.db
    .selectFrom('bots')
    .select('id')
    .where('id', '=', botId)
    .where('owner_id', '=', userId)
    .executeTakeFirst()
  return bot && (await endBot(tx, botId, nowMs))
}

/**
 * Ends what waits and what is on its way before the bot goes, because nobody could say afterwards whose it was: a settlement of a call
 * that is under way finds nothing to settle. Only for who is `alone`.
 */
export async function endBot(tx: Write, botId: string, nowMs: number): Promise<DeletedBot> {
  const failed = await failQueued(tx, { bot_id: botId }, BOT_DELETED, nowMs)
  const lost = await loseSending(tx, botId, nowMs)
  const chats = await chatsOfBot(tx, botId)
  // Peers, chats and codes go by the foreign keys.
  await tx.db.deleteFrom('bots').where('id', '=', botId).execute()
  for (const chat of chats) {
    if (chat.isDefault) await chooseDefault(tx, chat.userId)
    await addEvent(tx, { userId: chat.userId, atMs: nowMs, type: 'chat.unlinked', data: aboutChat(chat) })
  }
  return { failed, lost }
}
