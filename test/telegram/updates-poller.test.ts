import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Update } from '@grammyjs/types'
import { Refusal } from '../../src/domain/refusals.ts'
import type { CallResult } from '../../src/telegram/telegram-client.ts'
import { createUpdatesPoller, type UpdatesPollerDeps } from '../../src/telegram/updates-poller.ts'
import { recordingLog } from '../support/http-server.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { seededRandom } from '../support/seeded-random.ts'

type Answer = CallResult<Update[]>

function update(id: number, chatId = 1): Update {
  const chat = { id: chatId, type: 'private', first_name: 'Ann' } as const
  return { update_id: id, message: { message_id: id, date: 0, chat, from: { ...chat, is_bot: false }, text: `${id}` } }
}

function refusal(errorCode: number, description: string): Answer {
  const reason = description
  const failure =
    errorCode === 401 ? ({ kind: 'bot_rejected', reason } as const) : ({ kind: 'refused', reason } as const)
  return { ok: false, failure, errorCode, description }
}
const UNREACHABLE: Answer = {
  ok: false,
  failure: { kind: 'temporary', reason: 'no connection' },
  errorCode: 0,
  description: 'no connection',
}

/** Waits for what others do, without waiting for time. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
    if (isSo()) return
    await nextTurn()
  }
  assert.fail(`never came: ${what}`)
}

/**
 * A Telegram that keeps updates as the real one does: a poll deletes what is below its offset and answers the rest, or waits for
 * more. `answers` come first.
 */
function startPolling(t: TestContext, change: Partial<UpdatesPollerDeps> & { answers?: Answer[] } = {}) {
  const clock = new ManualClock()
  const log = recordingLog()
  const queue: Update[] = []
  const events: string[] = []
  const states: (string | null)[][] = []
  const { answers = [], ...deps } = change
  let news = Promise.withResolvers<void>()
  const polls: { offset: number; timeoutSeconds: number }[] = []

  const client: UpdatesPollerDeps['client'] = {
    async getUpdates({ offset, timeoutSeconds }, signal) {
      polls.push({ offset, timeoutSeconds })
      events.push(`poll ${offset}`)
      const answer = answers.shift()
      if (answer) return answer
      if (offset > 0 && (queue.at(-1)?.update_id ?? 0) + 10 >= offset) {
        queue.splice(0, queue.findLastIndex(({ update_id: id }) => id < offset) + 1)
      }
      if (queue.length === 0 && timeoutSeconds > 0) {
        await Promise.race([news.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))])
      }
      return { ok: true, value: structuredClone(queue.slice(0, 100)) }
    },
  }
  const poller = createUpdatesPoller({
    bot: { id: 'bot_1', updateOffset: 0 },
    client,
    allowedUpdates: ['message'],
    handle: async ({ update_id: id }) => void events.push(`handle ${id}`),
    saveOffset: async (offset) => void events.push(`save ${offset}`),
    removeOwnWebhook: async () => false,
    saveState: async (...state) => void states.push(state),
    clock,
    random: seededRandom(3),
    log,
    ...deps,
  })
  t.after(() => poller.stop(AbortSignal.abort()))
  return {
    poller,
    clock,
    log,
    events,
    states,
    polls,
    arrive: (...updates: Update[]): void => {
      queue.push(...updates)
      news.resolve()
      news = Promise.withResolvers()
    },
    /** Moves time on whenever everybody sleeps, until it is so. */
    afterWaiting: async (what: string, isSo: () => boolean): Promise<number> => {
      const before = clock.now()
      for (let i = 0; i < 500 && !isSo(); i++) {
        await nextTurn()
        if (!isSo()) clock.advanceToNext()
      }
      await until(what, isSo)
      return clock.now() - before
    },
  }
}

describe('updates', () => {
  test('are handled, then saved, and only then confirmed', async (t) => {
    const { poller, arrive, events, polls } = startPolling(t)
    await poller.start()
    await until('the long poll', () => polls.length === 2)
    arrive(update(10), update(11))
    await until('a poll that confirms', () => polls.at(-1)?.offset === 12)
    assert.deepEqual(events, ['poll 0', 'poll 0', 'handle 10', 'handle 11', 'save 12', 'poll 12'])
    assert.equal(polls.at(-1)?.timeoutSeconds, 30)
  })

  test('begin where the last run ended', async (t) => {
    const { poller, polls } = startPolling(t, { bot: { id: 'bot_1', updateOffset: 77 } })
    await poller.start()
    await until('a poll', () => polls.length === 1)
    assert.equal(polls[0]?.offset, 77)
  })

  test('of one chat are handled in order, of several chats side by side', async (t) => {
    const gates = new Map<number, () => void>()
    const begun: number[] = []
    const { poller, arrive, polls } = startPolling(t, {
      handle: ({ update_id: id }) => {
        begun.push(id)
        return new Promise((resolve) => gates.set(id, resolve))
      },
    })
    await poller.start()
    arrive(update(1, 100), update(2, 100), update(3, 200))
    await until('both chats', () => begun.length === 2)
    assert.deepEqual(begun, [1, 3])
    gates.get(3)?.()
    gates.get(1)?.()
    await until('the second of the first chat', () => begun.length === 3)
    gates.get(2)?.()
    await until('all confirmed', () => polls.at(-1)?.offset === 4)
  })

  test('of other chats go on while one chat is slow, and nothing that is open is confirmed', async (t) => {
    let release: () => void = () => undefined
    const handled: number[] = []
    const polling = startPolling(t, {
      async handle({ update_id: id }) {
        if (id === 1) await new Promise<void>((resolve) => (release = resolve))
        handled.push(id)
      },
    })
    const { poller, arrive, afterWaiting, polls } = polling
    await poller.start()
    arrive(update(1, 100), update(2, 200))
    await until('the other chat', () => handled.includes(2))
    arrive(update(3, 300), update(4, 100))
    const waitedMs = await afterWaiting('the next ones', () => handled.includes(3))
    assert.ok(waitedMs <= 1000)
    assert.ok(polls.every(({ offset }) => offset <= 1))
    assert.deepEqual(handled, [2, 3])
    release()
    await afterWaiting('everything confirmed', () => polls.at(-1)?.offset === 5)
    assert.deepEqual(handled, [2, 3, 1, 4])
  })

  test('of a chat that floods the bot do not hold up the others', async (t) => {
    const handled: number[] = []
    const polling = startPolling(t, {
      // An answer takes a second, as a chat's limit has it.
      async handle({ update_id: id }, isBehind) {
        if (!isBehind) await polling.clock.sleep(1000)
        handled.push(id)
      },
    })
    const { poller, arrive, afterWaiting } = polling
    await poller.start()
    const flood = Array.from({ length: 1000 }, (_, i) => update(i + 1, 100))
    arrive(...flood, update(1001, 200))
    const waitedMs = await afterWaiting('the other chat', () => handled.includes(1001))
    assert.ok(waitedMs <= 30_000, `${waitedMs}`)
    await afterWaiting('all of them', () => handled.length === 1001)
    const ofFlood = handled.filter((id) => id <= 1000)
    assert.deepEqual(
      ofFlood,
      flood.map(({ update_id: id }) => id),
    )
  })

  test('that fail are tried again a few times, then passed over with a line in the log', async (t) => {
    let tries = 0
    const { poller, arrive, afterWaiting, events, log } = startPolling(t, {
      async handle({ update_id: id }) {
        if (id === 5) {
          tries++
          throw new Error('poison')
        }
        events.push(`handle ${id}`)
      },
    })
    await poller.start()
    arrive(update(5), update(6))
    await afterWaiting('the next one of the same chat', () => events.includes('handle 6'))
    assert.equal(tries, 4)
    assert.deepEqual(
      log.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields),
      [{ err: new Error('poison'), updateId: 5, tries: 4 }],
    )
    await afterWaiting('both confirmed', () => events.at(-1) === 'poll 7')
  })

  test('wait as long as the database is away', async (t) => {
    let tries = 0
    const { poller, arrive, afterWaiting, polls, log } = startPolling(t, {
      async handle() {
        tries++
        if (tries <= 20) throw new Refusal('store_unavailable')
      },
    })
    await poller.start()
    arrive(update(5))
    await afterWaiting('a confirmation', () => polls.at(-1)?.offset === 6)
    assert.equal(tries, 21)
    assert.equal(
      log.lines.some(({ level }) => level === 'error'),
      false,
    )
  })

  test('are not confirmed while their offset cannot be saved', async (t) => {
    let saves = 0
    const { poller, arrive, afterWaiting, polls, events } = startPolling(t, {
      async saveOffset() {
        saves++
        if (saves <= 3) throw new Refusal('store_unavailable')
      },
    })
    await poller.start()
    arrive(update(5))
    await afterWaiting('a confirmation', () => polls.at(-1)?.offset === 6)
    assert.equal(saves, 4)
    assert.equal(events.filter((event) => event === 'handle 5').length, 1)
  })

  test('that come twice or in disorder are each handled once', async (t) => {
    const twice: Answer = { ok: true, value: [update(8, 1), update(7, 2), update(8, 1), update(7, 2)] }
    const again: Answer = { ok: true, value: [update(8, 1), update(9, 1)] }
    const { poller, afterWaiting, polls, events } = startPolling(t, { answers: [twice, again] })
    await poller.start()
    await afterWaiting('a confirmation', () => polls.at(-1)?.offset === 10)
    const handled = events.filter((event) => event.startsWith('handle'))
    assert.deepEqual(handled.sort(), ['handle 7', 'handle 8', 'handle 9'])
  })

  test('whose numbers begin again lower are followed', async (t) => {
    const { poller, arrive, events, polls } = startPolling(t, { bot: { id: 'bot_1', updateOffset: 900_000 } })
    await poller.start()
    arrive(update(17))
    await until('a confirmation', () => polls.at(-1)?.offset === 18)
    assert.ok(events.includes('handle 17'))
  })

  test('without a number, or of no chat, do no harm', async (t) => {
    const odd = [
      { message: {} },
      { update_id: 'x' },
      { update_id: 3 },
      { update_id: 4, poll: null },
    ] as unknown as Update[]
    const { poller, polls, events, afterWaiting } = startPolling(t, { answers: [{ ok: true, value: odd }] })
    await poller.start()
    await afterWaiting('a confirmation', () => polls.at(-1)?.offset === 5)
    assert.deepEqual(events.slice(1, 4), ['handle 3', 'handle 4', 'save 5'])
  })

  test('are not asked for in a hurry from a server that does not wait', async (t) => {
    const answers = Array.from({ length: 5 }, (): Answer => ({ ok: true, value: [] }))
    const { poller, polls, afterWaiting } = startPolling(t, { answers })
    await poller.start()
    assert.equal(await afterWaiting('six polls', () => polls.length === 6), 4000)
  })
})

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
      [UNREACHABLE, 'unreachable', /no connection/],
      [refusal(400, 'Bad Request: something'), 'unreachable', /something/],
    ] as const) {
      const { poller, states, afterWaiting } = startPolling(t, { answers: [answer, answer, { ok: true, value: [] }] })
      await poller.start()
      await afterWaiting('the end of it', () => states.length === 2)
      assert.equal(states[0]?.[0], state)
      assert.match(states[0]?.[1] ?? '', words)
      assert.deepEqual(states[1], ['running', null])
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

describe('a stop', () => {
  test('ends the long poll at once, and is safe twice and without a start', async (t) => {
    const idle = startPolling(t)
    await idle.poller.stop(new AbortController().signal)
    const { poller, polls } = startPolling(t)
    await poller.start()
    await until('the long poll', () => polls.at(-1)?.timeoutSeconds === 30)
    await poller.stop(new AbortController().signal)
    await poller.stop(new AbortController().signal)
    assert.equal(polls.length, 2)
  })

  test('waits for what is being handled, and saves it', async (t) => {
    let release: () => void = () => undefined
    const { poller, arrive, events } = startPolling(t, {
      async handle() {
        await new Promise<void>((resolve) => (release = resolve))
        events.push('handled')
      },
    })
    await poller.start()
    arrive(update(1, 1), update(2, 1))
    await until('the first', () => events.length > 0)
    await nextTurn()
    const stopped = poller.stop(new AbortController().signal).then(() => events.push('stopped'))
    await nextTurn()
    release()
    await stopped
    // The second of the chat was not begun: it comes again after the next start.
    assert.deepEqual(events.slice(-3), ['handled', 'save 2', 'stopped'])
  })

  test('that is hard waits for nothing', async (t) => {
    const { poller, arrive, events } = startPolling(t, { handle: () => new Promise(() => undefined) })
    await poller.start()
    arrive(update(1))
    await until('the poll', () => events.length > 0)
    await nextTurn()
    await poller.stop(AbortSignal.abort())
    assert.equal(events.includes('save 2'), false)
  })

  test('leaves an update that waits for its next try to the next start', async (t) => {
    const { poller, arrive, clock, events } = startPolling(t, {
      handle: async () => {
        throw new Refusal('store_unavailable')
      },
    })
    await poller.start()
    arrive(update(1))
    await until('the pause', () => clock.sleeping > 0)
    await poller.stop(new AbortController().signal)
    assert.deepEqual(
      events.filter((event) => event.startsWith('save')),
      ['save 1'],
    )
  })
})
