import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type RateDecision, RateLimits, type RateOptions, type RateRequest } from '../../src/sandbox/rate-limits.ts'
import { seededRandom } from '../support/seeded-random.ts'

const START = Date.UTC(2026, 0, 1)

function limits(options: Partial<RateOptions> = {}): RateLimits {
  return new RateLimits({ profile: 'documented', random: seededRandom(1), ...options })
}

function request(atMs: number, more: Partial<RateRequest> = {}): RateRequest {
  return { botId: 1, chatId: 7, chatKind: 'private', kind: 'send', weight: 1, nowMs: START + atMs, ...more }
}

/** How many of `count` requests at one moment pass before the first that does not. */
function burst(rates: RateLimits, count: number, atMs: number, more: Partial<RateRequest> = {}): number {
  for (let i = 0; i < count; i++) if (!rates.check(request(atMs, more)).allowed) return i
  return count
}

/** One request to each of many chats: only the bot's own limit can be met. */
function broadcast(rates: RateLimits, count: number, atMs: number, more: Partial<RateRequest> = {}): number {
  for (let i = 0; i < count; i++) if (!rates.check(request(atMs, { chatId: 1000 + i, ...more })).allowed) return i
  return count
}

const refusal = (retryAfterSeconds: number, violation = false): RateDecision => ({
  allowed: false,
  retryAfterSeconds,
  violation,
})
const passed: RateDecision = { allowed: true, delayMs: 0 }

describe('L1: what counts', () => {
  test('L1: an album of ten counts ten', () => {
    const rates = limits()
    assert.deepEqual(rates.check(request(0, { weight: 10 })), passed)
    assert.deepEqual(rates.check(request(5000)), refusal(1))
    assert.equal(rates.counters(1).sent, 10)
  })

  test('L1: edits have a bucket of their own in groups, 20 at once and one each three seconds', () => {
    const rates = limits()
    const edit: Partial<RateRequest> = { kind: 'edit', chatId: -7, chatKind: 'group' }
    assert.equal(burst(rates, 30, 0, edit), 20)
    assert.equal(burst(limits(), 100, 0, { kind: 'edit' }), 100)
  })

  test('L1: edits do not use up what sends may', () => {
    const rates = limits()
    burst(rates, 19, 0, { kind: 'edit', chatId: -7, chatKind: 'group' })
    assert.equal(burst(rates, 6, 0, { chatId: -7, chatKind: 'group' }), 5)
  })
})

describe('L2 and C8: the burst tables', () => {
  const TABLE: [string, Partial<RateOptions>, Partial<RateRequest>, number][] = [
    ['a private chat', {}, {}, 5],
    ['a private chat, strict', { profile: 'strict' }, {}, 1],
    ['a group', {}, { chatId: -7, chatKind: 'group' }, 5],
    ['a channel', {}, { chatId: -7, chatKind: 'channel' }, 5],
    ['a channel without a limit of its own', { channelLimit: false }, { chatId: -7, chatKind: 'channel' }, 30],
    ['no limits at all', { profile: 'off' }, {}, 100],
  ]
  for (const [name, options, more, allowed] of TABLE) {
    test(`L2: at one moment ${allowed} pass into ${name}`, () => {
      assert.equal(burst(limits(options), 100, 0, more), allowed)
    })
  }

  test('L2: a private chat takes one each second for ever', () => {
    const rates = limits({ profile: 'strict' })
    for (let second = 0; second < 200; second++) assert.deepEqual(rates.check(request(second * 1000)), passed)
  })

  test('L2: a group that gets one each second is full after 29 messages, one each three seconds goes on', () => {
    const eager = limits()
    let passedOnes = 0
    while (eager.check(request(passedOnes * 1000, { chatId: -7, chatKind: 'group' })).allowed) passedOnes += 1
    assert.equal(passedOnes, 29)
    const calm = limits()
    for (let i = 0; i < 100; i++) {
      assert.deepEqual(calm.check(request(i * 3000, { chatId: -7, chatKind: 'group' })), passed)
    }
  })

  test('L2: a bot sends 30 at once to different chats, and 30 each second', () => {
    const rates = limits()
    assert.equal(broadcast(rates, 100, 0), 30)
    const paced = limits()
    for (let i = 0; i < 300; i++) {
      assert.deepEqual(paced.check(request(Math.ceil((i * 1000) / 30), { chatId: 1000 + i })), passed)
    }
  })

  test('L2: a paid broadcast sends 1000 at once, and pays a tenth of a Star for each beyond 30 in that second', () => {
    const rates = limits()
    assert.equal(broadcast(rates, 1200, 0, { paid: true }), 1000)
    assert.equal(rates.counters(1).stars, 97)
  })

  test('L2: bots do not share their limits', () => {
    const rates = limits()
    assert.equal(broadcast(rates, 100, 0), 30)
    assert.equal(broadcast(rates, 100, 0, { botId: 2 }), 30)
  })

  test('L2: whatever the order of requests, no more pass than the bucket holds', () => {
    const gaps = fc.array(fc.nat(3000), { maxLength: 60 })
    fc.assert(
      fc.property(gaps, (waits) => {
        const rates = limits({ penalty: false })
        let at = 0
        const times = waits.flatMap((gap) => {
          at += gap
          return rates.check(request(at)).allowed ? [at] : []
        })
        return times.every((from, i) => times.slice(i).every((to, j) => j + 1 <= 5 + (to - from) / 1000 + 1e-6))
      }),
    )
  })
})

describe('L3: a violation of a limit', () => {
  test('L3: on violation the answer says the whole seconds to wait, at least one, and nothing is taken', () => {
    const rates = limits()
    burst(rates, 5, 0)
    assert.deepEqual(rates.check(request(0)), refusal(1))
    assert.deepEqual(rates.check(request(1000)), passed)
    assert.equal(rates.counters(1).sent, 6)
    assert.equal(rates.counters(1).refused, 1)
  })

  test('L3: the wait is rounded up', () => {
    const rates = limits()
    rates.check(request(0, { weight: 8 }))
    assert.deepEqual(rates.check(request(500)), refusal(4))
  })
})

describe('L4: the cooldown after a 429', () => {
  test('L4: it refuses everything in its chat until its end, though the bucket has refilled, and says what is left', () => {
    const rates = limits({ penalty: false })
    rates.check(request(0, { weight: 15 }))
    assert.deepEqual(rates.check(request(0)), refusal(11))
    assert.deepEqual(rates.check(request(10_500)), refusal(1, true))
    assert.deepEqual(rates.check(request(10_999, { kind: 'edit' })), refusal(1, true))
    assert.deepEqual(rates.check(request(11_000)), passed)
  })

  test('L4: another chat of the bot goes on', () => {
    const rates = limits()
    burst(rates, 6, 0)
    assert.deepEqual(rates.check(request(0, { chatId: 8 })), passed)
  })

  test('L4: when the limit of the bot was exceeded, every chat waits', () => {
    const rates = limits()
    assert.equal(broadcast(rates, 31, 0), 30)
    assert.deepEqual(rates.check(request(10, { chatId: 5 })), refusal(2, true))
    assert.deepEqual(rates.counters(1).cooldowns, [{ scope: 'bot', deadlineMs: START + 2000 }])
    assert.deepEqual(rates.check(request(10, { botId: 2 })), passed)
  })
})

describe('L5: the penalty', () => {
  const provoked = (options: Partial<RateOptions> = {}): RateLimits => {
    const rates = limits(options)
    burst(rates, 6, 0)
    return rates
  }

  test('L5: each request into a cooldown is a violation and adds the original wait, doubled each time', () => {
    const rates = provoked()
    const waits = [1, 2, 3, 4].map(() => rates.check(request(0)))
    assert.deepEqual(waits, [refusal(2, true), refusal(4, true), refusal(8, true), refusal(16, true)])
    assert.equal(rates.counters(1).violations, 4)
    assert.deepEqual(rates.check(request(15_999)), refusal(17, true))
  })

  for (const [profile, cap] of [
    ['documented', 60],
    ['strict', 3600],
  ] as const) {
    test(`L5: it stays below ${cap} s in the ${profile} profile`, () => {
      const rates = provoked({ profile })
      for (let i = 0; i < 30; i++) rates.check(request(0))
      assert.deepEqual(rates.check(request(0)), refusal(cap, true))
    })
  }

  test('L5: strikes are remembered over cooldowns, and forgotten after ten clean minutes', () => {
    const rates = provoked()
    rates.check(request(0))
    rates.check(request(0))
    burst(rates, 6, 60_000)
    assert.deepEqual(rates.check(request(60_000)), refusal(5, true))
    burst(rates, 6, 660_001)
    assert.deepEqual(rates.check(request(660_001)), refusal(2, true))
  })

  test('L5: it can be switched off; violations are still counted', () => {
    const rates = provoked({ penalty: false })
    assert.deepEqual(rates.check(request(0)), refusal(1, true))
    assert.deepEqual(rates.check(request(999)), refusal(1, true))
    assert.equal(rates.counters(1).violations, 2)
  })

  test('L5: whoever obeys never violates', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 80 }), (gaps) => {
        const rates = limits({ profile: 'strict' })
        let at = 0
        for (const gap of gaps) {
          at += gap
          const decision = rates.check(request(at))
          if (!decision.allowed) at += decision.retryAfterSeconds * 1000
        }
        return rates.counters(1).violations === 0
      }),
    )
  })
})

describe('L6: absorption', () => {
  test('L6: waits are served by a late answer until they sum to 8 s in the chain of the chat, then 429', () => {
    const rates = limits({ absorb: true })
    const decisions = Array.from({ length: 14 }, () => rates.check(request(0)))
    assert.deepEqual(
      decisions.slice(0, 13).map((decision) => decision.allowed && decision.delayMs),
      [0, 0, 0, 0, 0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000],
    )
    assert.deepEqual(decisions[13], refusal(9))
    assert.equal(rates.counters(1).absorbed, 8)
  })

  test('L6: late answers of one chat keep their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(900), { maxLength: 40 }), (gaps) => {
        const rates = limits({ absorb: true })
        let at = 0
        const releases = gaps.flatMap((gap) => {
          at += gap
          const decision = rates.check(request(at))
          return decision.allowed ? [at + decision.delayMs] : []
        })
        return releases.every((release, i) => release >= (releases[i - 1] ?? 0))
      }),
    )
  })

  test('L6: it is off by default', () => {
    assert.deepEqual(burst(limits(), 6, 0), 5)
  })
})

describe('L7: the scope of a cooldown', () => {
  const otherChatWaits = (rates: RateLimits): boolean => {
    burst(rates, 6, 0)
    return !rates.check(request(0, { chatId: 8 })).allowed
  }
  test('L7: chat stops the chat, bot stops the bot', () => {
    assert.equal(otherChatWaits(limits({ scope: 'chat' })), false)
    assert.equal(otherChatWaits(limits({ scope: 'bot' })), true)
  })

  test('L7: random does either, by seeded dice', () => {
    const outcomes = Array.from({ length: 40 }, (_, seed) =>
      otherChatWaits(limits({ scope: 'random', random: seededRandom(seed) })),
    )
    assert.equal(new Set(outcomes).size, 2)
  })
})

describe('L8: tokens that are new', () => {
  test('L8: the 21st new token of an address within a minute waits for the first to be a minute old', () => {
    const rates = limits()
    for (let i = 0; i < 20; i++) assert.equal(rates.firstSeenToken('1.2.3.4', START + i * 100), 0)
    assert.equal(rates.firstSeenToken('1.2.3.4', START + 2000), 58)
    assert.equal(rates.firstSeenToken('5.6.7.8', START + 2000), 0)
    assert.equal(rates.firstSeenToken('1.2.3.4', START + 60_000), 0)
  })

  test('L8: the 601st within an hour waits', () => {
    const rates = limits()
    for (let i = 0; i < 600; i++) assert.equal(rates.firstSeenToken('1.2.3.4', START + i * 3000), 0)
    assert.equal(rates.firstSeenToken('1.2.3.4', START + 1_800_000), 1800)
  })
})

test('L9: with the weight switch a text above 500 characters costs two', () => {
  assert.deepEqual(
    [500, 501].map((length) => limits({ longTextWeight: true }).weightOf(length)),
    [1, 2],
  )
  assert.equal(limits().weightOf(4096), 1)
})

test('a reset forgets the traffic, a new configuration counts at once', () => {
  const rates = limits()
  burst(rates, 6, 0)
  rates.reset()
  assert.deepEqual(rates.check(request(0)), passed)
  rates.configure({ profile: 'off' })
  assert.equal(burst(rates, 100, 0), 100)
  rates.configure({ profile: 'strict' })
  assert.equal(rates.check(request(0)).allowed, false)
})
