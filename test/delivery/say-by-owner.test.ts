import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sayByOwner, type SayByOwnerDeps } from '../../src/delivery/say-by-owner.ts'
import { SHARED_TERMS } from '../../src/domain/ownership.ts'
import type { Signal } from '../../src/domain/signal.ts'
import { Unsaid } from '../../src/domain/unsaid.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { manyBots } from '../support/many-bots.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { until } from '../support/until.ts'

const HELLO = { telegramChatId: 5, chatType: 'private', text: 'Hello' } as const

/** A process that serves no bot, on a database with one bot; and what it hands over. */
async function scene(t: TestContext, over: Partial<SayByOwnerDeps> = {}) {
  const house = await manyBots(t)
  await house.make(['bot_1'])
  const { store } = house
  const clock = new ManualClock()
  const handed: (Signal & { kind: 'say' })[] = []
  store.onSignal((signal) => signal.kind === 'say' && handed.push(signal) > 0)
  const missed = new Set<() => void>()
  const say = sayByOwner({
    store: {
      getBot: (id) => store.getBot(id),
      signal: (signal) => store.signal(signal),
      onSignal: (listener) => store.onSignal(listener),
      onMissed: (listener) => {
        missed.add(listener)
        return () => missed.delete(listener)
      },
    },
    here: () => undefined,
    alone: false,
    clock,
    random: seededRandom(3),
    ...over,
  })
  /** Begins, and waits until the owner has it. */
  async function handOver() {
    const outcome = say('bot_1', HELLO).then(
      () => 'over',
      (error: unknown) => (error instanceof Unsaid ? 'unsaid' : error),
    )
    let seen: unknown
    void outcome.then((result) => (seen = result))
    await until('it is handed over', () => handed.length > 0 || seen !== undefined)
    return { outcome, isPending: () => seen === undefined }
  }
  const serve = (id: string) => store.beat({ id, leaseMs: SHARED_TERMS.leaseMs })
  /** Lets the process look again, until it holds. */
  const afterLooks = (what: string, holds: () => boolean) =>
    until(what, () => {
      if (!holds()) clock.advanceToNext()
      return holds()
    })
  return { ...house, clock, handed, missed, say, handOver, serve, afterLooks }
}

test('what this process serves itself, it says itself', async (t) => {
  const said: string[] = []
  const { say, handed } = await scene(t, { here: async (botId, { text }) => void said.push(`${botId}: ${text}`) })
  await say('bot_1', HELLO)
  assert.deepEqual([said, handed], [['bot_1: Hello'], []])
})

test('what nobody serves is not said, and nobody is asked', async (t) => {
  const here = await scene(t)
  const { say, handed, serve } = here
  await assert.rejects(say('bot_1', HELLO), Unsaid)
  await serve('other')
  await here.pass(SHARED_TERMS.leaseMs)
  await assert.rejects(say('bot_1', HELLO), Unsaid)
  await assert.rejects(say('bot_unknown', HELLO), Unsaid)
  assert.deepEqual(handed, [])
})

test('what another process serves it is asked to say, and its answer is waited for', async (t) => {
  const { store, handed, handOver, serve, clock } = await scene(t)
  await serve('other')
  for (const [isOver, expected] of [
    [true, 'over'],
    [false, 'unsaid'],
  ] as const) {
    handed.length = 0
    const { outcome, isPending } = await handOver()
    const [asked] = handed
    assert.ok(asked)
    const { id, ...rest } = asked
    assert.deepEqual(rest, { kind: 'say', botId: 'bot_1', ...HELLO })
    store.signal({ kind: 'said', id: `${id}x`, isOver: true })
    clock.advanceToNext()
    await store.getBot('bot_1')
    assert.equal(isPending(), true)
    store.signal({ kind: 'said', id, isOver })
    assert.equal(await outcome, expected)
  }
})

test('what was handed to a process that died, or lost the bot, is not said', async (t) => {
  const here = await scene(t)
  const { handOver, serve, afterLooks, handed } = here
  await serve('one')
  const first = await handOver()
  await here.pass(SHARED_TERMS.leaseMs)
  await afterLooks('it is noticed that it died', () => !first.isPending())
  assert.equal(await first.outcome, 'unsaid')
  handed.length = 0
  await serve('other')
  assert.equal((await serve('other')).owned.length, 1)
  const second = await handOver()
  await here.pass(SHARED_TERMS.leaseMs)
  await serve('third')
  assert.equal((await serve('third')).owned.length, 1)
  await afterLooks('it is noticed that another one has it', () => !second.isPending())
  assert.equal(await second.outcome, 'unsaid')
})

test('an answer that may have been missed, or never comes, counts as none', async (t) => {
  const { handOver, serve, missed, afterLooks, handed } = await scene(t)
  await serve('other')
  const first = await handOver()
  for (const listener of missed) listener()
  assert.equal(await first.outcome, 'unsaid')
  handed.length = 0
  const second = await handOver()
  await afterLooks('patience ends', () => !second.isPending())
  assert.equal(await second.outcome, 'unsaid')
  assert.equal(missed.size, 0)
})
