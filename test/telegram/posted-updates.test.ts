import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Update } from '@grammyjs/types'
import { systemClock } from '../../src/ops/system-clock.ts'
import { Refusal } from '../../src/domain/refusals.ts'
import { Unsaid } from '../../src/domain/unsaid.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { PostedUpdates, type PostedUpdatesDeps, type Received } from '../../src/telegram/posted-updates.ts'
import { recordingLog } from '../support/http-server.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { postedStorm, postedUpdate } from '../support/posted-storm.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { temporaryFile } from '../support/test-store.ts'
import { until } from '../support/until.ts'

const DONE = { done: true }

/** Where processes wait for each other, how long that takes is the machine's affair. */
const REAL_TIME = { clock: systemClock }

/** A database that several processes share; each `process()` is one of them, with a store and a memory of its own. */
async function house(t: TestContext) {
  const file = temporaryFile(t)
  const clock = new ManualClock()
  /** What was handled, as `begin 1` and `end 1`, in all processes. */
  const events: string[] = []
  const gates = new Map<number, Promise<void>>()
  let seed = 0

  async function open(): Promise<Store> {
    const store = await openSqliteStore({ file })
    t.after(() => store.close())
    return store
  }
  const first = await open()
  await first.migrate()
  const bot = await first.saveSharedBot({ id: 'bot_1', telegramBotId: 1, username: 'b', name: 'B' })

  async function process(change: Partial<PostedUpdatesDeps> = {}) {
    const log = recordingLog()
    const handle = async ({ update_id: id }: Update): Promise<void> => {
      events.push(`begin ${id}`)
      await gates.get(id)
      events.push(`end ${id}`)
    }
    const store = await open()
    const posted = new PostedUpdates({
      bot,
      claims: store,
      handle,
      clock,
      random: seededRandom(++seed),
      log,
      ...change,
    })
    t.after(() => posted.stop(AbortSignal.abort()))
    return { posted, log, store }
  }

  return {
    bot,
    clock,
    events,
    process,
    /** What handles this update waits until it is opened. */
    gate: (id: number): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      gates.set(id, promise)
      return resolve
    },
    begun: (id: number) => until(`${id} is begun`, () => events.includes(`begin ${id}`)),
    /** Moves time on whenever somebody sleeps, until it is so. */
    afterWaiting: async <T>(what: string, work: Promise<T>, time = clock): Promise<T> => {
      let over = false
      void work.finally(() => (over = true))
      await until(what, () => {
        if (!over) time.advanceToNext()
        return over
      })
      return work
    },
  }
}

describe('a posted update', () => {
  test('is done after its work, and not before', async (t) => {
    const { process, gate, begun } = await house(t)
    const { posted, store } = await process()
    const open = gate(7)
    let said: unknown
    const received = posted.receive(postedUpdate(7)).then((answer) => (said = answer))
    await begun(7)
    assert.deepEqual([said, await store.isUpdateHandled('bot_1', 7)], [undefined, false])
    open()
    assert.deepEqual(await received, DONE)
    assert.equal(await store.isUpdateHandled('bot_1', 7), true)
  })

  test('that comes again is not handled again: at once, later, in another process, after a restart', async (t) => {
    const { process, events, gate, begun } = await house(t)
    const [one, other] = [await process(REAL_TIME), await process(REAL_TIME)]
    const open = gate(7)
    const answers = [one.posted.receive(postedUpdate(7)), one.posted.receive(postedUpdate(7))]
    await begun(7)
    answers.push(other.posted.receive(postedUpdate(7)))
    open()
    assert.deepEqual(await Promise.all(answers), [DONE, DONE, DONE])
    for (const { posted } of [one, other, await process()])
      assert.deepEqual(await posted.receive(postedUpdate(7)), DONE)
    assert.deepEqual(events, ['begin 7', 'end 7'])
  })

  test('waits for the one before it in its chat, and for no other chat', async (t) => {
    const { process, events, gate, begun } = await house(t)
    const { posted } = await process()
    const open = gate(1)
    const first = posted.receive(postedUpdate(1))
    await begun(1)
    const rest = [posted.receive(postedUpdate(3)), posted.receive(postedUpdate(2))]
    assert.deepEqual(await posted.receive(postedUpdate(4, 99)), DONE)
    assert.deepEqual(events, ['begin 1', 'begin 4', 'end 4'])
    open()
    await Promise.all([first, ...rest])
    assert.deepEqual(events.slice(3), ['end 1', 'begin 2', 'end 2', 'begin 3', 'end 3'])
  })

  test('a press of a button waits for what was said in its chat, although Telegram does not make it wait', async (t) => {
    const { process, events, gate, begun } = await house(t)
    const { posted } = await process()
    const open = gate(1)
    const first = posted.receive(postedUpdate(1))
    await begun(1)
    const { message } = postedUpdate(1)
    assert.ok(message)
    const tap = { id: 'x', from: message.from, message, chat_instance: 'y', data: 'z' }
    const second = posted.receive({ update_id: 2, callback_query: tap })
    assert.deepEqual(await posted.receive(postedUpdate(3, 99)), DONE)
    open()
    await Promise.all([first, second])
    assert.deepEqual(events, ['begin 1', 'begin 3', 'end 3', 'end 1', 'begin 2', 'end 2'])
  })

  test('waits for its chat in another process, too', async (t) => {
    const { process, events, gate, begun } = await house(t)
    const [one, other] = [await process(REAL_TIME), await process(REAL_TIME)]
    const open = gate(1)
    const first = one.posted.receive(postedUpdate(1))
    await begun(1)
    const second = other.posted.receive(postedUpdate(2))
    assert.deepEqual(await other.posted.receive(postedUpdate(3, 99)), DONE)
    assert.deepEqual(events, ['begin 1', 'begin 3', 'end 3'])
    open()
    assert.deepEqual(await Promise.all([first, second]), [DONE, DONE])
    assert.deepEqual(events.slice(3), ['end 1', 'begin 2', 'end 2'])
  })

  test('many, in any order, twice each, over three processes: each is handled once, and one at a time in a chat', async (t) => {
    const { process } = await house(t)
    const processes = [await process(), await process(), await process()]
    await postedStorm(
      t,
      processes.map(({ store }) => store),
    )
  })

  test('whose work takes long is answered "later", goes on, and the next post of it joins', async (t) => {
    const { process, events, gate, begun, clock, afterWaiting } = await house(t)
    // Patience is shorter than a claim holds, so whether it was extended in time makes no difference here.
    const elsewhereTime = new ManualClock(clock.now())
    const [one, other] = [await process(), await process({ clock: elsewhereTime })]
    const open = gate(7)
    const received = one.posted.receive(postedUpdate(7))
    await begun(7)
    assert.deepEqual(await afterWaiting('patience ends', received), { done: false, retryAfterSeconds: 1 })
    const elsewhere = await afterWaiting('patience ends there', other.posted.receive(postedUpdate(7)), elsewhereTime)
    assert.deepEqual(elsewhere, { done: false, retryAfterSeconds: 1 })
    const again = one.posted.receive(postedUpdate(7))
    open()
    assert.deepEqual(await again, DONE)
    assert.deepEqual(events, ['begin 7', 'end 7'])
  })

  test('of a process that was killed is handled by another one when its claim has run out', async (t) => {
    const { process, events, clock, afterWaiting } = await house(t)
    // Its time stands still, so it never extends its claim.
    const killed = await process({
      clock: new ManualClock(clock.now()),
      handle: async () => {
        events.push('begin dead')
        await new Promise(() => undefined)
      },
    })
    void killed.posted.receive(postedUpdate(7))
    await until('it is begun', () => events.includes('begin dead'))
    const { posted } = await process()
    const first = await afterWaiting('patience ends', posted.receive(postedUpdate(7)))
    assert.deepEqual(first, { done: false, retryAfterSeconds: 1 })
    assert.deepEqual(events, ['begin dead'])
    let answer: Promise<Received> | undefined
    await until('the claim has run out', async () => {
      answer = posted.receive(postedUpdate(7))
      if (!events.includes('begin 7')) clock.advance(1000)
      return events.includes('begin 7')
    })
    assert.deepEqual(await answer, DONE)
    assert.deepEqual(events, ['begin dead', 'begin 7', 'end 7'])
  })

  test('is not passed over while the database is away, however long that is', async (t) => {
    await comesAgainUntilItGoes(t, new Refusal('store_unavailable'))
  })

  test('is not passed over while nobody can say its answer, however long that is', async (t) => {
    await comesAgainUntilItGoes(t, new Unsaid())
  })

  test('is not begun when the database cannot take the claim', async (t) => {
    const { process, events } = await house(t)
    const { posted, store } = await process()
    await store.close()
    assert.deepEqual(await posted.receive(postedUpdate(7)), { done: false, retryAfterSeconds: 5 })
    assert.deepEqual(events, [])
  })

  test('of which only the note was missing is noted, and not handled again', async (t) => {
    const { process, events, clock } = await house(t)
    let isAway = true
    const inner = (await process()).store
    const claims: PostedUpdatesDeps['claims'] = {
      beginUpdate: (...claim) => inner.beginUpdate(...claim),
      extendUpdate: (...claim) => inner.extendUpdate(...claim),
      failUpdate: (...claim) => inner.failUpdate(...claim),
      finishUpdate: async (...claim) => {
        if (isAway) throw new Refusal('store_unavailable')
        return inner.finishUpdate(...claim)
      },
    }
    const { posted } = await process({ claims })
    assert.deepEqual(await posted.receive(postedUpdate(7)), { done: false, retryAfterSeconds: 5 })
    isAway = false
    // Its own claim stands in its way until it has run out.
    clock.advance(15_000)
    assert.deepEqual(await posted.receive(postedUpdate(7)), DONE)
    assert.deepEqual(events, ['begin 7', 'end 7'])
  })

  test('that nobody can handle is tried four times, by whatever process, and then passed over', async (t) => {
    const { process } = await house(t)
    const handle = async (): Promise<void> => {
      throw new Error('a bug')
    }
    const processes = [await process({ handle }), await process({ handle })]
    const answers = []
    for (let tries = 0; tries < 4; tries++) answers.push(await processes[tries % 2]?.posted.receive(postedUpdate(7)))
    const waits = answers.map((answer) => (answer?.done === false ? answer.retryAfterSeconds : 'done'))
    assert.deepEqual(waits, [1, 4, 15, 'done'])
    assert.deepEqual(
      processes[1]?.log.lines.map(({ level }) => level),
      ['warn', 'error'],
    )
  })

  test('that comes during a stop is left to Telegram; a stop waits for what is under way, and a hard one does not', async (t) => {
    const { process, gate, begun, events } = await house(t)
    const { posted } = await process()
    const open = gate(1)
    const received = posted.receive(postedUpdate(1))
    await begun(1)
    const stopped = posted.stop(new AbortController().signal)
    assert.deepEqual(await posted.receive(postedUpdate(2, 99)), { done: false, retryAfterSeconds: 1 })
    open()
    await stopped
    assert.deepEqual(await received, DONE)
    assert.deepEqual(events, ['begin 1', 'end 1'])
    const second = await process()
    gate(3)
    void second.posted.receive(postedUpdate(3))
    await begun(3)
    await second.posted.stop(AbortSignal.abort())
  })

  test('of very many that are slow, those after the first twenty give their connections back soon, and are done when they are', async (t) => {
    const { process, clock, gate, events } = await house(t)
    const { posted } = await process()
    const open = Array.from({ length: 25 }, (_, id) => gate(id))
    const answers = open.map(() => undefined as Received | undefined)
    const posts = open.map(async (_, id) => (answers[id] = await posted.receive(postedUpdate(id, id))))
    await until('all are begun', () => events.length === 25)
    clock.advance(3000)
    await until('some are told to come again', () => answers.filter((answer) => answer?.done === false).length === 5)
    for (const go of open) go()
    await Promise.all(posts)
    assert.equal(answers.filter((answer) => answer?.done === true).length, 20)
    for (let id = 0; id < 25; id++) assert.deepEqual(await posted.receive(postedUpdate(id, id)), DONE)
    assert.equal(events.length, 50)
  })
})

async function comesAgainUntilItGoes(t: TestContext, error: Error): Promise<void> {
  const { process } = await house(t)
  let isAway = true
  const { posted, log, store } = await process({
    handle: async () => {
      if (isAway) throw error
    },
  })
  for (let tries = 0; tries < 10; tries++) {
    assert.deepEqual(await posted.receive(postedUpdate(7)), { done: false, retryAfterSeconds: 5 })
  }
  assert.equal(await store.isUpdateHandled('bot_1', 7), false)
  isAway = false
  assert.deepEqual(await posted.receive(postedUpdate(7)), DONE)
  assert.ok(log.lines.every(({ level }) => level === 'warn'))
}
