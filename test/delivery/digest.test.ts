import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Priority } from '../../src/domain/delivery-options.ts'
import type { Message } from '../../src/domain/message.ts'
import { MAX_TEXT_UNITS } from '../../src/telegram/limits.ts'
import { BOT, type Post, type Recipient, startPost } from '../support/delivery.ts'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index + 1}.`)
const HEADING = 'Ann, I got a message from you:\n'

/** Posts all at once, in order. */
const sendAll = (post: Post, to: Recipient, texts: readonly string[]): Promise<Message[]> =>
  Promise.all(texts.map((text) => post.send(to, text)))

/** What stands in the chat, one after the other, whatever travelled with what. */
function texts(post: Post, at: { telegramChatId: number }): string[] {
  return post.sandbox.control
    .deliveries({ chat: at.telegramChatId })
    .flatMap(({ text }) => text.split(`\n\n${HEADING}`))
    .map((text) => text.replace(HEADING, ''))
}

describe('a storm', () => {
  test('of a thousand posts to one private chat is over within a minute, in order, without a 429', async (t) => {
    const post = await startPost(t, { profile: 'documented' })
    const ann = await post.person()
    await post.start()
    const startMs = post.clock.now()
    const all = numbers(1000).map((text) => `${text} ${'It rains. '.repeat(6)}`.trim())
    const sent = await sendAll(post, ann, all)
    await post.until(() => post.done(ann))
    assert.deepEqual(texts(post, ann), all)
    const deliveries = post.sandbox.control.deliveries()
    assert.ok((deliveries.at(-1)?.atMs ?? Infinity) - startMs <= 60_000)
    assert.equal(post.sandbox.control.rates('post_bot').refused, 0)
    for (const { text } of deliveries) assert.ok(text.length <= MAX_TEXT_UNITS)
    for (const [index, message] of sent.entries()) {
      const { status, telegramMessageId, attempts, possibleDuplicate } = await post.message(ann, message)
      assert.deepEqual([status, attempts.length, possibleDuplicate], ['delivered', 1, false])
      const carrier = deliveries.find(({ messageId }) => messageId === telegramMessageId)
      assert.ok(carrier?.text.includes(`${HEADING}${all[index]}`))
    }
  })

  test('in a group keeps each sender under their own heading', async (t) => {
    const post = await startPost(t)
    const team = await post.group()
    await sendAll(post, team, numbers(30))
    await post.start()
    await post.until(() => post.done(team))
    assert.deepEqual(texts(post, team), numbers(30))
    assert.ok(post.sandbox.control.deliveries().length < 5)
  })

  test('of silent and loud posts in turn travels together, and makes a sound when one of them is to make one', async (t) => {
    const post = await startPost(t)
    const [ann, bob] = [await post.person('Ann'), await post.person('Ann')]
    const all = numbers(200)
    await Promise.all(all.map((text, index) => post.send(ann, text, index % 2 === 0)))
    await Promise.all(all.map((text) => post.send(bob, text, true)))
    await post.start()
    await post.until(() => post.done(ann, bob))
    for (const { who, isSilent } of [
      { who: ann, isSilent: false },
      { who: bob, isSilent: true },
    ]) {
      assert.deepEqual(texts(post, who), all)
      const calls = post.sandbox.control.requests({ method: 'sendMessage', chat: who.telegramChatId })
      assert.ok(calls.length < 10, `${calls.length}`)
      for (const { parameters } of calls) assert.equal('disable_notification' in parameters, isSilent)
    }
  })

  test('is not what a queue of a minute is: those go one by one', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await sendAll(post, ann, numbers(60))
    await post.start()
    await post.until(() => post.done(ann))
    assert.equal(post.sandbox.control.deliveries().length, 60)
  })

  test('leaves out what wants to go alone, what was cancelled and what has expired, and keeps the order', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const expiresAtMs = post.clock.now() + 1
    const sent: Message[] = []
    for (const [index, text] of numbers(70).entries()) {
      const options = index === 5 ? { digest: 'never' as const } : index === 9 ? { expiresAtMs } : {}
      sent.push(await post.send(ann, text, options))
    }
    await post.store.cancelMessage(ann.userId, sent[2]?.id ?? '', post.clock.now())
    post.clock.advance(10)
    await post.start()
    await post.until(() => post.done(ann))
    assert.deepEqual(
      texts(post, ann),
      numbers(70).filter((_, index) => index !== 2 && index !== 9),
    )
    const alone = post.sandbox.control.deliveries().find(({ text }) => text.includes('message 6.'))
    assert.equal(alone?.text, `${HEADING}message 6.`)
    const statuses = await Promise.all(
      [2, 9].map(async (i) => (await post.message(ann, { id: sent[i]?.id ?? '' })).status),
    )
    assert.deepEqual(statuses, ['cancelled', 'expired'])
  })

  test('whose joint text Telegram refuses goes one by one, and the good ones arrive', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { control } = post.sandbox
    control.addFault({ method: 'sendMessage', times: 1, action: { kind: 'http', entry: 'message_too_long' } })
    const sent = await sendAll(post, ann, numbers(70))
    await post.start()
    await post.until(() => post.done(ann))
    assert.deepEqual(texts(post, ann), numbers(70))
    const first = await post.message(ann, sent[0] ?? { id: '' })
    assert.deepEqual(
      first.attempts.map(({ outcome }) => outcome),
      ['refused', 'delivered'],
    )
    assert.deepEqual([first.status, first.attemptCount], ['delivered', 1])
    assert.equal(control.deliveries()[0]?.text, `${HEADING}message 1.`)
  })

  test('into a chat that is closed fails everything, with one call', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.block({ user: ann.telegramChatId, bot: 'post_bot' })
    const sent = await sendAll(post, ann, numbers(100))
    await post.start()
    await post.until(() => post.done(ann))
    for (const message of sent) assert.equal((await post.message(ann, message)).error?.code, 'chat_blocked')
    assert.equal(post.sandbox.control.requests({ chat: ann.telegramChatId }).length, 1)
  })

  test('that gets a 429 waits as one, and nothing is lost or doubled', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.addFault({ times: 1, action: { kind: 'too_many_requests', retryAfterSeconds: 20 } })
    const sent = await sendAll(post, ann, numbers(100))
    await post.start()
    await post.until(() => post.done(ann))
    assert.deepEqual(texts(post, ann), numbers(100))
    const { attempts, attemptCount } = await post.message(ann, sent[0] ?? { id: '' })
    assert.deepEqual([attempts.map(({ outcome }) => outcome), attemptCount], [['throttled', 'delivered'], 1])
  })

  test('of a group that moves arrives at its new address', async (t) => {
    const post = await startPost(t)
    const team = await post.group()
    const { id } = post.sandbox.control.upgradeGroup(team.telegramChatId)
    await sendAll(post, team, numbers(40))
    await post.start()
    await post.until(() => post.done(team))
    assert.deepEqual(texts(post, { telegramChatId: id }), numbers(40))
  })
})

describe('several that travelled together in a call whose outcome is unknown', () => {
  test('are each marked and sent again, but for those that go at most once', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: { kind: 'drop_after' } })
    const sent: Message[] = []
    for (const text of numbers(62)) {
      sent.push(await post.send(ann, text, text === 'message 2.' ? { delivery: 'at_most_once' } : {}))
    }
    await post.start()
    await post.until(() => post.done(ann))
    const seen = texts(post, ann)
    for (const [index, message] of sent.entries()) {
      const { status, possibleDuplicate } = await post.message(ann, message)
      const copies = seen.filter((text) => text === numbers(62)[index]).length
      const isOnce = index === 1
      assert.deepEqual([status, possibleDuplicate, copies], isOnce ? ['uncertain', false, 1] : ['delivered', true, 2])
    }
  })

  test('after a crash are each marked too', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const sent = await sendAll(post, ann, numbers(3))
    const ids = sent.map(({ id }) => id)
    assert.deepEqual(await post.store.outbox.markTogether(ids, post.clock.now()), ids)
    assert.deepEqual(await post.store.outbox.recover(BOT, post.clock.now()), { queued: 3, lost: 0, calls: 1 })
    for (const message of sent) assert.equal((await post.message(ann, message)).possibleDuplicate, true)
  })
})

test('crashes in the midst of a storm lose nothing, keep the order, and mark each that is doubled', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const slow = { kind: 'delay', when: 'after', ms: 3000 } as const
  post.sandbox.control.addFault({ method: 'sendMessage', probability: 0.5, action: slow })
  const all = numbers(400)
  const sent = await sendAll(post, ann, all)
  for (let crash = 1; crash <= 5; crash++) {
    await post.start()
    const open = () => post.sandbox.control.requests().filter(({ answeredAtMs }) => answeredAtMs === undefined)
    await post.until(async () => open().length > 0 || (await post.done(ann)))
    await post.stop(AbortSignal.abort())
  }
  post.sandbox.control.clearFaults()
  await post.start()
  await post.until(() => post.done(ann))
  const seen = texts(post, ann)
  assert.deepEqual([...new Set(seen)], all)
  assert.ok(seen.length > all.length, 'some were doubled')
  for (const [index, message] of sent.entries()) {
    const { status, possibleDuplicate } = await post.message(ann, message)
    const copies = seen.filter((text) => text === all[index]).length
    assert.deepEqual([status, copies > 1 && !possibleDuplicate], ['delivered', false])
  }
})

test('in any storm order holds within each priority, nothing is lost, and what is doubled is marked', async (t) => {
  const wish = fc.record({
    priority: fc.constantFrom<Priority>(1, 3, 3, 5),
    digest: fc.constantFrom('when_behind' as const, 'when_behind' as const, 'when_behind' as const, 'never' as const),
    silent: fc.constantFrom(false, false, false, true),
    length: fc.integer({ min: 0, max: 1500 }),
  })
  const action = fc.constantFrom('drop_before' as const, 'drop_after' as const)
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { minLength: 61, maxLength: 120 }), action, async (wishes, kind) => {
      const post = await startPost(t)
      const ann = await post.person()
      post.sandbox.control.addFault({ method: 'sendMessage', probability: 0.15, action: { kind } })
      post.sandbox.control.addFault({
        method: 'sendMessage',
        probability: 0.05,
        action: { kind: 'http', entry: 'cannot_parse_entities' },
      })
      const sent: { text: string; message: Message }[] = []
      for (const [index, { length, ...options }] of wishes.entries()) {
        const text = `no ${index}:${'x'.repeat(length)}`
        sent.push({ text, message: await post.send(ann, text, options) })
      }
      await post.start({ policy: { maxAttempts: 99, firstDelayMs: 100, maxDelayMs: 1000, jitter: 0.2 } })
      await post.until(() => post.done(ann))
      const seen = texts(post, ann)
      const records = await Promise.all(sent.map(({ message }) => post.message(ann, message)))
      for (const [index, { status, possibleDuplicate, error }] of records.entries()) {
        const copies = seen.filter((text) => text === sent[index]?.text).length
        if (status === 'failed')
          assert.deepEqual([error?.code, copies > 0 && !possibleDuplicate], ['text_refused', false])
        else assert.ok(status === 'delivered' && copies >= 1 && (copies === 1 || possibleDuplicate))
      }
      const order = [...new Set(seen)].map((text) => sent.findIndex((one) => one.text === text))
      assert.ok(!order.includes(-1), 'each text stands whole under its own heading')
      for (const priority of [1, 3, 5]) {
        const ofIt = order.filter((index) => wishes[index]?.priority === priority)
        assert.deepEqual(
          ofIt,
          ofIt.toSorted((a, b) => a - b),
        )
      }
      await post.stop()
    }),
    { numRuns: 8 },
  )
})
