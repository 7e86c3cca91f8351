import { sql } from 'kysely'
import type { Session, User } from '../../domain/account.ts'
import type { Read, Row, Write } from '../schema.ts'
import type { NewSession } from '../store.ts'
import { asUser } from './users.ts'

function asSession(row: Row<'sessions'>): Session {
  const { id, user_id: userId, created_at_ms: createdAtMs, expires_at_ms: expiresAtMs, user_agent: userAgent } = row
  return { id, userId, createdAtMs, expiresAtMs, lastSeenMs: row.last_seen_ms ?? createdAtMs, userAgent }
}

export async function createSession({ db }: Write, session: NewSession): Promise<void> {
  await db
    .insertInto('sessions')
    .values({
      id: session.id,
      user_id: session.userId,
      created_at_ms: session.createdAtMs,
      expires_at_ms: session.expiresAtMs,
      user_agent: session.userAgent ?? null,
    })
    .execute()
}

export async function deleteSession({ db }: Write, sessionId: string, ofUserId?: string): Promise<boolean> {
  const one = db.deleteFrom('sessions').where('id', '=', sessionId)
  const query = ofUserId === undefined ? one : one.where('user_id', '=', ofUserId)
  return (await query.executeTakeFirstOrThrow()).numDeletedRows > 0n
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
    .select([
      'sessions.created_at_ms as session_created_at_ms',
      'sessions.expires_at_ms',
      'sessions.user_agent',
      'sessions.last_seen_ms',
    ])
    .where('sessions.id', '=', sessionId)
    .executeTakeFirst()
  if (!row) return undefined
  const session = asSession({ ...row, id: sessionId, user_id: row.id, created_at_ms: row.session_created_at_ms })
  return { session, user: asUser(row) }
}

export async function listSessions(
  { db }: Read,
  userId: string,
  page: { limit: number; nowMs: number },
): Promise<Session[]> {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('expires_at_ms', '>', page.nowMs)
    .orderBy(sql`coalesce(last_seen_ms, created_at_ms)`, 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map(asSession)
}

export async function touchSession(tx: Write, sessionId: string, seenAtMs: number): Promise<void> {
  await touchSessions(tx, [{ sessionId, usedAtMs: seenAtMs }])
}

/** Many, in one way to the database and back. */
export async function touchSessions(
  { db, runAll }: Write,
  touches: readonly { sessionId: string; usedAtMs: number }[],
): Promise<void> {
  const update = db.updateTable('sessions')
  await runAll(
    touches.map(({ sessionId, usedAtMs }) =>
      update.set({ last_seen_ms: usedAtMs }).where('id', '=', sessionId).compile(),
    ),
  )
}
