import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Contents, Page } from '../../src/domain/contents.ts'
import { MESSAGE_STATUSES, type MessageStatus } from '../../src/domain/message-state.ts'
import { OperatorError } from '../../src/domain/operator-error.ts'
import { fill } from '../../src/store/moving/fill.ts'
import { MOVED_TABLES } from '../../src/store/moving/moved-tables.ts'
import { exported, forgetProcesses, imported, openFile, readAll, rowsOf } from '../support/moving.ts'
import { anyStep, BEGINNING, live, newLife, type Step } from '../support/random-life.ts'
import type { Cleanup } from '../support/test-store.ts'

const lives = fc.array(anyStep, { minLength: 20, maxLength: 100, size: 'max' })

test('whatever is in a store, the copy is equal in every table, and goes on in the same way', async () => {
  await fc.assert(
    fc.asyncProperty(lives, lives, async (before: Step[], after: Step[]) => {
      const rest: (() => unknown)[] = []
      const t: Cleanup = { after: (work) => void rest.push(work) }
      try {
        const [here, there] = [await openFile(t), await openFile(t)]
        const life = newLife()
        await live(here.store, life, [...BEGINNING, ...before])
        await imported(there.engine, await exported(here.engine))
        assert.deepEqual(rowsOf(there.file), rowsOf(here.file))
        await forgetProcesses(here.engine)
        await live(there.store, structuredClone(life), after)
        await live(here.store, life, after)
        assert.deepEqual(rowsOf(there.file), rowsOf(here.file))
      } finally {
        for (const work of rest.toReversed()) await work()
      }
    }),
    { numRuns: 5 },
  )
})

test('the lives of the test have something in every table that is moved, and messages in every state', async (t) => {
  const { file, store } = await openFile(t)
  await live(store, newLife(), BEGINNING)
  const rows = rowsOf(file)
  for (const [table, found] of Object.entries(rows)) assert.ok(found.length > 0, table)
  const states = new Set((rows['messages'] as { status: MessageStatus }[]).map(({ status }) => status))
  assert.deepEqual([...states].sort(), [...MESSAGE_STATUSES].sort())
})

test('every table of the database is moved, but for those that say who is at work', async (t) => {
  const { file } = await openFile(t)
  const database = new DatabaseSync(file, { readOnly: true })
  t.after(() => database.close())
  const tables = database.prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
  const left = tables
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !MOVED_TABLES.some((table) => table === name))
  assert.deepEqual(left.sort(), ['bot_processes', 'clock_marks', 'schema_versions', 'update_claims'])
})

test('the number of a peer that is gone is not given again in the new place', async (t) => {
  const [here, there] = [await openFile(t), await openFile(t)]
  const life = newLife()
  await live(here.store, life, BEGINNING)
  const last = await here.store.savePeer('bot_1', { telegramChatId: 99, type: 'private', title: null, username: null })
  await here.engine.moving.alone(
    async ({ db }) => void (await db.deleteFrom('peers').where('id', '=', last.id).execute()),
  )
  await imported(there.engine, await exported(here.engine))
  const next = await there.store.savePeer('bot_1', { telegramChatId: 98, type: 'private', title: null, username: null })
  assert.equal(next.id, last.id + 1)
})

test('an export is one moment, however much is written meanwhile', async (t) => {
  const [here, there] = [await openFile(t), await openFile(t)]
  const life = newLife()
  await live(here.store, life, BEGINNING)
  const posts = Array.from({ length: 700 }, (_, n): Step => ({ verb: 'post', a: n % 3, b: 2, text: `${n}` }))
  await Promise.all(
    posts.map((post) => live(here.store, { ...life, made: life.made + 1000 + Number(post.text) }, [post])),
  )
  const then = rowsOf(here.file)
  await readAll(here.engine, async (contents) => {
    async function* meanwhile(): AsyncGenerator<Page> {
      for await (const page of contents.pages) {
        yield page
        await live(here.store, life, [
          { verb: 'post', a: 0, b: 2, text: 'late' },
          { verb: 'sleep', a: 0, b: 0, text: '' },
          { verb: 'register', a: 0, b: 0, text: 'late' },
        ])
      }
    }
    await fill(there.engine, { ...contents, pages: meanwhile() })
  })
  assert.deepEqual(rowsOf(there.file), then)
  assert.notDeepEqual(rowsOf(here.file), then)
})

describe('a target is left as it is', () => {
  const cases: readonly { name: string; change: (contents: Contents) => Contents; says: RegExp }[] = [
    {
      name: 'when the contents are of a newer program',
      change: (contents) => ({ ...contents, schemaStep: contents.schemaStep + 1 }),
      says: /from a newer Postrider/,
    },
    {
      name: 'when the contents are of an older program',
      change: (contents) => ({ ...contents, schemaStep: contents.schemaStep - 1 }),
      says: /from an older Postrider.*postrider migrate/,
    },
    {
      name: 'when fewer rows arrive than were counted',
      change: (contents) => ({ ...contents, counts: { ...contents.counts, users: 4 } }),
      says: /Of the table users, 3 of 4 rows arrived/,
    },
    {
      name: 'when there is a table that nobody knows',
      change: (contents) => withPage(contents, { table: 'people', columns: ['id'], rows: [[1]] }),
      says: /table "people" that is not known/,
    },
    {
      name: 'when a table has other columns',
      change: (contents) =>
        withPage(contents, { table: 'users', columns: ['id', 'x" from users; --'], rows: [[1, 2]] }),
      says: /table users has other columns/,
    },
    {
      name: 'when a row does not fit',
      change: (contents) =>
        withPage(contents, { table: 'counters', columns: ['name', 'value'], rows: [['more', 'words']] }),
      says: /table counters does not fit/,
    },
    {
      name: 'when a row is too short',
      change: (contents) => withPage(contents, { table: 'counters', columns: ['name', 'value'], rows: [['more']] }),
      says: /table counters does not fit/,
    },
  ]
  for (const { name, change, says } of cases) {
    test(name, async (t) => {
      const [here, there] = [await openFile(t), await openFile(t)]
      await live(here.store, newLife(), BEGINNING)
      const before = rowsOf(there.file)
      const filling = readAll(here.engine, (contents) => fill(there.engine, change(contents)))
      await assert.rejects(filling, (error) => error instanceof OperatorError && says.test(error.message))
      assert.deepEqual(rowsOf(there.file), before)
    })
  }

  test('when there is anything in it', async (t) => {
    const here = await openFile(t)
    await live(here.store, newLife(), BEGINNING)
    const archive = await exported(here.engine)
    for (const table of MOVED_TABLES.filter((name) => name !== 'counters')) {
      const there = await openFile(t)
      await imported(there.engine, archive)
      await there.engine.moving.alone(async ({ db }) => {
        for (const other of MOVED_TABLES.toReversed()) if (other !== table) await db.deleteFrom(other).execute()
      })
      const before = rowsOf(there.file)
      if (before[table]?.length === 0) continue
      await assert.rejects(imported(there.engine, archive), /is not empty/)
      assert.deepEqual(rowsOf(there.file), before)
    }
  })
})

function withPage(contents: Contents, page: Page): Contents {
  async function* pages(): AsyncGenerator<Page> {
    yield* contents.pages
    yield page
  }
  return { ...contents, pages: pages() }
}
