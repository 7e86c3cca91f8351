import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { SkewedClock } from '../../src/sandbox/skewed-clock.ts'
import { Pacer } from '../../src/delivery/pacer.ts'
import { newId } from '../../src/domain/ids.ts'
import { type Post, type Recipient, startPost } from '../support/delivery.ts'
import { seededRandom } from '../support/seeded-random.ts'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index + 1}`)

/** Another chat of the same account. */
async function anotherChat(post: Post, { userId }: Recipient, name: string): Promise<Recipient> {
  const { telegramChatId, peerId, userId: other, chatId } = await post.person(name)
  await post.store.unlinkChat(other, chatId, { nowMs: post.clock.now() })
  const id = newId('cht', { clock: post.clock, random: seededRandom(telegramChatId) })
  const link = await post.store.linkChat({ id, userId, peerId, nowMs: post.clock.now() })
  return { userId, chatId: link.id, peerId, telegramChatId }
}

test('a user who floods many chats delays the single message of another by a bounded number of turns', async (t) => {
  const post = await startPost(t)
  const first = await post.person('Noisy')
  const noisy = [first]
  for (let chat = 2; chat <= 60; chat++) noisy.push(await anotherChat(post, first, `Chat ${chat}`))
  const quiet = await post.person('Quiet')
  for (const text of numbers(4)) for (const chat of noisy) await post.send(chat, text)
  await post.start()
  const deliveries = () => post.sandbox.control.deliveries().length
  await post.until(() => deliveries() >= 70)
  const before = deliveries()
  await post.send(quiet, 'one word')
  await post.until(() => post.arrived(quiet).length === 1)
  // Those that stood before the pacer already, and one turn of the other user.
  assert.ok(deliveries() - before <= 8 + 2, `${deliveries() - before}`)
  await post.until(() => post.done(first, quiet))
  for (const chat of noisy) assert.deepEqual(post.arrived(chat), numbers(4))
})

describe('a user with more chats waiting than there is room in memory', () => {
  test('delays the single message of another by a bounded number of turns, also when both waited for the start', async (t) => {
    const post = await startPost(t)
    const first = await post.person('Noisy')
    const noisy = [first]
    for (let chat = 2; chat <= 60; chat++) noisy.push(await anotherChat(post, first, `Chat ${chat}`))
    const quiet = await post.person('Quiet')
    for (const chat of noisy) for (const text of numbers(2)) await post.send(chat, text)
    await post.send(quiet, 'one word')
    await post.start({ laneCapacity: 10 })
    await post.until(() => post.arrived(quiet).length === 1)
    const before = post.sandbox.control.deliveries().length
    assert.ok(before <= 8 + 2, `${before}`)
    await post.until(() => post.done(first, quiet))
    for (const chat of noisy) assert.deepEqual(post.arrived(chat), numbers(2))
  })

  test('does so as well when all of its chats sleep', async (t) => {
    const post = await startPost(t)
    const first = await post.person('Noisy')
    const noisy = [first]
    for (let chat = 2; chat <= 30; chat++) noisy.push(await anotherChat(post, first, `Chat ${chat}`))
    const quiet = await post.person('Quiet')
    const startMs = post.clock.now()
    for (const chat of noisy) {
      await post.send(chat, 'patience')
      await post.store.outbox.holdPeer(chat.peerId, { sinceMs: startMs, untilMs: startMs + 3_600_000 })
    }
    await post.send(quiet, 'one word')
    await post.start({ laneCapacity: 10 })
    await post.until(() => post.arrived(quiet).length === 1)
    assert.ok(post.clock.now() - startMs < 10_000)
    await post.until(() => post.done(first, quiet))
    for (const chat of noisy) assert.deepEqual(post.arrived(chat), ['patience'])
  })
})

describe('the sandbox’s model', () => {
  for (const profile of ['documented', 'strict'] as const) {
    test(`${profile}: many chats at full speed meet no 429, and use at least 95 % of 30 a second`, async (t) => {
      const post = await startPost(t, { profile })
      const people: Recipient[] = []
      for (let person = 1; person <= 45; person++) people.push(await post.person(`Person ${person}`))
      const groups = [await post.group(), await post.group()]
      for (const text of numbers(12)) for (const person of people) await post.send(person, text)
      for (const text of numbers(10)) for (const group of groups) await post.send(group, text)
      await post.start()
      const count = people.length * 12 + groups.length * 10
      await post.until(() => post.sandbox.control.deliveries().length >= count)
      const { refused, violations } = post.sandbox.control.rates('post_bot')
      assert.deepEqual({ refused, violations }, { refused: 0, violations: 0 })
      const times = post.sandbox.control.deliveries().map(({ atMs }) => atMs)
      const [from, to] = [times[50] ?? 0, times[450] ?? 0]
      const perSecond = 400_000 / (to - from)
      assert.ok(perSecond >= 30 * 0.95, `${perSecond}`)
      t.diagnostic(`${profile}: ${perSecond.toFixed(2)} a second over ${Math.round((to - from) / 1000)} s`)
      for (const person of people) assert.deepEqual(new Set(post.arrived(person)).size, post.arrived(person).length)
    })
  }

  test('strict: a program that was started again within the second keeps it', async (t) => {
    const post = await startPost(t, { profile: 'strict' })
    const ann = await post.person()
    for (const text of numbers(12)) await post.send(ann, text)
    for (let run = 1; run <= 5; run++) {
      const seen = post.sandbox.control.deliveries().length
      await restart(post)
      await post.until(() => post.sandbox.control.deliveries().length > seen)
    }
    await post.until(() => post.done(ann))
    assert.deepEqual(new Set(post.arrived(ann)), new Set(numbers(12)))
    const { refused, violations } = post.sandbox.control.rates('post_bot')
    assert.deepEqual({ refused, violations }, { refused: 0, violations: 0 })
  })

  for (const scope of ['chat', 'bot', 'random'] as const) {
    test(`${scope}: after a 429 no call walks into the wait but those under way, and one that asks`, async (t) => {
      const post = await startPost(t, { profile: 'strict' })
      post.sandbox.control.configureRates({ profile: 'strict', scope })
      const people: Recipient[] = []
      for (let person = 1; person <= 12; person++) people.push(await post.person(`Person ${person}`))
      for (const text of numbers(8)) for (const person of people) await post.send(person, text)
      await post.start()
      const stranger = people[0]?.telegramChatId ?? 0
      await post.until(() => post.sandbox.control.deliveries().length >= 12)
      const theirs = await disturb(post, stranger)
      const ours = () => post.sandbox.control.deliveries().filter(({ text }) => text !== 'x').length
      await post.until(() => ours() >= people.length * 8)
      const { violations, refused } = post.sandbox.control.rates('post_bot')
      t.diagnostic([scope, refused, violations, theirs].join(' '))
      assert.ok(violations - theirs <= (scope === 'chat' ? 1 : 8 + 1), `${violations} - ${theirs}`)
      for (const person of people)
        assert.deepEqual(
          post.arrived(person).filter((text) => text !== 'x'),
          numbers(8),
        )
    })
  }
})

async function restart(post: Post): Promise<void> {
  try {
    await post.stop()
  } catch {
    // Nobody ran yet.
  }
  await post.start()
}

/** Somebody else uses the bot's token, too much for one chat: a 429 that is not our doing. Answers how many calls were made inside a wait so far, none of them ours. */
async function disturb(post: Post, chatId: number): Promise<number> {
  for (let call = 0; call < 2; call++) {
    await fetch(`${post.sandbox.url}/bot123456:AAHk_fOtcBDR9ZsAtO2dPqUkr8uHw01x7Qs/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: chatId, text: 'x' }),
    })
  }
  return post.sandbox.control.rates('post_bot').violations
}

describe('a machine’s clock that is set while something waits', () => {
  const HOURS = 3 * 3_600_000

  async function skewed(t: TestContext): Promise<{ post: Post; clock: SkewedClock }> {
    const post = await startPost(t)
    return { post, clock: new SkewedClock(post.clock) }
  }

  for (const [how, ms] of [
    ['back', -HOURS],
    ['on', HOURS],
  ] as const) {
    test(`${how} by hours: a retry comes when it would have come, and what follows flows`, async (t) => {
      const { post, clock } = await skewed(t)
      const ann = await post.person()
      post.sandbox.control.addFault({ method: 'sendMessage', times: 2, action: { kind: 'drop_before' } })
      const pacer = new Pacer({ clock })
      const policy = { maxAttempts: 5, firstDelayMs: 20_000, maxDelayMs: 60_000, jitter: 0 }
      await post.start({ clock, pacer, policy })
      const stuck = await post.send(ann, 'one')
      await post.until(async () => (await post.message(ann, stuck)).attempts.length === 1)
      await post.rest()
      const setAtMs = post.clock.now()
      clock.skip(ms)
      await post.until(() => post.done(ann))
      const tookMs = post.clock.now() - setAtMs
      assert.ok(tookMs >= 55_000 && tookMs < 130_000, `${tookMs}`)
      clock.skip(-ms)
      await post.send(ann, 'two')
      const againMs = post.clock.now()
      await post.until(() => post.done(ann))
      assert.ok(post.clock.now() - againMs < 10_000)
      assert.deepEqual(post.arrived(ann), ['one', 'two'])
    })

    test(`${how} by hours: a wait that Telegram asked for lasts as long as it asked, and no longer`, async (t) => {
      const { post, clock } = await skewed(t)
      const ann = await post.person()
      const flood = { kind: 'too_many_requests', retryAfterSeconds: 30 } as const
      post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: flood })
      await post.start({ clock, pacer: new Pacer({ clock }) })
      const first = await post.send(ann, 'one')
      await post.until(async () => (await post.message(ann, first)).attempts.length === 1)
      await post.rest()
      clock.skip(ms)
      await post.until(() => post.done(ann))
      const [refused, again] = post.sandbox.control.requests({ chat: ann.telegramChatId })
      const waitedMs = (again?.arrivedAtMs ?? 0) - (refused?.answeredAtMs ?? 0)
      assert.ok(waitedMs >= 30_000 && waitedMs < 35_000, `${waitedMs}`)
      // The wait is over, and still stands in the database as a time that the clock, set back, has not reached.
      await post.send(ann, 'two')
      const againMs = post.clock.now()
      await post.until(() => post.done(ann))
      assert.ok(post.clock.now() - againMs < 10_000)
    })
  }
})

test('chats whose calls are slow leave hands free for the others, and no more than 24 calls are ever under way', async (t) => {
  const post = await startPost(t)
  const slow: Recipient[] = []
  for (let person = 1; person <= 30; person++) slow.push(await post.person(`Slow ${person}`))
  const quick = await post.person('Quick')
  const { control } = post.sandbox
  const delay = { kind: 'delay', when: 'before', ms: 3_600_000 } as const
  for (const { telegramChatId: chatId } of slow) control.addFault({ chatId, times: 1, action: delay })
  await post.start()
  for (const chat of slow.slice(0, 12)) await post.send(chat, 'late')
  await post.send(quick, 'in time')
  const open = () => control.requests().filter(({ answeredAtMs }) => answeredAtMs === undefined).length
  await post.until(() => post.arrived(quick).length === 1)
  await post.rest()
  assert.equal(open(), 12)
  for (const chat of slow.slice(12)) await post.send(chat, 'late')
  await post.until(() => open() >= 24)
  await post.pass(600_000)
  assert.equal(open(), 24)
  control.clearFaults()
  post.clock.advance(3_600_000)
  await post.until(() => control.deliveries().length >= 31)
})
