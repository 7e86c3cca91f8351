import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { Change } from '../../src/store/store.ts'
import { startMessages } from '../support/messages.ts'
import { until } from '../support/until.ts'

async function start(t: TestContext) {
  const api = await startMessages(t)
  const ann = await api.person('ann')
  const listeners = new Set<unknown>()
  const onChange = api.store.onChange.bind(api.store)
  api.store.onChange = (listener) => {
    listeners.add(listener)
    const stop = onChange(listener)
    return () => {
      listeners.delete(listener)
      stop()
    }
  }
  return { ...api, ann, listeners }
}

/** What each message was, the last time it was told of. */
function picture(changes: readonly Change[]): Record<string, string> {
  return Object.fromEntries(changes.flatMap((c) => (c.kind === 'message' ? [[c.message.id, c.message.status]] : [])))
}

describe('following the events of an account', () => {
  test('nothing is missed and nothing comes twice, whatever happens meanwhile and however often the follower comes back', async (t) => {
    const { messages, store, follow, ann, clock } = await start(t)
    // Not one that waits for its turn: what happens to a message while the follower looks is the point.
    const step = fc.constantFrom('post', 'post', 'cancel', 'send', 'come back', 'read')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const ids: string[] = []
        const seen: Change[] = []
        let after = await store.lastChange(ann.id)
        let ending = new AbortController()
        let following = await follow({ userId: ann.id, afterSeq: after, signal: ending.signal })
        const work: Promise<unknown>[] = []
        const read = async (): Promise<void> => {
          const { value: batch } = await following.next()
          seen.push(...(batch ?? []))
          after = seen.at(-1)?.seq ?? after
        }
        for (const what of steps) {
          const id = ids[work.length % (ids.length || 1)] ?? 'msg_none'
          if (what === 'post') ids.push((await messages.enqueue({ userId: ann.id, text: what })).message.id)
          if (what === 'cancel') work.push(messages.cancel(ann.id, id).catch(() => undefined))
          if (what === 'send') work.push(store.outbox.markSending(id, clock.now()))
          if (what === 'read' && (await store.lastChange(ann.id)) > after) await read()
          if (what === 'come back') {
            ending.abort()
            await following.return()
            ending = new AbortController()
            following = await follow({ userId: ann.id, afterSeq: after, signal: ending.signal })
          }
        }
        await Promise.all(work)
        while ((await store.lastChange(ann.id)) > after) await read()
        ending.abort()
        await following.return()

        const seqs = seen.map(({ seq }) => seq)
        assert.deepEqual(
          seqs,
          [...new Set(seqs)].sort((a, b) => a - b),
        )
        const truth = await Promise.all(ids.map(async (id) => [id, (await messages.get(ann.id, id)).status]))
        assert.deepEqual(picture(seen), Object.fromEntries(truth))
      }),
      { numRuns: 40 },
    )
  })

  test('more than fits one batch comes in several, in order', async (t) => {
    const { messages, follow, ann } = await start(t)
    for (let at = 0; at < 70; at++) await messages.enqueue({ userId: ann.id, text: String(at) })
    const texts: string[] = []
    const sizes: number[] = []
    for await (const batch of await follow({ userId: ann.id, afterSeq: 0, signal: new AbortController().signal })) {
      sizes.push(batch.length)
      texts.push(...batch.flatMap((change) => (change.kind === 'message' ? [change.message.text] : [])))
      if (texts.length === 70) break
    }
    assert.deepEqual(
      texts,
      Array.from({ length: 70 }, (_, at) => String(at)),
    )
    assert.ok(Math.max(...sizes) <= 32)
  })

  test('a change that this process was not told of is found with the next sign of life', async (t) => {
    const { messages, follow, ann, clock, store } = await start(t)
    store.onChange = () => () => undefined
    const following = await follow({ userId: ann.id, signal: new AbortController().signal })
    const first = following.next()
    await until('the follower sleeps', () => clock.sleeping === 1)
    const { message } = await messages.enqueue({ userId: ann.id, text: 'x' })
    clock.advance(15_000)
    assert.deepEqual((await first).value, [])
    const { value: batch } = await following.next()
    assert.deepEqual(picture(batch ?? []), { [message.id]: 'queued' })
  })

  test('ends by the signal, in the middle of its sleep, and leaves nothing behind', async (t) => {
    const { follow, ann, clock, listeners } = await start(t)
    const ending = new AbortController()
    const following = await follow({ userId: ann.id, signal: ending.signal })
    const first = following.next()
    await until('the follower sleeps', () => clock.sleeping === 1)
    assert.equal(listeners.size, 1)
    ending.abort()
    assert.deepEqual(await first, { value: undefined, done: true })
    assert.equal(clock.sleeping, 0)
    assert.equal(listeners.size, 0)
  })
})
