import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Refusal } from '../../src/domain/refusals.ts'
import { type Answer, NO_WEBHOOK, startPolling, update } from '../support/polling.ts'
import { until } from '../support/until.ts'

function refusal(errorCode: number, description: string): Answer {
  const reason = description
  const failure =
    errorCode === 401 || errorCode === 404
      ? ({ kind: 'bot_rejected', reason } as const)
      : ({ kind: 'refused', reason } as const)
  return { ok: false, failure, errorCode, description }
}

const UNREACHABLE: Answer & { ok: false } = {
  ok: false,
  failure: { kind: 'temporary', reason: 'no connection' },
  errorCode: 0,
  description: 'no connection',
}

describe('trouble', () => {
  const OTHER = 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running'
  const HOOK =
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"

  test('is told in words, and over when a poll succeeds', async (t) => {
    for (const [answer, state, words] of [
      [refusal(409, OTHER), 'conflict', /another program/i],
      [refusal(409, HOOK), 'conflict', /webhook/],
      [refusal(401, 'Unauthorized'), 'rejected', /Unauthorized/],
      [refusal(404, 'Not Found'), 'rejected', /Not Found/],
      [UNREACHABLE, 'unreachable', /cannot be reached \(no connection\)/],
      [refusal(400, 'Bad Request: something'), 'unreachable', /HTTP 400/],
    ] as const) {
      const { poller, states, afterWaiting } = startPolling(t, { answers: [answer, answer, { ok: true, value: [] }] })
      await poller.start()
      await afterWaiting('the end of it', () => states.length === 2)
      assert.equal(states[0]?.[0], state)
      assert.match(states[0]?.[1] ?? '', words)
      assert.deepEqual(states[1], ['running', null])
    }
  })

  test('there is none when Telegram holds the first poll, the token is good and there is no webhook', async (t) => {
    const { poller, states, polls, afterWaiting } = startPolling(t, { answers: [new Promise(() => undefined)] })
    await poller.start()
    await afterWaiting('it runs', () => states.length === 1)
    assert.deepEqual([states, polls.length], [[['running', null]], 1])
  })

  test('that a first poll meets while it is held is all that is told', async (t) => {
    const foreign = { ok: true, value: { ...NO_WEBHOOK.value, url: 'https://other.example' } } as const
    for (const webhook of [foreign, refusal(401, 'Unauthorized') as typeof UNREACHABLE]) {
      const held = Promise.withResolvers<Answer>()
      const answers = [held.promise, new Promise<Answer>(() => undefined)]
      const { poller, clock, states, afterWaiting } = startPolling(t, { answers, webhook })
      await poller.start()
      await afterWaiting('nobody sleeps', () => clock.sleeping === 0)
      held.resolve(refusal(409, OTHER))
      await afterWaiting('something is told', () => states.length > 0)
      assert.deepEqual(
        states.map(([state]) => state),
        ['conflict'],
      )
    }
  })

  test('makes the pauses longer up to a limit, and never in step with others', async (t) => {
    const answers = Array.from({ length: 12 }, () => UNREACHABLE)
    const { poller, polls, clock, afterWaiting } = startPolling(t, { answers })
    const times: number[] = []
    await poller.start()
    for (let i = 1; i <= 12; i++) {
      await afterWaiting('the next poll', () => polls.length === i)
      times.push(clock.now())
    }
    const pauses = times.slice(1).map((time, at) => time - (times[at] ?? 0))
    pauses.forEach((pause, at) => {
      const longest = Math.min(60_000, 1000 * 2 ** at)
      assert.ok(pause >= longest / 2 && pause <= longest, `pause ${at + 1}: ${pause}`)
    })
  })

  test('of too many requests waits exactly as long as Telegram says', async (t) => {
    const throttled: Answer = {
      ok: false,
      failure: { kind: 'throttled', retryAfterSeconds: 37, reason: 'Too Many Requests' },
      errorCode: 429,
      description: 'Too Many Requests: retry after 37',
    }
    const { poller, polls, afterWaiting } = startPolling(t, { answers: [throttled] })
    await poller.start()
    assert.equal(await afterWaiting('the next poll', () => polls.length === 2), 37_000)
  })

  test('with saving the state does not stop the bot, and is tried again', async (t) => {
    let saves = 0
    const { poller, arrive, events } = startPolling(t, {
      async saveState() {
        saves++
        if (saves === 1) throw new Refusal('store_unavailable')
      },
    })
    await poller.start()
    arrive(update(1))
    await until('the update', () => events.includes('handle 1'))
    arrive(update(2))
    await until('the next', () => events.includes('handle 2'))
    assert.equal(saves, 2)
  })
})
