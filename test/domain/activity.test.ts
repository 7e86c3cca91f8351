import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Activity, ActivityCounter } from '../../src/domain/activity.ts'
import type { AttemptOutcome } from '../../src/domain/message.ts'
import { NO_METRICS } from '../../src/domain/metrics.ts'

const HOUR = 3_600_000
/** The beginning of an hour. */
const NOW = 1_767_225_600_000
const NONE = { accepted: 0, delivered: 0, failed: 0, uncertain: 0, expired: 0, throttled: 0, answeredMs: null }

function startCounting() {
  const time = { nowMs: NOW + 1 }
  const counter = new ActivityCounter(() => time.nowMs)
  const told: string[] = []
  const tell =
    (what: string) =>
    (...given: unknown[]) =>
      void told.push([what, ...given].join(' '))
  const intake = counter.intake({
    accepted: tell('accepted'),
    answered: tell('answered'),
    committed: tell('committed'),
  })
  const delivery = counter.delivery({
    ...NO_METRICS,
    attempt: tell('attempt'),
    delivered: tell('delivered'),
    failed: tell('failed'),
    throttled: tell('throttled'),
    reply: tell('reply'),
  })
  return { time, counter, told, intake, delivery }
}

describe('what a process counts', () => {
  test('is counted by the minute, each message as what became of it, and the metrics hear of all of it', () => {
    const { time, counter, told, intake, delivery } = startCounting()
    intake.accepted()
    intake.accepted()
    intake.committed(3)
    delivery.attempt('bot_1', 'delivered', 5)
    delivery.delivered('bot_1', 20)
    delivery.throttled('bot_1', 'chat', 1000)
    delivery.reply('bot_1', 'sent')
    time.nowMs = NOW + 60_000
    delivery.failed('bot_1', 'chat_blocked', 3)
    delivery.failed('bot_1', 'outcome_unknown', 2)
    delivery.failed('bot_1', 'expired', 4)
    assert.deepEqual(counter.take(), {
      minutes: [
        { ...NONE, minuteMs: NOW, accepted: 2, delivered: 1, throttled: 1, answeredMs: NOW + 1 },
        { ...NONE, minuteMs: NOW + 60_000, failed: 3, uncertain: 2, expired: 4 },
      ],
      failures: [
        { hourMs: NOW, botId: 'bot_1', code: 'chat_blocked', count: 3, lastMs: NOW + 60_000 },
        { hourMs: NOW, botId: 'bot_1', code: 'outcome_unknown', count: 2, lastMs: NOW + 60_000 },
        { hourMs: NOW, botId: 'bot_1', code: 'expired', count: 4, lastMs: NOW + 60_000 },
      ],
    } satisfies Activity)
    assert.deepEqual(told, [
      'accepted',
      'accepted',
      'committed 3',
      'attempt bot_1 delivered 5',
      'delivered bot_1 20',
      'throttled bot_1 chat 1000',
      'reply bot_1 sent',
      'failed bot_1 chat_blocked 3',
      'failed bot_1 outcome_unknown 2',
      'failed bot_1 expired 4',
    ])
  })

  test('is taken once, and what is put back is added to what came meanwhile', () => {
    const { time, counter, intake, delivery } = startCounting()
    intake.accepted()
    delivery.failed('bot_1', 'chat_blocked', 1)
    const taken = counter.take()
    assert.deepEqual(counter.take(), { minutes: [], failures: [] })
    intake.accepted()
    time.nowMs = NOW + 7
    delivery.failed('bot_1', 'chat_blocked', 2)
    counter.putBack(taken)
    assert.deepEqual(counter.take(), {
      minutes: [{ ...NONE, minuteMs: NOW, accepted: 2, failed: 3 }],
      failures: [{ hourMs: NOW, botId: 'bot_1', code: 'chat_blocked', count: 3, lastMs: NOW + 7 }],
    })
  })

  test('has failures apart by hour, bot and reason, and none of no message', () => {
    const { time, counter, delivery } = startCounting()
    delivery.failed('bot_1', 'bot_deleted', 0)
    delivery.failed('bot_1', 'chat_blocked', 1)
    delivery.failed('bot_2', 'chat_blocked', 1)
    delivery.failed('bot_2', 'text_refused', 1)
    time.nowMs = NOW + HOUR
    delivery.failed('bot_2', 'text_refused', 1)
    assert.deepEqual(
      counter.take().failures.map(({ hourMs, botId, code, count }) => [hourMs - NOW, botId, code, count]),
      [
        [0, 'bot_1', 'chat_blocked', 1],
        [0, 'bot_2', 'chat_blocked', 1],
        [0, 'bot_2', 'text_refused', 1],
        [HOUR, 'bot_2', 'text_refused', 1],
      ],
    )
  })

  const answers: Record<AttemptOutcome, boolean> = {
    delivered: true,
    throttled: true,
    refused: true,
    blocked: true,
    bot_rejected: true,
    migrated: true,
    temporary: false,
    unknown: false,
  }
  for (const [outcome, isAnswer] of Object.entries(answers) as [AttemptOutcome, boolean][]) {
    test(`a call that ended as ${outcome} is ${isAnswer ? 'an' : 'no'} answer of Telegram`, () => {
      const { counter, delivery } = startCounting()
      delivery.attempt('bot_1', outcome, 5)
      assert.equal(counter.take().minutes[0]?.answeredMs ?? null, isAnswer ? NOW + 1 : null)
    })
  }
})
