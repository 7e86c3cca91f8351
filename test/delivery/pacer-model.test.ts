import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arrivalsOf, busyStretches, drive, type Rush } from '../support/traffic.ts'

/** At once, late, and after a quiet time in which every limit forgets. */
const pauseMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 60_000, max: 150_000 }))
const spreadMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 }))

const rush: fc.Arbitrary<Rush> = fc.record({
  pauseMs,
  spreadMs,
  people: fc.integer({ min: 1, max: 60 }),
  perPerson: fc.integer({ min: 1, max: 5 }),
  groups: fc.integer({ min: 0, max: 5 }),
  perGroup: fc.integer({ min: 1, max: 25 }),
})

/** Enough for the bot's limit over most of a minute, and for a group's over two. */
const heavyRush: fc.Arbitrary<Rush> = fc.record({
  pauseMs,
  spreadMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8000 })),
  people: fc.integer({ min: 75, max: 90 }),
  perPerson: fc.integer({ min: 16, max: 20 }),
  groups: fc.integer({ min: 1, max: 5 }),
  perGroup: fc.integer({ min: 40, max: 55 }),
})

const some = fc.array(rush, { maxLength: 2 })
const rushes = fc.tuple(some, heavyRush, some).map(([before, heavy, after]) => [...before, heavy, ...after])

test('no window of the strict model is ever exceeded, whatever arrives when and however long calls take', async () => {
  await fc.assert(
    fc.asyncProperty(rushes, fc.nat(), fc.constantFrom(1, 100, 900, 5000), async (rushes, seed, slowestMs) => {
      const { rates } = await drive(arrivalsOf(rushes, seed), seed, slowestMs)
      assert.deepEqual([rates.refused, rates.violations], [0, 0])
    }),
    { numRuns: 8 },
  )
})

/** In the midst of the rushes; off for a moment, for a while, and for longer than what was sent is remembered. */
const switches = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 20_000 }),
    offMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3000 }), fc.constant(400_000)),
  }),
  { minLength: 1, maxLength: 10 },
)

test('nor when the bot is switched off and on in the midst of it, which cuts calls under way', async () => {
  await fc.assert(
    fc.asyncProperty(
      rushes,
      switches,
      fc.nat(),
      fc.constantFrom(1, 900, 5000),
      async (rushes, switches, seed, slowestMs) => {
        const { rates } = await drive(arrivalsOf(rushes, seed), seed, slowestMs, { switches })
        assert.deepEqual([rates.refused, rates.violations], [0, 0])
      },
    ),
    { numRuns: 8 },
  )
})

/** Long enough for many calls to leave, in the first seconds of work for a quarter of a minute. */
const stalls = fc.array(
  fc.record({ afterMs: fc.integer({ min: 1500, max: 4000 }), forMs: fc.integer({ min: 2500, max: 8000 }) }),
  { minLength: 2, maxLength: 4 },
)
const stalledRush = heavyRush.map((rush) => ({
  ...rush,
  pauseMs: 0,
  spreadMs: 0,
  perPerson: 10,
  groups: 1,
  perGroup: 5,
}))

test('nor when the line stalls, and all that was held up arrives together', async () => {
  await fc.assert(
    fc.asyncProperty(
      stalledRush,
      stalls,
      fc.nat(),
      fc.constantFrom(1, 1, 900),
      async (rush, stalls, seed, slowestMs) => {
        const { rates } = await drive(arrivalsOf([rush], seed), seed, slowestMs, { stalls })
        assert.deepEqual([rates.refused, rates.violations], [0, 0])
      },
    ),
    { numRuns: 8 },
  )
})

/** After a minute without anything, so that the first twenty come together; then for so long that each one too many adds up. */
const groupRush: fc.Arbitrary<Rush> = fc.record({
  pauseMs: fc.integer({ min: 62_000, max: 150_000 }),
  spreadMs: fc.constant(0),
  people: fc.integer({ min: 0, max: 5 }),
  perPerson: fc.integer({ min: 1, max: 5 }),
  groups: fc.integer({ min: 1, max: 3 }),
  perGroup: fc.integer({ min: 300, max: 330 }),
})

test('nor when a group has work for a quarter of an hour', async () => {
  await fc.assert(
    fc.asyncProperty(groupRush, fc.nat(), fc.constantFrom(1, 100), async (rush, seed, slowestMs) => {
      const { rates } = await drive(arrivalsOf([rush], seed), seed, slowestMs)
      assert.deepEqual([rates.refused, rates.violations], [0, 0])
    }),
    { numRuns: 8 },
  )
})

/** Chats that were served a moment before the work came need so long to be ready: a second, and a call. */
const READY_MS = 2000

/** Shorter stretches are a matter of single messages. */
const WORTH_COUNTING_MS = 8000

test('while enough people have messages waiting, a bot uses 95 % of 30 a second, whatever arrives when', async (t) => {
  let lowest = Number.POSITIVE_INFINITY
  await fc.assert(
    fc.asyncProperty(rushes, fc.nat(), fc.constantFrom(1, 100, 400, 900), async (rushes, seed, slowestMs) => {
      const traffic = await drive(arrivalsOf(rushes, seed), seed, slowestMs)
      // A person gets one in a second and a call of ordinary length. With a third more of them somebody is always ready.
      const enough = Math.ceil(30 * (1 + slowestMs / 2000) * 1.33)
      const stretches = busyStretches(traffic, enough)
        .map(({ fromMs, untilMs }) => ({ fromMs: fromMs + READY_MS, untilMs }))
        .filter(({ fromMs, untilMs }) => untilMs - fromMs >= WORTH_COUNTING_MS)
      assert.ok(stretches.length > 0, 'there was work for a while')
      for (const { fromMs, untilMs } of stretches) {
        const count = traffic.left.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).length
        const perSecond = (count * 1000) / (untilMs - fromMs)
        lowest = Math.min(lowest, perSecond)
        assert.ok(perSecond >= 30 * 0.95, `${perSecond} a second from ${fromMs} to ${untilMs}`)
      }
    }),
    { numRuns: 8 },
  )
  t.diagnostic(`at least ${lowest.toFixed(2)} a second`)
})
