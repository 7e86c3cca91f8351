import type { Session, User } from '../../domain/account.ts'
import type { Read, Write } from '../schema.ts'
import { asUser } from './users.ts'

export async function createSession({ db }: Write, session: Session): Promise<void> {
  await db
    .insertInto('sessions')
    .values({
      id: session.id,
      user_id: session.userId,
      created_at_ms: session.createdAtMs,
      expires_at_ms: session.expiresAtMs,
    })
    .execute()
}

export async function deleteSession({ db }: Write, sessionId: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('sessions').where('id', '=', sessionId).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

export async function deleteSessionsOf({ db }: Write, userId: string, keep?: { exceptId: string }): Promise<number> {
  const ofUser = db.deleteFrom('sessions').where('user_id', '=', userId)
  const query = keep ? ofUser.where('id', '<>', keep.exceptId) : ofUser
  return Number((await query.executeTakeFirstOrThrow()).numDeletedRows)
}

export async function getSession(
  { db }: Read,
  sessionId: string,
): Promise<{ session: Session; user: User } | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .selectAll('users')
    .select(['sessions.created_at_ms as session_created_at_ms', 'sessions.expires_at_ms'])
    .where('sessions.id', '=', sessionId)
    .executeTakeFirst()
  if (!row) return undefined
  const { id: userId, session_created_at_ms: createdAtMs, expires_at_ms: expiresAtMs } = row
  return { session: { id: sessionId, userId, createdAtMs, expiresAtMs }, user: asUser(row) }
}
