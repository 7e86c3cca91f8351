import { sql } from 'kysely'
import type { Read } from '../schema.ts'
import type { BotWithOwner, Census, UserWithCounts } from '../store.ts'
import { asBot, selectBots } from './bots.ts'
import { QUEUED } from './change-messages.ts'
import { asUser } from './users.ts'

// What operators see: numbers and names, never a message, a secret or a chat's title.

/** Counts by going through the tables: 20 ms for a million chats. */
export async function census({ db }: Read): Promise<Census> {
  const count = async (table: keyof Census): Promise<number> => {
    const counted = db.selectFrom(table).select((eb) => eb.fn.countAll<number>().as('count'))
    return (await counted.executeTakeFirstOrThrow()).count
  }
  return { users: await count('users'), bots: await count('bots'), chats: await count('chats') }
}

export async function listUsersWithCounts(
  { db }: Read,
  page: { limit: number; afterLogin?: string; search?: string },
): Promise<UserWithCounts[]> {
  const { limit, afterLogin = '', search } = page
  const rows = await db
    .selectFrom('users')
    .selectAll()
    .select((eb) => [
      eb
        .selectFrom('bots')
        .select(eb.fn.countAll<number>().as('count'))
        .whereRef('owner_id', '=', 'users.id')
        .as('bots'),
      eb
        .selectFrom('chats')
        .select(eb.fn.countAll<number>().as('count'))
        .whereRef('user_id', '=', 'users.id')
        .as('chats'),
      eb
        .selectFrom('messages')
        .select(eb.fn.countAll<number>().as('count'))
        .whereRef('user_id', '=', 'users.id')
        .where('status', '=', QUEUED)
        .as('waiting'),
    ])
    .where('login_key', '>', afterLogin.toLowerCase())
    .$if(search !== undefined, (query) =>
      query.where((eb) => {
        const [inLogin, ...inName] = patternsOf(search ?? '')
        const like = (column: 'login_key' | 'name', pattern: string) =>
          sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '!'`
        return eb.or([like('login_key', inLogin), ...inName.map((pattern) => like('name', pattern))])
      }),
    )
    .orderBy('login_key')
    .limit(limit)
    .execute()
  return rows.map(({ bots, chats, waiting, ...row }) => ({
    user: asUser(row),
    bots: bots ?? 0,
    chats: chats ?? 0,
    waiting: waiting ?? 0,
  }))
}

/**
 * The databases know upper and lower case of ASCII only, whatever the language of the server. So a name is looked for as it was
 * written, and in the ways in which names are.
 */
function patternsOf(search: string): [string, ...string[]] {
  const lower = search.toLowerCase()
  const capitalised = lower.replaceAll(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase())
  const spellings = [search, lower, capitalised, search.toUpperCase()].map(pattern)
  return [pattern(lower), ...new Set(spellings)]
}

function pattern(text: string): string {
  const plain = text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return `%${plain.replaceAll(/[!%_]/g, (sign) => `!${sign}`)}%`
}

export async function listBotsWithOwners(read: Read): Promise<BotWithOwner[]> {
  const rows = await selectBots(read)
    .leftJoin('users', 'users.id', 'bots.owner_id')
    .select('users.login as owner_login')
    .orderBy('bots.id')
    .execute()
  return rows.map(({ owner_login: ownerLogin, ...row }) => ({ bot: asBot(row), ownerLogin }))
}

/** Those that are alive. */
export async function listProcesses({ db, databaseNowMs }: Read): Promise<{ id: string; bots: number }[]> {
  const rows = await db
    .selectFrom('bot_processes')
    .leftJoin('bots', (join) => join.onRef('bots.process_id', '=', 'bot_processes.id').on('bots.active', '=', 1))
    .select((eb) => ['bot_processes.id', eb.fn.count<number>('bots.id').as('bots')])
    .where('alive_until_ms', '>', databaseNowMs)
    .groupBy('bot_processes.id')
    .orderBy('bot_processes.id')
    .execute()
  return rows.map(({ id, bots }) => ({ id, bots }))
}
