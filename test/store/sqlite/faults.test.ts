import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { readMigrations } from '../../../src/store/migrate.ts'
import { sqlStore } from '../../../src/store/sql-store.ts'
import { SQLITE_MIGRATIONS } from '../../../src/store/sqlite/sqlite-migrations.ts'
import { openSqliteEngine, openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { WriterThread } from '../../../src/store/sqlite/writer-thread.ts'
import { given, refusal } from '../../contract/store/given.ts'
import { temporaryFile } from '../../support/test-store.ts'
import { until } from '../../support/until.ts'

/** From now on no file of this process gets larger (EFBIG), until what it answers is called. Undefined where that cannot be. */
function keepFilesFromGrowing(t: TestContext): (() => void) | undefined {
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:`], { stdio: 'pipe' })
  try {
    limit('0')
  } catch {
    return undefined
  }
  const end = () => void limit('unlimited')
  t.after(end)
  return end
}

describe('SQLite in trouble', () => {
  test('locked by another process: refused for now, still read, and well again after', async (t) => {
    const file = temporaryFile(t)
    const { store, user } = await given(async () => {
      const opened = await openSqliteStore({ file, busyTimeoutMs: 20 })
      t.after(() => opened.close())
      await opened.migrate()
      return opened
    }, t)
    const ann = await user()
    const other = new DatabaseSync(file)
    t.after(() => other.close())
    other.exec('begin immediate')
    await assert.rejects(store.updateUser(ann.id, { name: 'X' }), refusal('store_unavailable'))
    assert.equal((await store.getUser(ann.id))?.user.name, ann.name)
    other.exec('rollback')
    assert.equal((await store.updateUser(ann.id, { name: 'X' }))?.name, 'X')
  })

  test('locked for a moment: what came meanwhile shares its commits, whoever asks in between how things are', async (t) => {
    const file = temporaryFile(t)
    const sizes: number[] = []
    const store = await openSqliteStore({ file, onGroupCommit: (size) => void sizes.push(size) })
    const here = await given(async () => {
      t.after(() => store.close())
      await store.migrate()
      return store
    }, t)
    const { user } = await here.linkedUser()
    const other = new DatabaseSync(file)
    t.after(() => other.close())
    other.exec('begin immediate')
    const asked: Promise<unknown>[] = []
    for (let post = 0; post < 6; post++) {
      asked.push(here.accept(user), store.ping())
      // Each goes to the writer by itself, as from one turn of the event loop to the next.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    other.exec('commit')
    await Promise.all(asked)
    // The first one may have been alone when the writer began to wait.
    assert.ok(sizes.length <= 2, sizes.join(', '))
  })

  test('locked for a moment: waits for the other process, on its own thread', async (t) => {
    const file = temporaryFile(t)
    const store = await openSqliteStore({ file })
    t.after(() => store.close())
    await store.migrate()
    const other = new DatabaseSync(file)
    t.after(() => other.close())
    other.exec('begin immediate')
    const saved = store.saveSharedBot({ id: 'bot_1', telegramBotId: 1, username: 'b', name: 'B' })
    // The event loop is free meanwhile: this runs although the writer waits.
    await new Promise((resolve) => setImmediate(resolve))
    other.exec('commit')
    assert.equal((await saved).id, 'bot_1')
  })

  test('on a full disk: refused with nothing half done, still delivers, and well again after', async (t) => {
    const engine = await openSqliteEngine({ file: temporaryFile(t) })
    const store = sqlStore(engine)
    t.after(() => store.close())
    await store.migrate()
    const here = await given(async () => store, t)
    const { user, peer } = await here.linkedUser()
    const first = await here.accept(user)
    const pages = await sql<{ page_count: number }>`pragma page_count`.execute(engine.writer)
    const size = pages.rows[0]?.page_count ?? 0
    await sql.raw(`pragma max_page_count = ${size}`).execute(engine.writer)

    const text = 'x'.repeat(20_000)
    const many = Array.from({ length: 20 }, () => here.newMessage(user, { text }))
    const results = await Promise.allSettled(many.map((one) => store.outbox.enqueue(one)))
    for (const result of results) assert.ok(result.status === 'rejected' && result.reason.code === 'store_unavailable')
    assert.deepEqual(await here.lane(peer), [first.id])
    await here.send(first.id, { event: 'deliver', telegramMessageId: 1 })

    await sql.raw(`pragma max_page_count = ${size + 10_000}`).execute(engine.writer)
    await Promise.all(many.map((one) => store.outbox.enqueue(one)))
    assert.deepEqual(
      await here.lane(peer),
      many.map(({ id }) => id),
    )
  })

  test('a transaction that SQLite itself ended does not go on outside of it', async (t) => {
    const engine = await openSqliteEngine({ file: temporaryFile(t) })
    t.after(() => engine.close())
    await engine.migrate()
    const counter = sql`update counters set value = value + 1`
    const broken = engine.writer.transaction().execute(async (tx) => {
      await counter.execute(tx)
      await sql.raw('rollback').execute(tx)
      await counter.execute(tx)
    })
    await assert.rejects(broken, /ended the transaction/)
    const { value } = await engine.reader.db.selectFrom('counters').select('value').executeTakeFirstOrThrow()
    assert.equal(value, 0)
  })

  test('a file that is no database is named, in one clear sentence', async (t) => {
    const file = temporaryFile(t)
    writeFileSync(file, 'this is not a database, but long enough to be looked at as one'.repeat(20))
    await assert.rejects(openSqliteStore({ file }), {
      name: 'OperatorError',
      message: /postrider\.db cannot be opened: .*not a database/,
    })
  })

  test('a database of a newer program is refused', async (t) => {
    const file = temporaryFile(t)
    const store = await openSqliteStore({ file })
    t.after(() => store.close())
    await store.migrate()
    const later = new DatabaseSync(file)
    later.exec("insert into schema_versions (version, name) values (9999, 'from the future')")
    later.close()
    await assert.rejects(store.migrate(), { name: 'OperatorError', message: /at version 9999/ })
  })

  test('several processes that start at once on an empty file share the work', async (t) => {
    const file = temporaryFile(t)
    const program = join(import.meta.dirname, 'migrate-once.ts')
    const run = promisify(execFile)
    const outputs = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, [program, file])))
    const steps = outputs.map(({ stdout }) => Number(stdout))
    assert.equal(
      steps.reduce((sum, n) => sum + n, 0),
      readMigrations(SQLITE_MIGRATIONS).length,
    )
  })
})

for (const reserveBytes of [0, 2 ** 20]) {
  describe(`SQLite where files may not grow, with ${reserveBytes} bytes kept aside`, () => {
    test('a write is refused, and the store is not well until one succeeds', async (t) => {
      const file = temporaryFile(t)
      const store = await openSqliteStore({ file, reserveBytes })
      t.after(() => store.close())
      await store.migrate()
      const here = await given(async () => store, t)
      const { user, peer } = await here.linkedUser()
      const first = await here.accept(user)
      assert.equal(existsSync(`${file}-reserve`), reserveBytes > 0)
      const letGrow = keepFilesFromGrowing(t)
      if (letGrow === undefined) return t.skip('a limit is set from outside on Linux alone')
      await assert.rejects(here.accept(user), refusal('store_unavailable'))
      assert.equal(existsSync(`${file}-reserve`), false)
      // Longer than it is before the reserve is looked after again.
      for (const end = performance.now() + 1500; performance.now() < end; )
        await assert.rejects(store.ping(), refusal('store_unavailable'))
      assert.deepEqual(await here.lane(peer), [first.id])
      letGrow()
      const isReady = () =>
        store.ping().then(
          () => true,
          () => false,
        )
      await until('it is ready', isReady)
      const next = await here.accept(user)
      assert.deepEqual(await here.lane(peer), [first.id, next.id])
    })
  })
}

describe('the writer thread', () => {
  test('that dies rejects what was asked, and the next request starts another', async (t) => {
    const file = temporaryFile(t)
    const thread = new WriterThread({ file, busyTimeoutMs: 200 })
    t.after(() => thread.close())
    await thread.script('create table t (n integer); insert into t values (1)')
    const other = new DatabaseSync(file)
    t.after(() => other.close())
    other.exec('begin immediate')
    const hanging = thread.script('begin immediate')
    const rejected = assert.rejects(hanging, { name: 'SqliteError', resultCode: 0 })
    await thread.terminate()
    await rejected
    other.exec('rollback')
    const answers = await thread.send({
      kind: 'statements',
      transaction: 'none',
      statements: [{ sql: 'select n from t', parameters: [] }],
      commit: false,
    })
    assert.deepEqual(answers, [{ ok: true, result: { rows: [{ n: 1 }], changes: 0 } }])
  })

  test('runs and commits nothing after a statement that failed, also where SQLite ended the transaction itself', async (t) => {
    const thread = new WriterThread({ file: temporaryFile(t), busyTimeoutMs: 200 })
    t.after(() => thread.close())
    await thread.script('create table t (n integer primary key)')
    const texts = ['insert into t values (1)', 'insert or rollback into t values (1)', 'insert into t values (2)']
    const statements = texts.map((sql) => ({ sql, parameters: [] }))
    const answers = await thread.send({ kind: 'statements', transaction: 'begin', statements, commit: true })
    assert.deepEqual(
      answers.map(({ ok }) => ok),
      [true, false],
    )
    const [left] = await thread.send({
      kind: 'statements',
      transaction: 'none',
      statements: [{ sql: 'select count(*) as count from t', parameters: [] }],
      commit: false,
    })
    assert.deepEqual(left, { ok: true, result: { rows: [{ count: 0 }], changes: 0 } })
  })

  test('that cannot open its file says why, each time', async () => {
    const thread = new WriterThread({ file: '/nowhere/at/all.db', busyTimeoutMs: 10 })
    for (let i = 0; i < 2; i++) await assert.rejects(thread.open(), { name: 'SqliteError', resultCode: 14 })
    await thread.close()
  })

  test('that is closed refuses, and may be closed again', async (t) => {
    const thread = new WriterThread({ file: temporaryFile(t), busyTimeoutMs: 10 })
    await thread.open()
    await thread.close()
    await thread.close()
    await assert.rejects(thread.script('select 1'), /closed/)
  })
})
