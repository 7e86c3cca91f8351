import { type ApiToken, SCOPES, type User } from '../../domain/account.ts'
import type { Read, Row, Write } from '../schema.ts'
import { asUser } from './users.ts'

function asToken(row: Row<'api_tokens'>): ApiToken {
  const written = new Set(row.scopes.split(' '))
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    scopes: SCOPES.filter((scope) => written.has(scope)),
    hint: row.hint,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
  }
}

export async function createApiToken({ db }: Write, token: ApiToken & { hash: string }): Promise<void> {
  await db
    .insertInto('api_tokens')
    .values({
      id: token.id,
      user_id: token.userId,
      hash: token.hash,
      name: token.name,
      scopes: token.scopes.join(' '),
      hint: token.hint,
      created_at_ms: token.createdAtMs,
      expires_at_ms: token.expiresAtMs,
      last_used_at_ms: token.lastUsedAtMs,
    })
    .execute()
}

export async function deleteApiToken(tx: Write, userId: string, tokenId: string): Promise<boolean> {
  const { db, changedAccounts } = tx
  changedAccounts.add(userId)
  const { numDeletedRows } = await db
    .deleteFrom('api_tokens')
    .where('user_id', '=', userId)
    .where('id', '=', tokenId)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

export async function findApiToken({ db }: Read, hash: string): Promise<{ token: ApiToken; user: User } | undefined> {
  const token = await db.selectFrom('api_tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
  const user = token && (await db.selectFrom('users').selectAll().where('id', '=', token.user_id).executeTakeFirst())
  return user && { token: asToken(token), user: asUser(user) }
}

/** Oldest first. */
export async function listApiTokens({ db }: Read, userId: string): Promise<ApiToken[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at_ms')
    .orderBy('id')
    .execute()
  return rows.map(asToken)
}

export async function touchApiToken(tx: Write, tokenId: string, usedAtMs: number): Promise<void> {
  await touchApiTokens(tx, [{ tokenId, usedAtMs }])
}

/** Many, in one way to the database and back. */
export async function touchApiTokens(
  { db, runAll }: Write,
  touches: readonly { tokenId: string; usedAtMs: number }[],
): Promise<void> {
  const update = db.updateTable('api_tokens')
  await runAll(
    touches.map(({ tokenId, usedAtMs }) =>
      update.set({ last_used_at_ms: usedAtMs }).where('id', '=', tokenId).compile(),
    ),
  )
}
