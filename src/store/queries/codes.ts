import { type Expression, expressionBuilder, type SqlBool } from 'kysely'
import type { Read, Schema, Write } from '../schema.ts'
import type { ShownAccountCode } from '../store.ts'

// A take is one conditional statement: of any number of takes at the same time, one finds the row as it must be.

const anyCode = expressionBuilder<Schema, 'account_codes' | 'chat_codes' | 'moves'>()

/** The one row with this hash, as long as its time is not over. */
function inForce(hash: string, nowMs: number): Expression<SqlBool> {
  return anyCode.and([anyCode('hash', '=', hash), anyCode('expires_at_ms', '>', nowMs)])
}

export async function createAccountCode(
  { db }: Write,
  code: { hash: string; userId: string; botId: string; expiresAtMs: number },
): Promise<void> {
  await db
    .insertInto('account_codes')
    .values({
      hash: code.hash,
      user_id: code.userId,
      bot_id: code.botId,
      used_by_peer_id: null,
      expires_at_ms: code.expiresAtMs,
      seed: null,
    })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute()
}

export async function hasAccountCode({ db }: Read, hash: string): Promise<boolean> {
  const row = await db.selectFrom('account_codes').select('hash').where('hash', '=', hash).executeTakeFirst()
  return row !== undefined
}

export async function showAccountCode(
  tx: Write,
  code: ShownAccountCode,
  { nowMs, inPlaceOf }: { nowMs: number; inPlaceOf?: string | undefined },
): Promise<boolean> {
  const { hash, seed, userId, botId, expiresAtMs } = code
  await tx.alone()
  const present = await shownAccountCode(tx, userId, nowMs)
  if (present && present.hash !== inPlaceOf) return false
  await tx.db.deleteFrom('account_codes').where('user_id', '=', userId).where('seed', 'is not', null).execute()
  const rights = { user_id: userId, bot_id: botId, used_by_peer_id: null, expires_at_ms: expiresAtMs }
  await tx.db
    .insertInto('account_codes')
    .values({ hash, seed, ...rights })
    .execute()
  return true
}

export async function shownAccountCode(
  { db }: Read,
  userId: string,
  nowMs: number,
): Promise<{ hash: string; seed: string } | undefined> {
  const row = await db
    .selectFrom('account_codes')
    .leftJoin('chats', (join) =>
      join
        .onRef('chats.peer_id', '=', 'account_codes.used_by_peer_id')
        .onRef('chats.user_id', '=', 'account_codes.user_id'),
    )
    .select(['account_codes.hash', 'account_codes.seed'])
    .where('account_codes.user_id', '=', userId)
    .where('account_codes.seed', 'is not', null)
    .where((eb) =>
      eb.or([
        eb('chats.id', 'is not', null),
        eb.and([eb('used_by_peer_id', 'is', null), eb('expires_at_ms', '>', nowMs)]),
      ]),
    )
    .executeTakeFirst()
  return row && row.seed !== null ? { hash: row.hash, seed: row.seed } : undefined
}

export async function createChatCode(
  { db }: Write,
  code: { hash: string; peerId: number; expiresAtMs: number },
): Promise<void> {
  await db
    .insertInto('chat_codes')
    .values({ hash: code.hash, peer_id: code.peerId, expires_at_ms: code.expiresAtMs })
    .execute()
}

export async function createMove(
  { db }: Write,
  move: { hash: string; peerId: number; toUserId: string; expiresAtMs: number },
): Promise<void> {
  await db
    .insertInto('moves')
    .values({ hash: move.hash, peer_id: move.peerId, to_user_id: move.toUserId, expires_at_ms: move.expiresAtMs })
    .execute()
}

export async function takeAccountCode(
  { db }: Write,
  botId: string,
  hash: string,
  nowMs: number,
  peerId: number,
): Promise<{ userId: string } | undefined> {
  const row = await db
    .updateTable('account_codes')
    .set({ used_by_peer_id: peerId })
    .where(inForce(hash, nowMs))
    .where('bot_id', '=', botId)
    .where('used_by_peer_id', 'is', null)
    .returning('user_id')
    .executeTakeFirst()
  return row && { userId: row.user_id }
}

export async function usedAccountCode(
  { db }: Read,
  botId: string,
  hash: string,
  nowMs: number,
  peerId: number,
): Promise<{ userId: string } | undefined> {
  const row = await db
    .selectFrom('account_codes')
    .select('user_id')
    .where(inForce(hash, nowMs))
    .where('bot_id', '=', botId)
    .where('used_by_peer_id', '=', peerId)
    .executeTakeFirst()
  return row && { userId: row.user_id }
}

/** The chat's other codes go with it. */
export async function takeChatCode(
  { db, alone }: Write,
  hash: string,
  nowMs: number,
): Promise<{ peerId: number } | undefined> {
  await alone()
  const row = await db.deleteFrom('chat_codes').where(inForce(hash, nowMs)).returning('peer_id').executeTakeFirst()
  if (!row) return undefined
  await voidChatCodes({ db }, row.peer_id)
  return { peerId: row.peer_id }
}

export async function voidChatCodes({ db }: Pick<Write, 'db'>, peerId: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('chat_codes').where('peer_id', '=', peerId).executeTakeFirst()
  return Number(numDeletedRows)
}

export async function findMove(
  { db }: Read,
  hash: string,
  peerId: number,
  nowMs: number,
): Promise<{ toUserId: string; expiresAtMs: number } | undefined> {
  const row = await db
    .selectFrom('moves')
    .select(['to_user_id', 'expires_at_ms'])
    .where(inForce(hash, nowMs))
    .where('peer_id', '=', peerId)
    .executeTakeFirst()
  return row && { toUserId: row.to_user_id, expiresAtMs: row.expires_at_ms }
}

export async function takeMove(
  { db }: Write,
  hash: string,
  peerId: number,
  nowMs: number,
): Promise<{ toUserId: string } | undefined> {
  const row = await db
    .deleteFrom('moves')
    .where(inForce(hash, nowMs))
    .where('peer_id', '=', peerId)
    .returning('to_user_id')
    .executeTakeFirst()
  return row && { toUserId: row.to_user_id }
}
