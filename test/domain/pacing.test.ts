import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  allButOneSpent,
  allSpent,
  documentedLimits,
  earliestMs,
  isForgettable,
  type Limits,
  NOTHING_SPENT,
  spend,
} from '../../src/domain/pacing.ts'

const { privateChat, group, bot } = documentedLimits(3)
const strict = documentedLimits().privateChat

/** Sends as early as allowed once each arrival is there, up to `lateMs` late as timers are, and says when each went. */
function sendAll(limits: Limits, gapsMs: readonly number[], lateMs: readonly number[] = [0]): number[] {
  let spent = NOTHING_SPENT
  let arrivesMs = 1_000_000
  let freeMs = 0
  return gapsMs.map((gapMs, index) => {
    arrivesMs += gapMs
    const dueMs = earliestMs(limits, spent, Math.max(arrivesMs, freeMs))
    const atMs = dueMs + (dueMs > arrivesMs ? (lateMs[index % lateMs.length] ?? 0) : 0)
    spent = spend(limits, spent, atMs)
    freeMs = atMs
    return atMs
  })
}

/** The largest number of times in any window of `windowMs`. */
function mostIn(times: readonly number[], windowMs: number): number {
  let from = 0
  let most = 0
  for (const [index, time] of times.entries()) {
    while (time - (times[from] ?? time) >= windowMs) from++
    most = Math.max(most, index - from + 1)
  }
  return most
}

/** Of many at once, apart by a moment, by an ordinary gap, and after a quiet stretch that ends every window. */
const AT_ONCE = fc.constant(0)
const A_MOMENT = fc.integer({ min: 1, max: 50 })
const A_WHILE = fc.integer({ min: 0, max: 4000 })
const A_QUIET_STRETCH = fc.integer({ min: 10_000, max: 90_000 })

/**
 * Bursts with quiet between them, and stretches in which they come one by one. Work that comes slower than the limits allow proves
 * nothing about them, so most of it comes much faster.
 */
const gaps = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.array(fc.oneof({ weight: 4, arbitrary: AT_ONCE }, A_MOMENT), { minLength: 20, maxLength: 80 }),
      },
      { weight: 1, arbitrary: fc.array(A_WHILE, { minLength: 1, maxLength: 40 }) },
      { weight: 2, arbitrary: fc.tuple(A_QUIET_STRETCH) },
    ),
    { minLength: 1, maxLength: 10 },
  )
  .map((stretches) => stretches.flat())
const late = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 20 })

describe('over any pattern of arrivals and late timers', () => {
  test('a private chat gets one a second, and three together at most', () => {
    fc.assert(
      fc.property(gaps, late, (gaps, late) => {
        const times = sendAll(privateChat, gaps, late)
        return mostIn(times, 1000) <= 3 && mostIn(times, 10_000) <= 12 && mostIn(times, 60_000) <= 62
      }),
    )
  })

  test('a group gets no more than 20 in any minute, and no more than a private chat in any second', () => {
    fc.assert(
      fc.property(gaps, late, (gaps, late) => {
        const times = sendAll(group, gaps, late)
        return mostIn(times, 60_000) <= 20 && mostIn(times, 1000) <= 3
      }),
    )
  })

  test('a bot sends no more than 30 in any second', () => {
    fc.assert(fc.property(gaps, late, (gaps, late) => mostIn(sendAll(bot, gaps, late), 1000) <= 30))
  })

  test('what was sent never goes before it was there, and in the order of asking', () => {
    for (const limits of [privateChat, strict, group, bot]) {
      fc.assert(
        fc.property(gaps, (gaps) => {
          let arrivesMs = 1_000_000
          let beforeMs = 0
          for (const [index, atMs] of sendAll(limits, gaps).entries()) {
            arrivesMs += gaps[index] ?? 0
            assert.ok(atMs >= arrivesMs && atMs >= beforeMs)
            beforeMs = atMs
          }
        }),
      )
    }
  })
})

describe('while there is work', () => {
  const burst = (count: number): number[] => Array.from({ length: count }, () => 0)
  const perSecond = (times: readonly number[]): number =>
    (times.length * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0))

  test('a bot uses 95 % of its 30 a second, though timers fire a millisecond late', () => {
    assert.ok(perSecond(sendAll(bot, burst(3000), [1])) >= 30 * 0.95)
  })

  test('a private chat gets its one a second', () => {
    assert.ok(perSecond(sendAll(privateChat, burst(600), [1])) >= 0.99)
  })

  test('a group gets its 20 a minute, save the head room', () => {
    assert.ok(perSecond(sendAll(group, burst(400))) * 60 >= 19.5)
  })
})

test('without a burst, each message goes a second after the one before it', () => {
  fc.assert(
    fc.property(gaps, late, (gaps, late) =>
      sendAll(strict, gaps, late).every((time, index, all) => time - (all[index - 1] ?? 0) >= 1000),
    ),
  )
})

test('after a pause three go into a private chat together, then one each second', () => {
  const times = sendAll(privateChat, [0, 0, 0, 0, 0, 60_000, 0, 0, 0])
  assert.deepEqual(
    times.map((time) => time - 1_000_000),
    [0, 0, 0, 1000, 2000, 60_000, 60_000, 60_000, 61_000],
  )
})

test('whatever was sent before the start, the pace that follows it keeps within the limits', () => {
  for (const limits of [privateChat, strict, bot, group]) {
    fc.assert(
      fc.property(gaps, (gaps) => {
        const before = sendAll(limits, gaps)
        const startMs = before.at(-1) ?? 0
        // A leaky bucket for each limit: what Telegram is thought to keep.
        for (const limit of limits) {
          const [size, eachMs] =
            limit.kind === 'rate' ? [limit.burst, limit.intervalMs] : [limit.count, limit.windowMs / limit.count]
          let spent = allSpent(limits, startMs)
          const after: number[] = []
          for (let nowMs = startMs, sent = 0; sent < 60; sent++) {
            nowMs = earliestMs(limits, spent, nowMs)
            spent = spend(limits, spent, nowMs)
            after.push(nowMs)
          }
          let level = 0
          let lastMs = 0
          for (const atMs of [...before, ...after]) {
            level = Math.max(0, level - (atMs - lastMs) / eachMs) + 1
            lastMs = atMs
            assert.ok(level <= size + 1e-6, `${level} of ${size}`)
          }
        }
      }),
      { numRuns: 30 },
    )
  }
})

test('where there is room for one, one may go at that moment, and whoever follows no faster than at the even pace', () => {
  for (const limits of [privateChat, strict, bot, group]) {
    const startMs = 1_000_000
    let spent = allButOneSpent(limits, startMs)
    assert.equal(earliestMs(limits, spent, startMs), startMs)
    for (let beforeMs = startMs, sent = 0; sent < 60; sent++) {
      spent = spend(limits, spent, beforeMs)
      const nextMs = earliestMs(limits, spent, beforeMs)
      for (const limit of limits) {
        const eachMs = limit.kind === 'rate' ? limit.intervalMs : limit.windowMs / limit.count
        // What is rounded may come a millisecond early.
        assert.ok(nextMs >= startMs + (sent + 1) * eachMs - 1, `${nextMs - startMs} after ${sent}`)
      }
      beforeMs = nextMs
    }
  }
})

test('what no longer delays anything may be forgotten, and nothing sooner', () => {
  for (const limits of [privateChat, strict, group, bot]) {
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 120_000 }), (gaps, laterMs) => {
        let spent = NOTHING_SPENT
        const times = sendAll(limits, gaps)
        for (const time of times) spent = spend(limits, spent, time)
        const nowMs = (times.at(-1) ?? 0) + laterMs
        if (!isForgettable(limits, spent, nowMs)) return
        for (const afterMs of [0, 1, 500, 20_000]) {
          assert.equal(
            earliestMs(limits, spend(limits, spent, nowMs), nowMs + afterMs),
            earliestMs(limits, spend(limits, NOTHING_SPENT, nowMs), nowMs + afterMs),
          )
        }
      }),
    )
  }
})
