import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { expiry } from '../../src/delivery/expiry.ts'
import type { Rounds } from '../../src/delivery/rounds.ts'
import { BOT, type Post, startPost } from '../support/delivery.ts'

const UNKNOWN = ['drop_before', 'drop_after'] as const

describe('a message that goes at most once', () => {
  for (const kind of UNKNOWN) {
    test(`is called once and ends as uncertain when nobody knows whether it arrived: ${kind}`, async (t) => {
      const post = await startPost(t)
      const ann = await post.person()
      post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: { kind } })
      await post.start()
      const message = await post.send(ann, 'once', { delivery: 'at_most_once' })
      await post.send(ann, 'next')
      await post.until(() => post.done(ann))
      const { status, error, possibleDuplicate, attempts } = await post.message(ann, message)
      assert.deepEqual([status, error?.code, possibleDuplicate], ['uncertain', 'outcome_unknown', false])
      assert.match(error?.detail ?? '', /^It may have arrived, and is not to be sent twice\. /)
      assert.equal(attempts.length, 1)
      assert.deepEqual(post.arrived(ann), kind === 'drop_after' ? ['once', 'next'] : ['next'])
    })
  }

  test('is tried again when it certainly did not leave', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const flood = { kind: 'too_many_requests', retryAfterSeconds: 2 } as const
    post.sandbox.control.addFault({ times: 2, action: flood })
    await post.start()
    const message = await post.send(ann, 'once', { delivery: 'at_most_once' })
    await post.until(() => post.done(ann))
    assert.equal((await post.message(ann, message)).status, 'delivered')
    assert.deepEqual(post.arrived(ann), ['once'])
  })

  test('is uncertain after a crash, and after a stop that cut its call', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const crashed = await post.send(ann, 'crashed', { delivery: 'at_most_once' })
    await post.store.outbox.markSending(crashed.id, post.clock.now())
    const slow = { kind: 'delay', when: 'after', ms: 5000 } as const
    post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: slow })
    await post.start()
    const cut = await post.send(ann, 'cut', { delivery: 'at_most_once' })
    await post.until(() => post.sandbox.control.requests({ method: 'sendMessage' }).length === 1)
    await post.stop(AbortSignal.abort())
    await post.start()
    await post.until(() => post.done(ann))
    for (const message of [crashed, cut]) {
      assert.equal((await post.message(ann, message)).error?.code, 'outcome_unknown')
    }
    assert.deepEqual(post.arrived(ann), ['cut'])
  })
})

describe('priority', () => {
  test('overtakes what waits for the same chat, and keeps its own order', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    for (const text of ['low 1', 'low 2']) await post.send(ann, text, { priority: 1 })
    for (const text of ['usual 1', 'usual 2']) await post.send(ann, text)
    for (const text of ['urgent 1', 'urgent 2']) await post.send(ann, text, { priority: 5 })
    await post.start()
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['urgent 1', 'urgent 2', 'usual 1', 'usual 2', 'low 1', 'low 2'])
  })

  test('does not wait for the next attempt of what is less urgent', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.addFault({ method: 'sendMessage', times: 2, action: { kind: 'drop_before' } })
    await post.start({ policy: { maxAttempts: 9, firstDelayMs: 40_000, maxDelayMs: 40_000, jitter: 0 } })
    const stuck = await post.send(ann, 'stuck')
    await post.until(async () => (await post.message(ann, stuck)).attempts.length === 1)
    const startMs = post.clock.now()
    post.sandbox.control.clearFaults()
    const urgent = await post.send(ann, 'urgent', { priority: 4 })
    await post.until(async () => (await post.message(ann, urgent)).status === 'delivered')
    assert.ok(post.clock.now() - startMs < 10_000, 'long before the next attempt of the other')
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['urgent', 'stuck'])
  })

  test('goes before what was read already', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    for (let n = 1; n <= 6; n++) await post.send(ann, `usual ${n}`)
    const slow = { kind: 'delay', when: 'before', ms: 500 } as const
    post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: slow })
    await post.start()
    const calls = () => post.sandbox.control.requests({ method: 'sendMessage' })
    await post.until(() => calls().length > 0)
    await post.send(ann, 'urgent', { priority: 5 })
    post.clock.advance(500)
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann).slice(0, 3), ['usual 1', 'urgent', 'usual 2'])
  })

  test('waits for the other parts of a message that has begun', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await post.start()
    const long = await post.send(ann, 'long words '.repeat(1000).trim())
    await post.until(async () => (await post.message(ann, long)).attempts.length === 1)
    await post.send(ann, 'urgent', { priority: 5 })
    await post.until(() => post.done(ann))
    assert.equal(post.arrived(ann).at(-1), 'urgent')
    assert.equal(post.arrived(ann).length, 4)
  })
})

describe('a message whose time is over', () => {
  async function expiring(post: Post): Promise<Rounds> {
    const rounds = expiry({ store: post.store, clock: post.clock, log: post.log })
    await rounds.start()
    return rounds
  }

  test('expires in time, wherever it waits, while the bot is held; what lasts arrives later', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { control } = post.sandbox
    control.addFault({ action: { kind: 'http', entry: 'unauthorized' } })
    await post.start()
    const rounds = await expiring(post)
    t.after(() => rounds.stop())
    const expiresAtMs = post.clock.now() + 3_600_000
    await post.send(ann, 'lasting')
    const behind = await post.send(ann, 'stale', { expiresAtMs })
    await post.until(async () => (await post.store.getBot(BOT))?.state === 'rejected')
    post.clock.advance(expiresAtMs - post.clock.now())
    // Without another moment passing.
    await post.rest()
    assert.equal((await post.message(ann, behind)).error?.code, 'expired')
    control.clearFaults()
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['lasting'])
  })

  test('while nobody ran is not sent after the start', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const stale = await post.send(ann, 'stale', { expiresAtMs: post.clock.now() + 1000 })
    await post.send(ann, 'lasting')
    post.clock.advance(1000)
    await post.start()
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['lasting'])
    assert.equal((await post.message(ann, stale)).status, 'expired')
  })

  test('while it is being sent is delivered', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const slow = { kind: 'delay', when: 'before', ms: 600_000 } as const
    post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: slow })
    const message = await post.send(ann, 'just in time', { expiresAtMs: post.clock.now() + 300_000 })
    await post.start()
    const rounds = await expiring(post)
    t.after(() => rounds.stop())
    await post.until(() => post.sandbox.control.requests({ method: 'sendMessage' }).length === 1)
    post.clock.advance(600_000)
    await post.until(() => post.done(ann))
    assert.equal((await post.message(ann, message)).status, 'delivered')
  })
})
