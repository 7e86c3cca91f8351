import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { Outbox } from '../../src/store/outbox.ts'
import type { Store } from '../../src/store/store.ts'
import { NO_METRICS } from '../../src/domain/metrics.ts'
import { Refusal } from '../../src/domain/refusals.ts'
import { numbers, type Post, type Recipient, startPost } from '../support/delivery.ts'

/** One who got a message a while ago: where theirs go is known, and nothing is in the way of the next. */
async function acquainted(post: Post, person: Recipient): Promise<Recipient> {
  await post.send(person, 'hello')
  await post.until(() => post.done(person))
  await post.pass(5000)
  return person
}

/** A bot at work, and Ann, who knows it. */
async function startWithAnn(t: TestContext): Promise<{ post: Post; ann: Recipient }> {
  const post = await startPost(t)
  await post.start()
  return { post, ann: await acquainted(post, await post.person()) }
}

/** What is asked of the outbox, by name. */
function watched(store: Store): { store: Store; asked: string[] } {
  const asked: string[] = []
  const outbox = new Proxy(store.outbox, {
    get: (target, name: keyof Outbox) => {
      const ask = target[name].bind(target) as (...given: never[]) => unknown
      return (...given: never[]) => {
        asked.push(name)
        return ask(...given)
      }
    },
  })
  return { store: { ...store, outbox }, asked }
}

describe('a message whose chat has nothing to do', () => {
  test('is sent without a commit of its own that says so, and without another look at the database', async (t) => {
    const post = await startPost(t)
    const { store, asked } = watched(post.store)
    await post.start({ store })
    const ann = await acquainted(post, await post.person())
    asked.length = 0
    const message = await post.send(ann, 'there you are')
    await post.until(() => post.done(ann))
    await post.rest()
    assert.deepEqual(asked, ['settle'])
    const { status, attempts, possibleDuplicate } = await post.message(ann, message)
    assert.deepEqual([status, attempts.length, possibleDuplicate], ['delivered', 1, false])
    assert.deepEqual(post.arrived(ann), ['hello', 'there you are'])
  })

  test('leaves nothing behind in memory', async (t) => {
    const post = await startPost(t)
    const loads: object[] = []
    await post.start({ metrics: { ...NO_METRICS, load: (_bot, load) => void loads.push(load) } })
    const ann = await acquainted(post, await post.person())
    for (const text of numbers(5)) {
      loads.length = 0
      await post.send(ann, text)
      await post.pass(5000)
      assert.deepEqual(
        [loads[0], loads.at(-1)],
        [
          { lanes: 1, inFlight: 1 },
          { lanes: 0, inFlight: 0 },
        ],
      )
    }
    assert.deepEqual(post.arrived(ann), ['hello', ...numbers(5)])
  })

  test('that Telegram refuses for now is tried again like any other', async (t) => {
    const { post, ann } = await startWithAnn(t)
    const flood = { kind: 'too_many_requests', retryAfterSeconds: 9 } as const
    post.sandbox.control.addFault({ chatId: ann.telegramChatId, times: 1, action: flood })
    const message = await post.send(ann, 'in time')
    await post.send(ann, 'after it')
    await post.until(() => post.done(ann))
    const { attempts } = await post.message(ann, message)
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ['throttled', 'delivered'],
    )
    assert.deepEqual(post.arrived(ann), ['hello', 'in time', 'after it'])
  })

  test('is a text in parts like any other', async (t) => {
    const { post, ann } = await startWithAnn(t)
    const message = await post.send(ann, 'word '.repeat(2000))
    await post.until(() => post.done(ann))
    assert.equal((await post.message(ann, message)).attempts.length, 3)
  })
})

describe('a place that was kept', () => {
  test('for a message that is refused costs the chat nothing: the next one leaves at once', async (t) => {
    const { post, ann } = await startWithAnn(t)
    const late = { expiresAtMs: post.clock.now() - 1 }
    await assert.rejects(post.send(ann, 'too late', late), { code: 'request_invalid' })
    const sentMs = post.clock.now()
    await post.send(ann, 'in time')
    await post.until(() => post.done(ann))
    const [, arrived] = post.sandbox.control.deliveries({ chat: ann.telegramChatId })
    assert.equal(arrived?.atMs, sentMs)
  })

  test('keeps nobody else waiting', async (t) => {
    const { post, ann } = await startWithAnn(t)
    const bob = await acquainted(post, await post.person())
    const gate = heldBack(post, 'slow')
    const slow = post.send(ann, 'slow')
    await post.send(bob, 'meanwhile')
    await post.until(() => post.arrived(bob).includes('meanwhile'))
    assert.deepEqual(post.arrived(ann), ['hello'])
    gate.open()
    await slow
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['hello', 'slow'])
  })

  test('is waited for by a stop, and the message still leaves', async (t) => {
    const { post, ann } = await startWithAnn(t)
    const gate = heldBack(post, 'at the last moment')
    const sent = post.send(ann, 'at the last moment')
    await gate.stored
    const stopped = post.stop()
    gate.open()
    const message = await sent
    await stopped
    assert.equal((await post.message(ann, message)).status, 'delivered')
  })

  for (const delivery of ['at_least_once', 'at_most_once'] as const) {
    test(`for a message of which nobody knows whether it was stored is taken back: ${delivery}`, async (t) => {
      const { post, ann } = await startWithAnn(t)
      let id = ''
      post.intake = {
        enqueue: async (message) => {
          id = message.id
          const enqueued = await post.store.outbox.enqueue(message)
          assert.ok(!enqueued.replayed && enqueued.leaving)
          throw new Refusal('store_unavailable')
        },
      }
      await assert.rejects(post.send(ann, 'stored', { delivery }), { code: 'store_unavailable' })
      post.intake = post.store.outbox
      await post.send(ann, 'behind it')
      await post.until(() => post.done(ann))
      const { status, possibleDuplicate, attempts } = await post.message(ann, { id })
      assert.deepEqual([status, possibleDuplicate], ['delivered', false])
      assert.deepEqual(
        attempts.map(({ outcome }) => outcome),
        ['temporary', 'delivered'],
      )
      assert.deepEqual(post.arrived(ann), ['hello', 'stored', 'behind it'])
    })
  }

  test('for a message that the store did not take is free again', async (t) => {
    const { post, ann } = await startWithAnn(t)
    post.intake = { enqueue: () => Promise.reject(new Refusal('store_unavailable')) }
    await assert.rejects(post.send(ann, 'lost'), { code: 'store_unavailable' })
    post.intake = post.store.outbox
    await post.send(ann, 'the next one')
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['hello', 'the next one'])
  })
})

test('however messages come, each chat gets its own in order, once, and no limit is passed', async (t) => {
  const arrivals = fc.array(fc.record({ to: fc.nat(2), pauseMs: fc.constantFrom(0, 0, 1, 300, 1001, 4000) }), {
    minLength: 20,
    maxLength: 40,
  })
  await fc.assert(
    fc.asyncProperty(arrivals, async (all) => {
      const post = await startPost(t)
      const people = [await post.person(), await post.person(), await post.group()]
      await post.start()
      const sent = people.map((): string[] => [])
      for (const [index, { to, pauseMs }] of all.entries()) {
        const person = people[to] ?? assert.fail()
        sent[to]?.push(`message ${index}`)
        await post.send(person, `message ${index}`, { digest: 'never' })
        if (pauseMs > 0) await post.pass(pauseMs)
      }
      await post.until(() => post.done(...people))
      assert.deepEqual(
        people.map((person) => post.arrived(person)),
        sent,
      )
      const { refused, violations } = post.sandbox.control.rates('post_bot')
      assert.deepEqual({ refused, violations }, { refused: 0, violations: 0 })
      await post.stop()
    }),
    { numRuns: 8 },
  )
})

/** The store takes what has this text at once, and says so only when it is let. */
function heldBack(post: Post, text: string): { stored: Promise<void>; open: () => void } {
  const [stored, allowed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  post.intake = {
    enqueue: async (message) => {
      const enqueued = await post.store.outbox.enqueue(message)
      if (message.text !== text) return enqueued
      stored.resolve()
      await allowed.promise
      return enqueued
    },
  }
  return { stored: stored.promise, open: allowed.resolve }
}
