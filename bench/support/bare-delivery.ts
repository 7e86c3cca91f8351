import { Pool } from 'pg'
import type { Bench } from '../benchmark.ts'
import { inhabit } from './database.ts'
import { post, type TelegramThere } from './dispatching.ts'
import { type BenchPostgres, connect, using } from './postgres.ts'
import { fillPostgres } from './postgres-messages.ts'

/** As many as the program itself has, unless told otherwise. */
const POOL_SIZE = 10
/** More than is posted in a second. */
const BACKLOG_A_SECOND = 10_000

/**
 * The least that a program can do which loses nothing: each message is marked, posted and settled, by its number, in two commits of its
 * own. It asks nobody what waits, for whom, and whether it may.
 */
export async function bareDelivery(
  bench: Bench,
  postgres: BenchPostgres,
  telegram: TelegramThere,
): Promise<(concurrency: number) => Promise<number>> {
  const url = await postgres.newDatabase()
  await using(url, (store) => inhabit(store, telegram))
  const client = await connect(bench, url)
  const pool = new Pool({ connectionString: url, max: POOL_SIZE })
  bench.after(() => pool.end())
  let seq = 0
  return async (concurrency) => {
    await fillPostgres(client, Math.ceil(BACKLOG_A_SECOND * bench.seconds))
    return await post(bench, telegram, concurrency, async (call) => {
      const mine = ++seq
      const nowMs = Date.now()
      await pool.query({ name: 'mark', text: MARK, values: [mine, nowMs] })
      await call()
      await pool.query({ name: 'settle', text: SETTLE, values: [mine, nowMs, Date.now()] })
    })
  }
}

const MARK = `update messages set status = 'sending', sending_since_ms = $2, changed_at_ms = $2 where seq = $1`

const SETTLE = `
  with arrived as (
    update messages set status = 'delivered', sending_since_ms = null, delivered_at_ms = $3, changed_at_ms = $3, attempt_count = 1,
      call_count = 1, parts_done = 1, telegram_message_id = 1
    where seq = $1
    returning seq
  )
  insert into attempts (message_seq, number, part, started_at_ms, finished_at_ms, outcome)
  select seq, 1, 1, $2, $3, 'delivered' from arrived`
