import { newId } from '../../src/domain/ids.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import type { Store } from '../../src/store/store.ts'
import { type Bench } from '../benchmark.ts'
import { type Inhabitants, inhabit, TEXT } from './database.ts'
import { type BenchPostgres, connect, using } from './postgres.ts'

/** Between two clean-ups. A server does that by itself, whenever a fifth of a table has changed (`autovacuum_vacuum_scale_factor`). */
const AT_ONCE = 1000
const PEOPLE = [1, 2, 3, 4, 5, 6, 7, 8]

/** What a delivered message takes on the server's disk, with its attempt and all indexes, in bytes; written by the program's own store. */
export async function bytesKept(bench: Bench, postgres: BenchPostgres, messages: number): Promise<number> {
  const url = await postgres.newDatabase()
  const client = await connect(bench, url)
  let count = 0
  await using(url, async (store) => {
    const inhabitants = await inhabit(store, { botTelegramId: 1, people: PEOPLE })
    for (; count < messages; count += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => live(store, inhabitants, index)))
      await client.query('vacuum messages, attempts')
    }
  })
  const { rows } = await client.query<{ bytes: string }>(
    "select pg_total_relation_size('messages') + pg_total_relation_size('attempts') as bytes",
  )
  return Number(rows[0]?.bytes) / count
}

/** All that happens to a message that arrives at once. */
async function live({ outbox }: Store, { accounts }: Inhabitants, index: number): Promise<void> {
  const account = accounts[index % accounts.length]
  if (!account) throw new Error('there is no account')
  const nowMs = systemClock.now()
  const id = newId('msg', { clock: systemClock, random: systemRandom })
  await outbox.enqueue({ id, userId: account.userId, text: TEXT, silent: false, nowMs, queueLimit: 0 })
  await outbox.markSending(id, nowMs)
  const attempt = {
    part: 1,
    startedAtMs: nowMs,
    finishedAtMs: nowMs,
    outcome: 'delivered',
    reason: null,
    waitMs: null,
  } as const
  await outbox.settle({ messageId: id, attempt, next: { event: 'deliver', telegramMessageId: index } })
}
