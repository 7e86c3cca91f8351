import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Update } from '@grammyjs/types'
import { Refusal } from '../../src/domain/refusals.ts'
import { Unsaid } from '../../src/domain/unsaid.ts'
import { type Answer, startPolling, update } from '../support/polling.ts'
import { until } from '../support/until.ts'

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
      async handle({ update_id: id }, leave) {
        const answer = polling.clock.sleep(1000)
        if (leave) leave(answer)
        else await answer
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

  test('whose answer was left to itself are confirmed when it has gone out, while others of the chat go on', async (t) => {
    const answer = Promise.withResolvers<void>()
    const handled: number[] = []
    const { poller, arrive, afterWaiting, polls } = startPolling(t, {
      async handle({ update_id: id }, leave) {
        if (id === 1) leave?.(answer.promise)
        handled.push(id)
      },
    })
    await poller.start()
    arrive(...Array.from({ length: 10 }, (_, i) => update(i + 1, 100)))
    await until('all of them', () => handled.length === 10)
    const before = polls.length
    await afterWaiting('another poll', () => polls.length > before)
    assert.equal(polls.at(-1)?.offset, 1)
    answer.resolve()
    await afterWaiting('everything confirmed', () => polls.at(-1)?.offset === 11)
  })

  test('that nobody could answer are tried again until somebody can', async (t) => {
    let tries = 0
    const { poller, arrive, afterWaiting, polls } = startPolling(t, {
      async handle() {
        tries++
        if (tries <= 20) throw new Unsaid()
      },
    })
    await poller.start()
    arrive(update(5))
    await afterWaiting('a confirmation', () => polls.at(-1)?.offset === 6)
    assert.equal(tries, 21)
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
