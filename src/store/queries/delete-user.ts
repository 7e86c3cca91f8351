import type { Write } from '../schema.ts'
import { endBot } from './delete-bot.ts'

/** What is theirs goes by the foreign keys; what their bots have of others is ended first. */
export async function deleteUser(tx: Write, userId: string): Promise<boolean> {
  const { db, alone, changedAccounts } = tx
  await alone()
  changedAccounts.add(userId)
  await endBotsOf(tx, userId)
  const linked = await db.selectFrom('chats').select('peer_id').where('user_id', '=', userId).execute()
  const { numDeletedRows } = await db.deleteFrom('users').where('id', '=', userId).executeTakeFirstOrThrow()
  for (const { peer_id } of linked) await forgetPeer({ db }, peer_id)
  return numDeletedRows > 0n
}

async function endBotsOf(tx: Write, userId: string): Promise<void> {
  const bots = await tx.db
    .selectFrom('bots')
    .select(['id', tx.databaseNowMs.as('now_ms')])
    .where('owner_id', '=', userId)
    .execute()
  for (const { id, now_ms: nowMs } of bots) await endBot(tx, id, nowMs)
}

/** Whose chat it was is nobody's business any more, unless another account has it too. That Telegram told us to wait is kept. */
async function forgetPeer({ db }: Pick<Write, 'db'>, peerId: number): Promise<void> {
  const others = await db.selectFrom('chats').select('id').where('peer_id', '=', peerId).limit(1).execute()
  if (others.length > 0) return
  await db.deleteFrom('peers').where('id', '=', peerId).where('not_before_ms', '=', 0).execute()
  await db.updateTable('peers').set({ title: null, username: null }).where('id', '=', peerId).execute()
}
