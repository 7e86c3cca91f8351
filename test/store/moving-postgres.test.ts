import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Page } from '../../src/domain/contents.ts'
import { OperatorError } from '../../src/domain/operator-error.ts'
import { fill } from '../../src/store/moving/fill.ts'
import { exported, forgetProcesses, imported, openFile, openServer, readAll, rowsOf } from '../support/moving.ts'
import { anyStep, BEGINNING, live, newLife, type Step } from '../support/random-life.ts'
import type { Cleanup } from '../support/test-store.ts'

const lives = fc.array(anyStep, { minLength: 20, maxLength: 100, size: 'max' })

test('from SQLite to PostgreSQL and back nothing changes, and both go on in the same way', async () => {
  await fc.assert(
    fc.asyncProperty(lives, lives, async (before: Step[], after: Step[]) => {
      const rest: (() => unknown)[] = []
      const t: Cleanup = { after: (work) => void rest.push(work) }
      try {
        const [here, there, back] = [await openFile(t), await openServer(t), await openFile(t)]
        const life = newLife()
        await live(here.store, life, [...BEGINNING, ...before])
        await imported(there.engine, await exported(here.engine))
        await forgetProcesses(here.engine)
        await live(there.store, structuredClone(life), after)
        await live(here.store, life, after)
        await imported(back.engine, await exported(there.engine))
        assert.deepEqual(rowsOf(back.file), rowsOf(here.file))
      } finally {
        for (const work of rest.toReversed()) await work()
      }
    }),
    { numRuns: 5 },
  )
})

describe('PostgreSQL', () => {
  test('an export is one moment, however much is written meanwhile', async (t) => {
    const [here, there, then] = [await openServer(t), await openFile(t), await openFile(t)]
    const life = newLife()
    await live(here.store, life, BEGINNING)
    await imported(then.engine, await exported(here.engine))
    await readAll(here.engine, async (contents) => {
      async function* meanwhile(): AsyncGenerator<Page> {
        for await (const page of contents.pages) {
          yield page
          await live(here.store, life, [{ verb: 'register', a: 0, b: 0, text: 'late' }])
          await live(here.store, life, [{ verb: 'post', a: 0, b: 2, text: 'late' }])
        }
      }
      await fill(there.engine, { ...contents, pages: meanwhile() })
    })
    assert.deepEqual(rowsOf(there.file), rowsOf(then.file))
  })

  test('the number of a peer that is gone is not given again in the new place', async (t) => {
    const [here, there] = [await openServer(t), await openServer(t)]
    const chat = (telegramChatId: number) => ({ telegramChatId, type: 'private', title: null, username: null }) as const
    await live(here.store, newLife(), BEGINNING)
    const last = await here.store.savePeer('bot_1', chat(99))
    await here.engine.moving.alone(async ({ db }) => {
      await db.deleteFrom('peers').where('id', '=', last.id).execute()
    })
    await imported(there.engine, await exported(here.engine))
    assert.equal((await there.store.savePeer('bot_1', chat(98))).id, last.id + 1)
  })

  test('the first peer after an empty house has the number 1', async (t) => {
    const [here, there] = [await openFile(t), await openServer(t)]
    await imported(there.engine, await exported(here.engine))
    await there.store.saveSharedBot({ id: 'bot_1', telegramBotId: 1, username: 'b', name: 'B' })
    const peer = await there.store.savePeer('bot_1', {
      telegramChatId: 1,
      type: 'private',
      title: null,
      username: null,
    })
    assert.equal(peer.id, 1)
  })

  test('a target that is not empty, or where a row does not fit, is left as it is', async (t) => {
    const [here, there, after] = [await openFile(t), await openServer(t), await openFile(t)]
    await live(here.store, newLife(), BEGINNING)
    const filling = readAll(here.engine, async (contents) => {
      async function* broken(): AsyncGenerator<Page> {
        yield* contents.pages
        yield { table: 'counters', columns: ['name', 'value'], rows: [['more', 'words']] }
      }
      await fill(there.engine, { ...contents, pages: broken() })
    })
    await assert.rejects(filling, (error) => error instanceof OperatorError && /does not fit/.test(error.message))
    // Nothing stayed, so it can be filled.
    await imported(there.engine, await exported(here.engine))
    await assert.rejects(imported(there.engine, await exported(here.engine)), /is not empty/)
    await imported(after.engine, await exported(there.engine))
    assert.deepEqual(rowsOf(after.file), rowsOf(here.file))
  })
})
