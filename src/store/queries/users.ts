import { loginKey, type Profile, type User } from '../../domain/account.ts'
import { Refusal } from '../../domain/refusals.ts'
import type { Read, Row, Write } from '../schema.ts'
import type { NewUser, UserChange, UserWithPassword } from '../store.ts'

export function asUser(row: Omit<Row<'users'>, 'login_key' | 'password_hash'>): User {
  const { id, login, name, locale, role, created_at_ms: createdAtMs, number } = row
  return { id, login, name, locale, role, createdAtMs, number, profile: JSON.parse(row.profile) as Profile }
}

function withPassword(row: Row<'users'> | undefined): UserWithPassword | undefined {
  return row && { user: asUser(row), passwordHash: row.password_hash }
}

export async function createUser(tx: Write, input: NewUser): Promise<User> {
  const { db } = tx
  await tx.alone()
  const number = await nextNumber(tx)
  const row = await db
    .insertInto('users')
    .values((eb) => ({
      id: input.id,
      login: input.login,
      login_key: loginKey(input.login),
      password_hash: input.passwordHash,
      name: input.name,
      locale: input.locale,
      role: eb
        .case()
        .when(eb.exists(eb.selectFrom('users').select('id')))
        .then('user' as const)
        .else('operator' as const)
        .end(),
      created_at_ms: input.nowMs,
      number,
      profile: JSON.stringify(input.profile ?? {}),
    }))
    .onConflict((conflict) => conflict.column('login_key').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new Refusal('login_taken')
  return asUser(row)
}

/** From a counter that outlives them, so that a number that somebody noted never becomes another's. */
async function nextNumber({ db }: Pick<Write, 'db'>): Promise<number> {
  const { value } = await db
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'user')
    .returning('value')
    .executeTakeFirstOrThrow()
  return value
}

export async function findUserByLogin({ db }: Read, login: string): Promise<UserWithPassword | undefined> {
  return withPassword(
    await db.selectFrom('users').selectAll().where('login_key', '=', loginKey(login)).executeTakeFirst(),
  )
}

export async function getUser({ db }: Read, userId: string): Promise<UserWithPassword | undefined> {
  return withPassword(await db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst())
}

export async function listUsers({ db }: Read, page: { limit: number; afterLogin?: string }): Promise<User[]> {
  const rows = await db
    .selectFrom('users')
    .selectAll()
    .where('login_key', '>', page.afterLogin === undefined ? '' : loginKey(page.afterLogin))
    .orderBy('login_key')
    .limit(page.limit)
    .execute()
  return rows.map(asUser)
}

export async function updateUser(tx: Write, userId: string, change: UserChange): Promise<User | undefined> {
  const { db, changedAccounts } = tx
  const { login, name, locale, role, passwordHash, profile } = change
  const set = {
    ...(login !== undefined && { login, login_key: loginKey(login) }),
    ...(name !== undefined && { name }),
    ...(locale !== undefined && { locale }),
    ...(role !== undefined && { role }),
    ...(passwordHash !== undefined && { password_hash: passwordHash }),
    ...(profile !== undefined && { profile: JSON.stringify(profile) }),
  }
  if (Object.keys(set).length === 0) return (await getUser(tx, userId))?.user
  if (login !== undefined) await refuseTaken(tx, userId, login)
  changedAccounts.add(userId)
  const row = await db.updateTable('users').set(set).where('id', '=', userId).returningAll().executeTakeFirst()
  return row && asUser(row)
}

async function refuseTaken({ db, alone }: Write, userId: string, login: string): Promise<void> {
  await alone()
  const other = await db
    .selectFrom('users')
    .select('id')
    .where('login_key', '=', loginKey(login))
    .where('id', '<>', userId)
    .executeTakeFirst()
  if (other) throw new Refusal('login_taken')
}
