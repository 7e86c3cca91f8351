import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Pacer } from '../../src/delivery/pacer.ts'
import { RateLimits } from '../../src/sandbox/rate-limits.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { seededRandom } from '../support/seeded-random.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Chats with messages to send, calls that reach Telegram at any moment of their time, and the strict model there to judge them. */
async function simulate(counts: readonly number[], seed: number, slowestMs: number): Promise<number> {
  const clock = new ManualClock()
  const pacer = new Pacer({ clock })
  const dice = seededRandom(seed)
  const rates = new RateLimits({ profile: 'strict', random: dice })
  const waiting = { count: counts.reduce((sum, count) => sum + count, 0) }
  const never = new AbortController().signal
  async function work(chatId: number, count: number): Promise<void> {
    for (let sent = 0; sent < count; sent++) {
      const turn = await pacer.turn(chatId, 'reply', never)
      const tookMs = Math.floor(dice.unit() * slowestMs)
      const arrivesMs = Math.floor(dice.unit() * tookMs)
      await clock.sleep(arrivesMs)
      const chatKind = chatId < 0 ? 'group' : 'private'
      rates.check({ botId: 1, chatId, chatKind, kind: 'send', weight: 1, nowMs: clock.now() })
      await clock.sleep(tookMs - arrivesMs)
      turn?.end(true)
      waiting.count--
    }
  }
  for (const [index, count] of counts.entries()) void work(index % 5 === 4 ? -index : index + 1, count)
  while (waiting.count > 0) {
    await settle()
    clock.advanceToNext()
  }
  assert.equal(rates.counters(1).refused, 0)
  return clock.monotonic()
}

test('no window of the strict model is ever exceeded, whatever waits and however long calls take', async () => {
  const chats = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 60 })
  const slowest = fc.constantFrom(1, 100, 900, 5000)
  await fc.assert(
    fc.asyncProperty(chats, fc.nat(), slowest, async (counts, seed, slowestMs) => {
      await simulate(counts, seed, slowestMs)
    }),
    { numRuns: 25 },
  )
})

test('over minutes, a bot with work for enough chats uses 95 % of 30 a second', async (t) => {
  const counts = Array.from({ length: 60 }, () => 60)
  const groups = counts.filter((_, index) => index % 5 === 4).length
  const ms = await simulate(
    counts.map((count, index) => (index % 5 === 4 ? 1 : count)),
    1,
    200,
  )
  const perSecond = ((counts.length - groups) * 60 * 1000) / ms
  t.diagnostic(`${perSecond.toFixed(2)} a second over ${Math.round(ms / 1000)} s`)
  assert.ok(perSecond >= 30 * 0.95, `${perSecond}`)
})
