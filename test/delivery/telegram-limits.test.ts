import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BOT, numbers, startPost } from '../support/delivery.ts'

describe('Telegram’s limits', () => {
  test('are kept without Telegram having to say so, in private chats, groups and for the bot', async (t) => {
    const post = await startPost(t)
    const people = await Promise.all(numbers(8).map((name) => post.person(name)))
    const group = await post.group()
    for (const text of numbers(45)) await post.send(group, text, { digest: 'never' })
    for (const person of people) for (const text of numbers(12)) await post.send(person, text)
    await post.start()
    await post.until(() => post.done(group, ...people))
    assert.deepEqual(post.arrived(group), numbers(45))
    const { refused, violations } = post.sandbox.control.rates('post_bot')
    assert.deepEqual({ refused, violations }, { refused: 0, violations: 0 })
  })

  test('a 429 is obeyed to the second, delays no other chat and costs no attempt', async (t) => {
    const post = await startPost(t)
    const [ann, bob] = [await post.person('Ann'), await post.person('Bob')]
    const flood = { kind: 'too_many_requests', retryAfterSeconds: 30 } as const
    post.sandbox.control.addFault({ chatId: ann.telegramChatId, times: 1, action: flood })
    await post.start()
    const message = await post.send(ann, 'one')
    await post.send(ann, 'two')
    await post.send(bob, 'hello')
    await post.until(() => post.done(ann, bob))
    const [refused, again] = post.sandbox.control.requests({ chat: ann.telegramChatId })
    const waitedMs = (again?.arrivedAtMs ?? 0) - (refused?.answeredAtMs ?? 0)
    assert.ok(waitedMs >= 30_000 && waitedMs < 31_000, `${waitedMs}`)
    const [toBob] = post.sandbox.control.deliveries({ chat: bob.telegramChatId })
    assert.ok((toBob?.atMs ?? Infinity) < (again?.arrivedAtMs ?? 0))
    const { attemptCount, possibleDuplicate, attempts } = await post.message(ann, message)
    assert.deepEqual({ attemptCount, possibleDuplicate }, { attemptCount: 1, possibleDuplicate: false })
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ['throttled', 'delivered'],
    )
  })

  test('a 429 survives a restart: whatever is for that chat waits, and another chat goes on', async (t) => {
    const post = await startPost(t)
    const [ann, bob] = [await post.person('Ann'), await post.person('Bob')]
    // Too short for a penalty, and in a chat that was not quiet: no reason to stop the whole bot.
    const flood = { kind: 'too_many_requests', retryAfterSeconds: 50 } as const
    post.sandbox.control.addFault({ chatId: ann.telegramChatId, times: 1, action: flood })
    await post.start()
    const message = await post.send(ann, 'one')
    await post.until(async () => (await post.message(ann, message)).attempts.length === 1)
    await post.stop()
    assert.equal((await post.store.getBot(BOT))?.notBeforeMs, 0)
    await post.start()
    // The refused message has a wait of its own. This one has none, and goes first.
    await post.send(ann, 'urgent', { priority: 5 })
    await post.send(bob, 'hello')
    await post.until(() => post.done(ann, bob))
    const [refused, again] = post.sandbox.control.requests({ chat: ann.telegramChatId })
    assert.ok((again?.arrivedAtMs ?? 0) - (refused?.answeredAtMs ?? 0) >= 50_000)
    assert.deepEqual(post.arrived(ann), ['urgent', 'one'])
    const [toBob] = post.sandbox.control.deliveries({ chat: bob.telegramChatId })
    assert.ok((toBob?.atMs ?? Infinity) < (refused?.answeredAtMs ?? 0) + 10_000)
  })

  test('a 429 of three hundred thousand years holds a chat for a day', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const absurd = {
      kind: 'http',
      status: 429,
      description: 'Too Many Requests',
      parameters: { retry_after: 1e13 },
    } as const
    post.sandbox.control.addFault({ chatId: ann.telegramChatId, times: 1, action: absurd })
    await post.start()
    const message = await post.send(ann, 'one')
    await post.until(async () => (await post.message(ann, message)).attempts.length === 1)
    const { nextAttemptAtMs } = await post.message(ann, message)
    const waitMs = (nextAttemptAtMs ?? 0) - post.clock.now()
    assert.ok(waitMs > 86_000_000 && waitMs <= 86_400_500, `${waitMs}`)
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['one'])
  })

  test('a wait of centuries that stands in the store is a day from the start', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await post.store.outbox.holdPeer(ann.peerId, { sinceMs: post.clock.now(), untilMs: 1e16 })
    await post.store.outbox.holdBot(BOT, { sinceMs: post.clock.now(), untilMs: 1e16 })
    const startMs = post.clock.now()
    await post.start()
    await post.send(ann, 'one')
    await post.until(() => post.done(ann))
    const [arrived] = post.sandbox.control.deliveries()
    const waitedMs = (arrived?.atMs ?? 0) - startMs
    assert.ok(waitedMs >= 86_400_000 && waitedMs < 86_410_000, `${waitedMs}`)
  })

  test('a start in the midst of a storm of 429s makes two calls and waits', async (t) => {
    const post = await startPost(t)
    const people = await Promise.all(numbers(9).map((name) => post.person(name)))
    const flood = { kind: 'too_many_requests', retryAfterSeconds: 20 } as const
    post.sandbox.control.addFault({ method: 'sendMessage', forMs: 20_000, action: flood })
    for (const person of people) await post.send(person, 'one')
    await post.start()
    await post.pass(15_000)
    // The first names one chat, the second another: then it is the bot.
    assert.equal(post.sandbox.control.requests({ method: 'sendMessage' }).length, 2)
    await post.until(() => post.done(...people))
    assert.equal(post.sandbox.control.requests({ method: 'sendMessage' }).length, 2 + people.length)
  })

  test('a 429 that was a penalty stops the whole bot for a minute, over a restart too', async (t) => {
    const post = await startPost(t)
    const [ann, bob] = [await post.person('Ann'), await post.person('Bob')]
    const flood = { kind: 'too_many_requests', retryAfterSeconds: 120 } as const
    post.sandbox.control.addFault({ chatId: ann.telegramChatId, times: 1, action: flood })
    await post.start()
    const message = await post.send(ann, 'one')
    await post.until(async () => (await post.message(ann, message)).attempts.length === 1)
    await post.stop()
    await post.start()
    await post.send(bob, 'hello')
    await post.until(() => post.done(ann, bob))
    const [refused, again] = post.sandbox.control.requests({ chat: ann.telegramChatId })
    const [toBob] = post.sandbox.control.requests({ chat: bob.telegramChatId })
    assert.ok((again?.arrivedAtMs ?? 0) - (refused?.answeredAtMs ?? 0) >= 120_000)
    assert.ok((toBob?.arrivedAtMs ?? 0) - (refused?.answeredAtMs ?? 0) >= 60_000)
  })

  test('whatever scope Telegram’s waits have, no call is made inside one', async (t) => {
    for (const scope of ['chat', 'bot'] as const) {
      const post = await startPost(t, { profile: 'strict' })
      post.sandbox.control.configureRates({ profile: 'strict', scope })
      const people = await Promise.all(numbers(3).map((name) => post.person(name)))
      await post.start()
      // The strict model allows no bursts at all, so the first ones are refused; what counts is what happens then.
      for (const text of numbers(6)) for (const person of people) await post.send(person, text)
      await post.until(() => post.done(...people))
      for (const person of people) assert.deepEqual(post.arrived(person), numbers(6))
      const { violations } = post.sandbox.control.rates('post_bot')
      if (scope === 'chat') assert.equal(violations, 0)
      else assert.ok(violations <= 8, `only calls that were under way already: ${violations}`)
    }
  })
})
