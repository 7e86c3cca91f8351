import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { Client } from 'pg'
import { systemClock } from '../../../src/ops/system-clock.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import type { Store } from '../../../src/store/store.ts'
import { attempt, given, NOW, refusal } from '../../contract/store/given.ts'
import { placeOn } from '../../support/postgres-place.ts'
import { startPostgres } from '../../support/postgres-server.ts'
import { until } from '../../support/until.ts'

// The disk is meant: `fsync` is on.
const server = await startPostgres({ settings: { deadlock_timeout: '50ms' } })
const place = (t: TestContext) => placeOn(server, t)

describe('the database is said to be unavailable, and then works again,', () => {
  test('when somebody else holds what is needed for longer than may be waited', async (t) => {
    const here = await place(t)
    const store = await here.open({ lockTimeoutMs: 200 })
    const world = await given(async () => store, t)
    const { user } = await world.linkedUser()
    const other = await here.engine()
    const letGo = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const holding = other.transaction(async (tx) => {
      await tx.alone()
      held.resolve()
      await letGo.promise
    })
    await held.promise
    await assert.rejects(store.outbox.enqueue(world.newMessage(user)), {
      code: 'store_unavailable',
      detail: 'it is busy',
    })
    assert.equal((await store.getUser(user.id))?.user.id, user.id, 'what is there can be read')
    letGo.resolve()
    await holding
    await world.accept(user)
  })

  test('also to what waits behind the first that is refused, and none of that is stored later', async (t) => {
    const here = await place(t)
    // Time enough for the others to come before it is over.
    const store = await here.open({ lockTimeoutMs: 5000 })
    const world = await given(async () => store, t)
    const { user } = await world.linkedUser()
    const other = new Client({ connectionString: server.url(here.database) })
    await other.connect()
    t.after(() => other.end())
    await other.query('begin; select value from counters for update')
    const ends: string[] = []
    const post = (name: string) =>
      store.outbox
        .enqueue(world.newMessage(user))
        .catch((error: { code?: string }) => ends.push(`${name} ${error.code}`))
    const first = post('first')
    const waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock'"
    await until('the first one waits for the lock', async () => (await server.execute(waits)).length > 0)
    const others = [post('second'), post('third')]
    await first
    // In the same breath: what waited had no turn of its own.
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(
      ends.sort(),
      ['first', 'second', 'third'].map((name) => `${name} store_unavailable`),
    )
    await other.query('rollback')
    await Promise.all(others)
    await world.accept(user)
    assert.equal((await store.listMessages(user.id, { limit: 9, order: 'asc', nowMs: NOW })).length, 1)
  })

  test('when a statement takes too long', async (t) => {
    const here = await place(t)
    const engine = await here.engine({ statementTimeoutMs: 1000 })
    const slow = engine.transaction((tx) => sql`select pg_sleep(60)`.execute(tx.db))
    await assert.rejects(slow, (error) => engine.whyUnavailable(error) === 'it took too long to answer')
    await engine.ping()
  })

  test('when it takes no writes, whichever statement is refused first, on connections that are not kept', async (t) => {
    const here = await place(t)
    const world = await given(() => here.open(), t)
    const { user, peer } = await world.linkedUser()
    const [first, second] = [await world.accept(user), await world.accept(user)]
    await world.store.outbox.markSending(first.id, NOW)
    const next = { event: 'deliver', telegramMessageId: 1 } as const
    const writes: ((store: Store) => Promise<unknown>)[] = [
      ({ outbox }) => outbox.settle({ messageId: first.id, attempt: attempt('delivered'), next }),
      ({ outbox }) => outbox.markSending(second.id, NOW),
      ({ outbox }) => outbox.enqueue(world.newMessage(user)),
      ({ outbox }) => outbox.holdPeer(peer.id, { sinceMs: NOW, untilMs: NOW }),
    ]
    await server.execute(`alter database ${here.database} set default_transaction_read_only = on`)
    const store = await here.open()
    for (const write of writes) {
      await assert.rejects(write(store), {
        code: 'store_unavailable',
        detail: 'it takes no writes now (read-only)',
      })
    }
    await server.execute(`alter database ${here.database} reset default_transaction_read_only`)
    for (const write of writes) await write(store)
    assert.equal((await world.message(user, first.id)).status, 'delivered')
    assert.equal((await world.message(user, second.id)).status, 'sending')
  })

  test('when it takes no writes, also to whoever asks whether it is ready', async (t) => {
    const here = await place(t)
    await server.execute(`alter database ${here.database} set default_transaction_read_only = on`)
    const store = await here.open({ poolSize: 2 })
    await assert.rejects(store.ping(), { code: 'store_unavailable', detail: 'it takes no writes now (read-only)' })
    await server.execute(`alter database ${here.database} reset default_transaction_read_only`)
    await store.ping()
  })

  test('when it has no more connections', async (t) => {
    const here = await place(t)
    await server.execute(`drop role if exists few; create role few login connection limit 3`)
    await server.execute('grant all on all tables in schema public to few', here.database)
    const url = server.url(here.database).replace('postgres@', 'few@')
    const store = await here.open({ url })
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => store.listBots()))
    const refused = results.filter(({ status }) => status === 'rejected')
    assert.ok(refused.length > 0 && refused.length < results.length)
    for (const { reason } of refused as PromiseRejectedResult[]) {
      assert.equal(reason.detail, 'it has no connection left')
    }
    assert.deepEqual(await store.listBots(), [])
  })
})

test('a process that hangs in the middle of a transaction does not hold up the others for long', async (t) => {
  const here = await place(t)
  const store = await here.open()
  const world = await given(async () => store, t)
  const { user } = await world.linkedUser()
  const hanging = await here.engine({ idleTransactionTimeoutMs: 1000 })
  const held = Promise.withResolvers<void>()
  const wakesUp = Promise.withResolvers<void>()
  const hung = hanging.transaction(async (tx) => {
    await tx.alone()
    held.resolve()
    await wakesUp.promise
    await tx.db.updateTable('users').set({ name: 'too late' }).where('id', '=', user.id).execute()
  })
  await held.promise
  await world.accept(user)
  wakesUp.resolve()
  await assert.rejects(hung, (error) => hanging.whyUnavailable(error) !== undefined)
  assert.equal((await store.getUser(user.id))?.user.name, user.name)
  await hanging.ping()
})

describe('a transaction', () => {
  test('that met another in the wrong order is done anew', async (t) => {
    const here = await place(t)
    const engine = await here.engine()
    const store = await here.open()
    const world = await given(async () => store, t)
    const [ann, bob] = [await world.user({ name: '' }), await world.user({ name: '' })]
    const meet = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
    let begun = 0
    const inOrder = (ids: readonly string[], mine: 0 | 1) =>
      engine.transaction(async ({ db }) => {
        begun++
        for (const id of ids) {
          await db
            .updateTable('users')
            .set((eb) => ({ name: sql<string>`${eb.ref('name')} || 'x'` }))
            .where('id', '=', id)
            .execute()
          meet[mine].resolve()
          await meet[mine === 0 ? 1 : 0].promise
        }
      })
    await Promise.all([inOrder([ann.id, bob.id], 0), inOrder([bob.id, ann.id], 1)])
    assert.ok(begun > 2, 'one of them began anew')
    assert.equal((await store.getUser(ann.id))?.user.name, 'xx')
    assert.equal((await store.getUser(bob.id))?.user.name, 'xx')
  })

  test('whose statement failed that nobody reads leaves nothing behind', async (t) => {
    const here = await place(t)
    const engine = await here.engine()
    const counters = () => engine.reader.db.selectFrom('counters').selectAll().orderBy('name').execute()
    const before = await counters()
    const broken = engine.transaction(async ({ db, runAll }) => {
      const session = { id: 's', user_id: 'nobody', created_at_ms: 1, expires_at_ms: 1 }
      await db
        .insertInto('counters')
        .values({ name: 'claim', value: 7 })
        .onConflict((c) => c.doNothing())
        .execute()
      await runAll([db.insertInto('sessions').values(session).compile(), db.deleteFrom('counters').compile()])
    })
    await assert.rejects(broken, /sessions_user_id_fkey/)
    assert.ok(before.length > 0)
    assert.deepEqual(await counters(), before)
  })

  test('goes on when a newer program has added a column', async (t) => {
    const here = await place(t)
    const store = await here.open({ poolSize: 2 })
    const world = await given(async () => store, t)
    const { user, peer } = await world.linkedUser()
    await world.accept(user)
    await store.getPeer(peer.id)
    await server.execute(
      'alter table peers add column later text; alter table messages add column later text',
      here.database,
    )
    assert.equal((await store.getPeer(peer.id))?.id, peer.id)
    await world.accept(user)
    assert.equal((await world.lane(peer)).length, 2)
  })

  test('whose texts hold U+0000 asks for nothing that is there', async (t) => {
    const here = await place(t)
    const store = await here.open()
    assert.equal(await store.getUser('usr_\u0000'), undefined)
    assert.equal(await store.findUserByLogin('\u0000'), undefined)
  })
})

describe('a migration', () => {
  test('is done once, by whoever comes first of several that start at once', async (t) => {
    await server.execute('create database empty')
    const stores = await Promise.all(
      Array.from({ length: 6 }, () => openPostgresStore({ url: server.url('empty'), clock: systemClock })),
    )
    t.after(() => Promise.all(stores.map((store) => store.close())).then(() => undefined))
    const steps = await Promise.all(stores.map((store) => store.migrate()))
    const [{ count } = {}] = await server.execute('select count(*)::int as count from schema_versions', 'empty')
    assert.equal(
      steps.reduce((sum, one) => sum + one),
      count,
    )
    await stores[5]?.listBots()
  })

  test('says whom it waits for, and gives up after a while, when somebody else holds its lock', async (t) => {
    await server.execute('create database locked')
    const other = new Client({ connectionString: server.url('locked'), application_name: 'somebody' })
    await other.connect()
    t.after(() => other.end())
    await other.query('select pg_advisory_lock(8101821198635721829)')
    const said: string[] = []
    const store = await openPostgresStore({
      url: server.url('locked'),
      clock: systemClock,
      migrationLockTimeoutMs: 400,
      onMigrationWait: (sentence) => void said.push(sentence),
    })
    t.after(() => store.close())
    await assert.rejects(store.migrate(), {
      name: 'OperatorError',
      message:
        /: somebody \(user postgres, from 127\.0\.0\.1, process \d+ of the server\) holds the lock .* for \d+ s now\. If/,
    })
    assert.equal(said.length, 2)
    assert.match(said[0] ?? '', /^Waiting: somebody /)
    await other.query('select pg_advisory_unlock_all()')
    assert.ok((await store.migrate()) > 0)
  })

  test('whose tables somebody else holds is given up after the usual wait for the work of others', async (t) => {
    const here = await place(t)
    const other = new Client({ connectionString: server.url(here.database) })
    await other.connect()
    t.after(() => other.end())
    await other.query('begin; lock table schema_versions in access exclusive mode')
    const store = await here.open({ lockTimeoutMs: 200 })
    await assert.rejects(store.migrate(), { code: 'store_unavailable', detail: 'it is busy' })
    await other.query('rollback')
    assert.equal(await store.migrate(), 0)
  })

  test('is refused by a program that is older than the database', async (t) => {
    const here = await place(t)
    await server.execute("insert into schema_versions (version, name) values (9999, 'later')", here.database)
    const store = await here.open()
    await assert.rejects(store.migrate(), { name: 'OperatorError', message: /at version 9999/ })
  })
})

describe('a database that cannot be used is named in one sentence', () => {
  const bad: [string, string, RegExp][] = [
    ['is not there', server.url('nowhere'), /127\.0\.0\.1:\d+\/nowhere cannot be used: it does not exist/],
    ['does not answer', 'postgres://u:hunter2@127.0.0.1:1/x', /127\.0\.0\.1:1\/x cannot be used: nobody listens there/],
    ['has no name', 'postgres://u:hunter2@host.invalid/x', /its host name/],
    ['cannot be secure', `${server.url('postgres')}?sslmode=require`, /cannot be made secure/],
  ]
  for (const [what, url, sentence] of bad) {
    test(`when it ${what}`, async () => {
      await assert.rejects(openPostgresStore({ url, clock: systemClock }), (error: Error) => {
        assert.equal(error.name, 'OperatorError')
        assert.match(error.message, sentence)
        assert.doesNotMatch(error.message, /hunter2/)
        return true
      })
    })
  }
})

test('a database that does not wait for its disk is refused', async (t) => {
  const { database } = await place(t)
  await server.execute(`alter database ${database} set synchronous_commit = off`)
  await assert.rejects(openPostgresStore({ url: server.url(database), clock: systemClock }), {
    name: 'OperatorError',
    message: /does not wait for its disk/,
  })
})

test('a store that was closed refuses', async (t) => {
  const here = await place(t)
  const store = await here.open()
  await store.close()
  await assert.rejects(store.ping(), refusal('store_unavailable'))
})
