import type { Client } from 'pg'
import { createTokenSeals } from '../../src/ops/token-seals.ts'

const FIRST_BOT = 7_000_000
const SECRET = 'AAHk_fOtcBDR9ZsAtO2dPqUkr8uHw01x7Qs'

/** The SECRET_KEY of whoever serves these bots. */
export const SECRET_KEY = 'a key of the bench, long enough for it'

/** A bot of somebody's own. */
export interface OwnBot {
  telegramBotId: number
  username: string
  token: string
  /** The token as a database keeps it. */
  sealed: string
}

export function ownBots(count: number): OwnBot[] {
  const seals = createTokenSeals({ secretKey: SECRET_KEY, previousKey: null })
  return Array.from({ length: count }, (_, index) => {
    const telegramBotId = FIRST_BOT + index
    const token = `${telegramBotId}:${SECRET}`
    return { telegramBotId, username: `bench_${telegramBotId}_bot`, token, sealed: seals.seal(token, telegramBotId) }
  })
}

/** Puts them into a PostgreSQL database, and an account for each person, which is linked to a private chat with each bot. */
export async function addOwnBots(client: Client, bots: readonly OwnBot[], people: readonly number[]): Promise<void> {
  await client.query(USERS, [people])
  await client.query(BOTS, [
    bots.map(({ telegramBotId }) => telegramBotId),
    bots.map(({ username }) => username),
    bots.map(({ sealed }) => sealed),
  ])
  await client.query(PEERS, [people])
  await client.query(CHATS)
}

const USERS = `insert into users (id, login, login_key, password_hash, name, locale, role, created_at_ms, number)
  select 'usr_' || one, 'bench-' || one, 'bench-' || one, '-', 'Ann', 'en', 'user', 0, one from unnest($1::bigint[]) as one`
const BOTS = `insert into bots (id, owner_id, telegram_bot_id, username, name, active, state, token_sealed)
  select 'bot_' || number, (select min(id) from users), number, username, 'Bench', 1, 'starting', sealed
  from unnest($1::bigint[], $2::text[], $3::text[]) as bots (number, username, sealed)`
const PEERS = `insert into peers (bot_id, telegram_chat_id, type)
  select bots.id, one, 'private' from bots, unnest($1::bigint[]) as one where owner_id is not null`
const CHATS = `insert into chats (id, user_id, peer_id, is_private, is_default, linked_at_ms)
  select 'cht_' || id, 'usr_' || telegram_chat_id, id, 1, 0, 0 from peers`
