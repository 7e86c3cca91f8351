import type { Client } from 'pg'
import { newId } from '../../src/domain/ids.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { type Inhabitants, TEXT } from './database.ts'

/** What the program itself writes of a new message. */
const COLUMNS = `seq, id, user_id, chat_id, bot_id, peer_id, status, text, silent, name, locale, created_at_ms, changed_at_ms,
  change_seq, turn, priority, delivery, digest, expires_at_ms, rank`
const COLUMN_COUNT = COLUMNS.split(',').length

/** The columns alone, with nothing that finds a row but its number. */
const BARE_TABLE = `create table if not exists bare (like messages including defaults);
  alter table bare add primary key (seq)`

/** Inserts messages by `pg` alone: one prepared statement of many rows, which is a transaction. */
export class PostgresInserter {
  readonly #client: Client
  readonly #inhabitants: Inhabitants
  readonly #table: string
  #seq: number

  private constructor(client: Client, inhabitants: Inhabitants, table: string, seq: number) {
    this.#client = client
    this.#inhabitants = inhabitants
    this.#table = table
    this.#seq = seq
  }

  /** Into the program's own table, with its indexes and its reference to the account; or into one with the same columns and none. */
  static async into(client: Client, inhabitants: Inhabitants, table: 'messages' | 'bare'): Promise<PostgresInserter> {
    if (table === 'bare') await client.query(BARE_TABLE)
    const { rows } = await client.query<{ seq: string }>(`select coalesce(max(seq), 0) as seq from ${table}`)
    return new PostgresInserter(client, inhabitants, table, Number(rows[0]?.seq))
  }

  async insert(count: number): Promise<void> {
    const values = Array.from({ length: count }, () => this.#next()).flat()
    await this.#client.query({ name: `${this.#table} ${count}`, text: this.#statement(count), values })
  }

  #next(): (string | number | null)[] {
    const seq = ++this.#seq
    const { botId, accounts } = this.#inhabitants
    const account = accounts[seq % accounts.length]
    if (!account) throw new Error('there is no account')
    const id = newId('msg', { clock: systemClock, random: systemRandom })
    const nowMs = systemClock.now()
    const who = [seq, id, account.userId, account.chatId, botId, account.peerId, 'queued', TEXT, 0, 'Ann', 'en']
    return [...who, nowMs, nowMs, seq, seq, 3, 'at_least_once', 'when_behind', null, 3]
  }

  #statement(count: number): string {
    const row = (place: number): string =>
      `(${Array.from({ length: COLUMN_COUNT }, (_, column) => `$${place * COLUMN_COUNT + column + 1}`).join(', ')})`
    return `insert into ${this.#table} (${COLUMNS}) values ${Array.from({ length: count }, (_, place) => row(place)).join(', ')}`
  }
}

/**
 * Messages that wait, for all chats in turn, so that each bot has as many as any other. They never travel together, since one call for
 * each message is what is measured.
 */
export async function fillPostgres(client: Client, count: number): Promise<void> {
  const { rows } = await client.query<{ chats: string }>('select count(*) as chats from chats')
  await client.query(FILL, [count, TEXT, systemClock.now(), Number(rows[0]?.chats)])
  // As the server does by itself after a while, and would do in the middle of a measurement.
  await client.query('vacuum analyze')
}

const FILL = `
  with lanes as (
    select chats.id as chat_id, chats.user_id, peers.id as peer_id, peers.bot_id,
      row_number() over (order by peers.telegram_chat_id, peers.id) - 1 as place
    from chats join peers on peers.id = chats.peer_id
  ), numbers as (
    update counters set value = value + $1 where name = 'change' returning value - $1 as before
  )
  insert into messages (${COLUMNS})
  select before + n, 'msg_' || lpad((before + n)::text, 26, '0'), user_id, chat_id, bot_id, peer_id, 'queued', $2, 0, 'Ann', 'en', $3, $3,
    before + n, before + n, 3, 'at_least_once', 'never', null, 3
  from numbers, generate_series(1, $1::bigint) as n join lanes on place = n % $4::bigint
  order by n`
