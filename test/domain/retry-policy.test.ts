import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Failure } from '../../src/domain/failure.ts'
import { baseDelayMs, type Decision, DEFAULT_RETRY_POLICY, decide, delayMs } from '../../src/domain/retry-policy.ts'

const policy = DEFAULT_RETRY_POLICY
const nowMs = 1_000_000
const first = { attempt: 1, possibleDuplicate: false, delivery: 'at_least_once', nowMs, dice: 0.5 } as const
const temporary: Failure = { kind: 'temporary', reason: 'No network.' }
const unknown: Failure = { kind: 'unknown', reason: 'No answer.' }

describe('the schedule, written out', () => {
  const seconds = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
  for (const [index, delay] of seconds.entries()) {
    test(`after failure ${index + 1}: ${delay} s`, () => assert.equal(baseDelayMs(policy, index + 1), delay * 1000))
  }

  test('twelve attempts span two hours and a half', () => {
    assert.equal(policy.maxAttempts, seconds.length + 1)
    const spanMs = seconds.reduce((sum, _, index) => sum + baseDelayMs(policy, index + 1), 0)
    assert.equal(spanMs, 8_715_000)
  })

  test('dice move a delay by a fifth at most', () => {
    assert.equal(delayMs(policy, 1, 0), 4000)
    assert.equal(delayMs(policy, 1, 0.5), 5000)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (n, dice) => {
        const base = baseDelayMs(policy, n)
        const delay = delayMs(policy, n, dice)
        return delay >= base * 0.8 - 1 && delay <= base * 1.2 + 1
      }),
    )
  })
})

describe('what follows a failure', () => {
  const rows: [string, Failure, Decision][] = [
    [
      'throttled: the chat waits as told and a little more, and no attempt is lost',
      { kind: 'throttled', retryAfterSeconds: 30, reason: '' },
      { do: 'hold_chat', untilMs: nowMs + 30_300 },
    ],
    [
      'temporary: again after the delay',
      temporary,
      { do: 'retry', atMs: nowMs + 5000, countsAsAttempt: true, possibleDuplicate: false },
    ],
    [
      'unknown: again after the delay, marked as a possible duplicate',
      unknown,
      { do: 'retry', atMs: nowMs + 5000, countsAsAttempt: true, possibleDuplicate: true },
    ],
    [
      'refused: never again',
      { kind: 'refused', reason: 'Telegram refused the message: "message is too long".' },
      {
        do: 'fail',
        error: { code: 'text_refused', detail: 'Telegram refused the message: "message is too long".' },
      },
    ],
    [
      'blocked by the person: all that waits for the chat ends',
      { kind: 'blocked', by: 'person', reason: 'The person blocked the bot.' },
      {
        do: 'close_chat',
        error: {
          code: 'chat_blocked',
          detail: 'The person blocked the bot. What comes later arrives again once the person lets the bot back in.',
        },
      },
    ],
    [
      'closed by Telegram: all that waits for the chat ends',
      { kind: 'blocked', by: 'telegram', reason: 'The group was deleted.' },
      { do: 'close_chat', error: { code: 'chat_unreachable', detail: 'The group was deleted.' } },
    ],
    ['bot rejected: the queue is held', { kind: 'bot_rejected', reason: '' }, { do: 'hold_bot' }],
    [
      'migrated: the same chat at its new address',
      { kind: 'migrated', toTelegramChatId: -1001, reason: '' },
      { do: 'readdress', toTelegramChatId: -1001 },
    ],
  ]
  for (const [name, failure, decision] of rows) {
    test(name, () => assert.deepEqual(decide(policy, failure, first), decision))
  }
})

describe('the last attempt', () => {
  const last = { ...first, attempt: policy.maxAttempts }

  test('ends as failed when nothing can have arrived', () => {
    const detail = 'We gave up after 12 attempts. No network.'
    assert.deepEqual(decide(policy, temporary, last), { do: 'fail', error: { code: 'attempts_exhausted', detail } })
  })

  test('ends as uncertain when its own outcome is unknown', () => {
    const detail = 'We gave up after 12 attempts. It may have arrived. No answer.'
    assert.deepEqual(decide(policy, unknown, last), { do: 'lose', error: { code: 'outcome_unknown', detail } })
  })

  test('ends as uncertain when an earlier call may have got through', () => {
    const decision = decide(policy, temporary, { ...last, possibleDuplicate: true })
    assert.equal(decision.do, 'lose')
  })

  test('is not used up by being told to wait, however often', () => {
    const throttled: Failure = { kind: 'throttled', retryAfterSeconds: 1, reason: '' }
    assert.equal(decide(policy, throttled, { ...last, attempt: 500 }).do, 'hold_chat')
  })
})

test('a chat that Telegram told to wait is never written to before the moment that Telegram named', () => {
  const dice = fc.double({ min: 0, max: 0.999_999, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), dice, (retryAfterSeconds, dice) => {
      const decision = decide(policy, { kind: 'throttled', retryAfterSeconds, reason: '' }, { ...first, dice })
      assert.equal(decision.do, 'hold_chat')
      const marginMs = decision.untilMs - nowMs - retryAfterSeconds * 1000
      assert.ok(marginMs >= 100 && marginMs <= 500)
    }),
  )
})
