import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NO_METRICS } from '../../src/domain/metrics.ts'
import { Refusal } from '../../src/domain/refusals.ts'
import type { Outbox } from '../../src/store/outbox.ts'
import type { Store } from '../../src/store/store.ts'
import { BOT, type Post, startPost } from '../support/delivery.ts'
import { seededRandom } from '../support/seeded-random.ts'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index + 1}`)
const slow = { kind: 'delay', when: 'after', ms: 5000 } as const

/** Resolves when Telegram has so many calls before it that it has not answered. */
async function underWay(post: Post, count: number): Promise<void> {
  const open = () => post.sandbox.control.requests().filter(({ answeredAtMs }) => answeredAtMs === undefined)
  await post.until(() => open().length >= count)
}

describe('a stop', () => {
  test('lets calls under way finish, writes down how they ended, and begins none', async (t) => {
    const post = await startPost(t)
    const [ann, bob] = [await post.person('Ann'), await post.person('Bob')]
    post.sandbox.control.addFault({ method: 'sendMessage', action: slow })
    await post.start()
    const first = await post.send(ann, 'one')
    const second = await post.send(ann, 'two')
    await post.send(bob, 'hello')
    await underWay(post, 2)
    const stopped = post.stop()
    await post.send(bob, 'later')
    post.clock.advance(5000)
    await stopped
    assert.equal((await post.message(ann, first)).status, 'delivered')
    assert.equal((await post.message(ann, second)).status, 'queued')
    assert.deepEqual(post.arrived(ann), ['one'])
    assert.deepEqual(post.arrived(bob), ['hello'])
  })

  test('that cannot wait cuts calls short; they are sent again, marked, and cost no attempt', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: slow })
    await post.start()
    const message = await post.send(ann, 'one')
    await underWay(post, 1)
    await post.stop(AbortSignal.abort())
    const cut = await post.message(ann, message)
    assert.deepEqual(
      { status: cut.status, possibleDuplicate: cut.possibleDuplicate, attemptCount: cut.attemptCount },
      { status: 'queued', possibleDuplicate: true, attemptCount: 0 },
    )
    assert.equal(cut.attempts[0]?.outcome, 'unknown')
    await post.start()
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['one', 'one'])
    assert.equal((await post.message(ann, message)).status, 'delivered')
  })

  test('becomes one that cannot wait when patience ends', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: slow })
    await post.start()
    const message = await post.send(ann, 'one')
    await underWay(post, 1)
    const patience = new AbortController()
    const stopped = post.stop(patience.signal)
    patience.abort()
    await stopped
    assert.equal((await post.message(ann, message)).status, 'queued')
  })

  test('is safe twice, and without a start', async (t) => {
    const post = await startPost(t)
    const { dispatcher } = await post.start()
    const patience = new AbortController().signal
    await Promise.all([dispatcher.stop(patience), dispatcher.stop(patience)])
    await dispatcher.stop(patience)
    dispatcher.wake(1)
  })

  test('while Telegram has told the bot to wait, or does not know it, comes at once', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await post.send(ann, 'patience')
    await post.store.outbox.holdBot(BOT, { sinceMs: post.clock.now(), untilMs: post.clock.now() + 3_600_000 })
    await post.start()
    await post.rest()
    await post.stop()
    await post.store.setBotState(BOT, 'rejected', 'x')
    await post.start()
    await post.stop()
    assert.equal(post.sandbox.control.requests({ method: 'sendMessage' }).length, 0)
  })
})

describe('after a crash', () => {
  test('what was on its way is sent again and marked, and what waited just goes', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const first = await post.send(ann, 'one')
    const second = await post.send(ann, 'two')
    await post.store.outbox.markSending(first.id, post.clock.now())
    const counted: unknown[] = []
    await post.start({ metrics: { ...NO_METRICS, cutOff: (...about) => void counted.push(about) } })
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['one', 'two'])
    assert.deepEqual(counted, [[BOT, 1]])
    const { possibleDuplicate, attempts } = await post.message(ann, first)
    assert.equal(possibleDuplicate, true)
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ['unknown', 'delivered'],
    )
    assert.equal((await post.message(ann, second)).possibleDuplicate, false)
  })

  test('of many, at any moment, nothing is lost, order holds, and every duplicate is marked', async (t) => {
    const post = await startPost(t)
    const people = await Promise.all(numbers(4).map((name) => post.person(name)))
    post.sandbox.control.addFault({ method: 'sendMessage', probability: 0.1, action: { kind: 'drop_after' } })
    for (const text of numbers(8)) for (const person of people) await post.send(person, text)
    const dice = seededRandom(3)
    for (let crash = 0; crash < 6; crash++) {
      const seen = post.sandbox.control.requests().length + Math.floor(dice.unit() * 6)
      await post.start()
      await post.until(() => post.sandbox.control.requests().length >= seen)
      await post.stop(AbortSignal.abort())
    }
    await post.start()
    await post.until(() => post.done(...people))
    for (const person of people) {
      const seen = post.arrived(person)
      assert.deepEqual(
        seen.filter((text, index) => text !== seen[index - 1]),
        numbers(8),
      )
      const listed = await post.store.listMessages(person.userId, { limit: 50, order: 'asc', nowMs: post.clock.now() })
      for (const { text, possibleDuplicate, status } of listed) {
        assert.equal(status, 'delivered')
        if (seen.filter((other) => other === text).length > 1) assert.ok(possibleDuplicate)
      }
    }
  })
})

describe('a database that fails now and then', () => {
  /** Refuses every so often: sometimes before, and sometimes after it has done what it was asked. */
  function moody(store: Store, rate: number): Store {
    const dice = seededRandom(11)
    const mood = <T extends object>(real: T): T =>
      new Proxy(real, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target)
          if (name === 'outbox') return mood(value as Outbox)
          if (typeof value !== 'function' || name === 'recover') return value
          return async (...given: unknown[]) => {
            if (dice.unit() < rate / 2) throw new Refusal('store_unavailable')
            const result: unknown = await Reflect.apply(value, target, given)
            if (dice.unit() < rate / 2) throw new Refusal('store_unavailable')
            return result
          }
        },
      })
    return mood(store)
  }

  test('delays, and neither loses nor reorders anything', async (t) => {
    const post = await startPost(t)
    const people = await Promise.all(numbers(4).map((name) => post.person(name)))
    await post.start({ store: moody(post.store, 0.2) })
    for (const text of numbers(8)) for (const person of people) await post.send(person, text)
    await post.until(() => post.done(...people))
    for (const person of people) assert.deepEqual(post.arrived(person), numbers(8))
  })

  test('is asked again until it has taken how a call ended', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    let refusals = 5
    const { outbox } = post.store
    const settle: Outbox['settle'] = async (...settlements) => {
      if (refusals-- > 0) throw new Refusal('store_unavailable')
      return await outbox.settle(...settlements)
    }
    const others = Object.fromEntries(
      (['lanes', 'waiting', 'depth', 'markTogether', 'failWaiting', 'recover', 'holdPeer', 'holdBot'] as const).map(
        (name) => [name, outbox[name].bind(outbox)],
      ),
    )
    const stubborn = new Proxy(post.store, {
      get: (target, name) => {
        if (name === 'outbox') return { ...others, settle }
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    await post.start({ store: stubborn })
    const message = await post.send(ann, 'one')
    await post.send(ann, 'two')
    await post.until(() => post.done(ann))
    assert.ok(refusals < 0)
    assert.deepEqual(post.arrived(ann), ['one', 'two'])
    const { attempts, possibleDuplicate } = await post.message(ann, message)
    assert.equal(attempts.length, 1)
    assert.equal(possibleDuplicate, false)
  })
})
