import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cancelMessage } from '../../src/usecases/cancel-message.ts'
import { numbers, type Post, startPost } from '../support/delivery.ts'

/** Before what sleeps for an hour wakes up by itself. */
async function withinMinutes(post: Post, holds: () => boolean | Promise<boolean>): Promise<void> {
  const startMs = post.clock.now()
  await post.until(holds)
  const tookMs = post.clock.now() - startMs
  assert.ok(tookMs < 600_000, `${tookMs}`)
}

describe('a message that was accepted', () => {
  test('arrives in the exact words of the account’s language, and is delivered', async (t) => {
    const post = await startPost(t)
    const ann = await post.person('Ann', 'en')
    const anya = await post.person('Аня', 'ru')
    await post.start()
    const first = await post.send(ann, 'hello')
    await post.send(anya, 'привет', true)
    await post.until(() => post.done(ann, anya))
    const { control } = post.sandbox
    assert.deepEqual(
      control.deliveries().map(({ chatId, text }) => ({ chatId, text })),
      [
        { chatId: ann.telegramChatId, text: 'Ann, I got a message from you:\nhello' },
        { chatId: anya.telegramChatId, text: 'Аня, я получил от тебя сообщение:\nпривет' },
      ],
    )
    assert.deepEqual(
      control.messages().flatMap(({ fromBot, silent }) => (fromBot ? [silent] : [])),
      [false, true],
    )
    const message = await post.message(ann, first)
    assert.equal(message.status, 'delivered')
    assert.equal(message.telegramMessageId, control.deliveries()[0]?.messageId)
    assert.deepEqual(
      message.attempts.map(({ number, part, outcome, reason }) => ({ number, part, outcome, reason })),
      [{ number: 1, part: 1, outcome: 'delivered', reason: null }],
    )
  })

  test('before anybody ran arrives once somebody does', async (t) => {
    const post = await startPost(t)
    const people = await Promise.all(numbers(5).map((name) => post.person(name)))
    for (const person of people) for (const text of numbers(3)) await post.send(person, text)
    await post.start()
    await post.until(() => post.done(...people))
    for (const person of people) assert.deepEqual(post.arrived(person), numbers(3))
  })

  test('is sent by the next look at the store when nobody handed it over', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { dispatcher } = await post.start()
    dispatcher.wake = () => undefined
    await post.send(ann, 'fell through')
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['fell through'])
  })

  test('behind one that waits for its next attempt goes as soon as that one is cancelled', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { clock, store } = post
    post.sandbox.control.addFault({ times: 1, action: { kind: 'drop_before' } })
    const policy = { maxAttempts: 3, firstDelayMs: 3_600_000, maxDelayMs: 3_600_000, jitter: 0 }
    const { dispatcher } = await post.start({ policy, scanIntervalMs: 3_600_000 })
    const lookAgain = ({ peerId }: { peerId: number }): void => dispatcher.lookAgain(peerId)
    const cancel = cancelMessage({ store, clock, lookAgain })
    const stuck = await post.send(ann, 'stuck')
    await post.send(ann, 'behind')
    await post.until(async () => (await post.message(ann, stuck)).nextAttemptAtMs !== null)
    await cancel(ann.userId, stuck.id)
    await withinMinutes(post, () => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['behind'])
  })

  test('behind one that is cancelled in the moment in which it is looked at goes at once, too', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { clock, store } = post
    post.sandbox.control.addFault({ times: 1, action: { kind: 'drop_before' } })
    const policy = { maxAttempts: 3, firstDelayMs: 3_600_000, maxDelayMs: 3_600_000, jitter: 0 }
    const waiting = store.outbox.waiting.bind(store.outbox)
    let isCancelled = false
    t.mock.method(store.outbox, 'waiting', async (...asked: Parameters<typeof waiting>) => {
      const found = await waiting(...asked)
      const [first] = found
      if (first && first.nextAttemptAtMs > 0 && !isCancelled) {
        isCancelled = true
        await cancelMessage({ store, clock, lookAgain: ({ peerId }) => dispatcher.lookAgain(peerId) })(
          ann.userId,
          first.id,
        )
      }
      return found
    })
    const { dispatcher } = await post.start({ policy, scanIntervalMs: 3_600_000 })
    await post.send(ann, 'stuck')
    await post.send(ann, 'behind')
    await withinMinutes(post, () => post.done(ann))
    assert.ok(isCancelled)
    assert.deepEqual(post.arrived(ann), ['behind'])
  })

  test('is not sent when it was cancelled while the one before it waited for its next attempt', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.addFault({ times: 3, action: { kind: 'drop_before' } })
    await post.start()
    const stuck = await post.send(ann, 'stuck')
    const behind = await post.send(ann, 'behind')
    await post.until(async () => (await post.message(ann, stuck)).attempts.length === 2)
    assert.equal(await post.store.cancelMessage(ann.userId, stuck.id, post.clock.now()), 'cancelled')
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['behind'])
    assert.equal((await post.message(ann, behind)).status, 'delivered')
  })
})

describe('order', () => {
  test('holds in each chat, whatever goes wrong, and nothing is lost', async (t) => {
    const post = await startPost(t)
    const people = await Promise.all(numbers(6).map((name) => post.person(name)))
    const { control } = post.sandbox
    for (const action of [
      { kind: 'drop_before' },
      { kind: 'drop_after' },
      { kind: 'reset', when: 'before' },
      { kind: 'garbage', form: 'truncated' },
      { kind: 'html', status: 502 },
      { kind: 'http', entry: 'restart' },
      { kind: 'too_many_requests', retryAfterSeconds: 3 },
      { kind: 'too_many_requests', retryAfterSeconds: 2, withoutParameters: true },
    ] as const) {
      control.addFault({ method: 'sendMessage', probability: 0.06, action })
    }
    await post.start({ policy: { maxAttempts: 50, firstDelayMs: 100, maxDelayMs: 2000, jitter: 0.2 } })
    for (const text of numbers(12)) for (const person of people) await post.send(person, text)
    await post.until(() => post.done(...people))
    for (const person of people) {
      const seen = post.arrived(person)
      assert.deepEqual([...new Set(seen)], numbers(12))
      assert.deepEqual(
        seen.filter((text, index) => text !== seen[index - 1]),
        numbers(12),
        'a duplicate stands right behind its original',
      )
      const listed = await post.store.listMessages(person.userId, { limit: 50, order: 'asc', nowMs: post.clock.now() })
      for (const message of listed) {
        assert.equal(message.status, 'delivered')
        const copies = seen.filter((text) => text === message.text).length
        if (copies > 1) assert.equal(message.possibleDuplicate, true)
      }
    }
  })

  test('a chat that is slow delays no other', async (t) => {
    const post = await startPost(t)
    const [slow, quick] = [await post.person('Slow'), await post.person('Quick')]
    const delay = { kind: 'delay', when: 'before', ms: 3_600_000 } as const
    post.sandbox.control.addFault({ chatId: slow.telegramChatId, times: 1, action: delay })
    await post.start()
    await post.send(slow, 'late')
    for (const text of numbers(5)) await post.send(quick, text)
    await withinMinutes(post, () => post.done(quick))
    assert.deepEqual(post.arrived(quick), numbers(5))
    assert.deepEqual(post.arrived(slow), [])
    post.clock.advance(3_600_000)
    await post.until(() => post.done(slow))
    assert.deepEqual(post.arrived(slow), ['late'])
  })

  test('holds when there is room in memory for two chats only', async (t) => {
    const post = await startPost(t)
    const people = await Promise.all(numbers(9).map((name) => post.person(name)))
    await post.start({ laneCapacity: 2, readAhead: 2 })
    for (const text of numbers(4)) for (const person of people) await post.send(person, text)
    await post.until(() => post.done(...people))
    for (const person of people) assert.deepEqual(post.arrived(person), numbers(4))
  })
})

test('a group that became a supergroup gets everything at its new address, in order', async (t) => {
  const post = await startPost(t)
  const team = await post.group()
  await post.start()
  await post.send(team, 'before')
  await post.until(() => post.done(team))
  const supergroup = post.sandbox.control.upgradeGroup(team.telegramChatId)
  for (const text of numbers(3)) await post.send(team, text)
  await post.until(() => post.done(team))
  assert.deepEqual(post.arrived({ telegramChatId: supergroup.id }), numbers(3))
  const chat = await post.store.getChat(team.userId, team.chatId)
  assert.equal(chat?.telegramChatId, supergroup.id)
  assert.equal(chat?.type, 'supergroup')
})
