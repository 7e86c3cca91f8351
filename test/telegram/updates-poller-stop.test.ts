import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Refusal } from '../../src/domain/refusals.ts'
import { Unsaid } from '../../src/domain/unsaid.ts'
import { startPolling, update } from '../support/polling.ts'
import { until } from '../support/until.ts'

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

  test('leaves what it did not let the bot answer to the next start, and notes what came after it and is done', async (t) => {
    const stop = Promise.withResolvers<void>()
    const unsaid = stop.promise.then(() => Promise.reject(new Unsaid()))
    unsaid.catch(() => undefined)
    const { poller, arrive, events, log } = startPolling(t, {
      async handle({ update_id: id }, leave) {
        if (id === 2) return await unsaid
        if (id === 3) leave?.(unsaid)
        events.push(`handle ${id}`)
      },
    })
    await poller.start()
    arrive(update(1, 1), update(2, 2), ...[3, 4, 5, 6, 7, 8, 9].map((id) => update(id, 3)))
    await until('the last of them', () => events.includes('handle 9'))
    const stopped = poller.stop(new AbortController().signal)
    stop.resolve()
    await stopped
    assert.deepEqual(events.slice(-2), ['save 2', 'note 4,5,6,7,8,9'])
    assert.ok(log.lines.every(({ level }) => level === 'info'))
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
