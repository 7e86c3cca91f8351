import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Store } from '../../../src/store/store.ts'
import { untilStored } from '../../../src/delivery/until-stored.ts'
import { systemClock } from '../../../src/ops/system-clock.ts'
import { attempt, type Given, given, NOW } from '../../contract/store/given.ts'
import { quietLog } from '../../support/delivery.ts'
import { type Place, placeOn } from '../../support/postgres-place.ts'
import { startPostgres } from '../../support/postgres-server.ts'
import { until } from '../../support/until.ts'

// The disk is meant: `fsync` is on.
const server = await startPostgres()

/** Messages one after the other in several lines, each tried until it is accepted; every refusal must be the one for a bad day. */
class Load {
  readonly accepted = new Set<string>()
  refused = 0
  #stopped = false
  readonly #lines: Promise<void>[]

  constructor({ store, newMessage }: Given, user: Parameters<Given['newMessage']>[0]) {
    this.#lines = Array.from({ length: 8 }, async () => {
      while (!this.#stopped) {
        const message = newMessage(user)
        const idempotency = { key: message.id, fingerprint: 'f' }
        await until('it is accepted', async () => {
          try {
            await store.outbox.enqueue({ ...message, idempotency })
            return true
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'store_unavailable', String((error as Error).stack))
            this.refused++
            return false
          }
        })
        this.accepted.add(message.id)
      }
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#lines)
  }
}

async function allMessages(store: Store, userId: string): Promise<string[]> {
  const ids: string[] = []
  for (;;) {
    const afterId = ids.at(-1)
    const page = { limit: 200, order: 'asc' as const, nowMs: NOW, ...(afterId !== undefined && { afterId }) }
    const found = await store.listMessages(userId, page)
    if (found.length === 0) return ids
    ids.push(...found.map(({ id }) => id))
  }
}

/** What is acknowledged during a bad time stands in the end, once, and nothing else does. */
async function assertSurvives(t: TestContext, badTime: (here: Place, load: Load) => Promise<void>): Promise<void> {
  const here = await placeOn(server, t)
  const store = await here.open({ connectTimeoutMs: 1000 })
  const world = await given(async () => store, t)
  const { user } = await world.linkedUser()
  const load = new Load(world, user)
  await until('it is under way', () => load.accepted.size > 50)
  await badTime(here, load)
  const before = load.accepted.size
  await until('it goes on', () => load.accepted.size > before + 50)
  await load.stop()
  assert.ok(load.refused > 0, 'the bad time was felt')
  const stored = await allMessages(store, user.id)
  assert.deepEqual(stored.toSorted(), [...load.accepted].sort())
}

test('nothing stays on its way when the server is read-only for a while under load, and every call is written down', async (t) => {
  const here = await placeOn(server, t)
  const store = await here.open()
  const world = await given(async () => store, t)
  const { user } = await world.linkedUser()
  const log = quietLog()
  const over = new AbortController()
  t.after(() => over.abort())
  const stopped = new AbortController()
  let carried = 0
  const stored = <T>(write: () => Promise<T>) => untilStored('it', write, { clock: systemClock, log, cut: over.signal })
  const settle = (messageId: string) => {
    const next = { event: 'deliver', telegramMessageId: ++carried } as const
    return store.outbox.settle({ messageId, attempt: attempt('delivered'), next })
  }
  const lines = Array.from({ length: 8 }, async () => {
    while (!stopped.signal.aborted) {
      const { id } = await stored(() => store.outbox.enqueue(world.newMessage(user)).then(({ message }) => message))
      await stored(() => store.outbox.markSending(id, NOW))
      await stored(() => settle(id))
    }
  })
  t.after(() => stopped.abort())
  await until('it is under way', () => carried > 50)
  await server.execute('alter system set default_transaction_read_only = on')
  await server.execute('select pg_reload_conf()')
  await until('it is felt', () => log.said.length > 60)
  await server.execute('alter system reset default_transaction_read_only')
  await server.execute('select pg_reload_conf()')
  const before = carried
  await until('it goes on', () => carried > before + 50)
  stopped.abort()
  await Promise.all(lines)
  for (const status of ['queued', 'sending'] as const) {
    assert.deepEqual(await store.listMessages(user.id, { limit: 5, order: 'asc', nowMs: NOW, status }), [])
  }
  assert.doesNotMatch(log.said.join('\n'), /25P02|current transaction is aborted/)
})

describe('under load, every message that is accepted stands there once, after', () => {
  test('the server was restarted', async (t) => {
    await assertSurvives(t, async () => {
      await server.stop('fast')
      await server.start()
    })
  })

  test('the server crashed', async (t) => {
    await assertSurvives(t, async () => {
      await server.stop('immediate')
      await server.start()
    })
  })

  test('all connections were cut, again and again', async (t) => {
    await assertSurvives(t, async ({ database }) => {
      for (let times = 0; times < 5; times++) {
        await server.execute(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
  })

  test('the server was read-only for a while', async (t) => {
    await assertSurvives(t, async (_here, load) => {
      await server.execute('alter system set default_transaction_read_only = on')
      await server.execute('select pg_reload_conf()')
      await until('it is felt', () => load.refused > 0)
      await server.execute('alter system reset default_transaction_read_only')
      await server.execute('select pg_reload_conf()')
    })
  })
})
