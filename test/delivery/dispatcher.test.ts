import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cancelMessage } from '../../src/usecases/cancel-message.ts'
import { MAX_TEXT_UNITS } from '../../src/telegram/limits.ts'
import { BOT, type Post, startPost } from '../support/delivery.ts'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index + 1}`)

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

describe('a chat that is closed', () => {
  test('fails what waits, is shown as blocked, and is open again with the first message that gets in', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { control } = post.sandbox
    control.block({ user: ann.telegramChatId, bot: 'post_bot' })
    const messages = await Promise.all(numbers(3).map((text) => post.send(ann, text)))
    await post.start()
    await post.until(() => post.done(ann))
    for (const message of messages) {
      const { status, error } = await post.message(ann, message)
      assert.equal(status, 'failed')
      assert.equal(error?.code, 'chat_blocked')
      assert.match(error?.detail ?? '', /^The person blocked the bot\. /)
    }
    assert.equal((await post.store.getChat(ann.userId, ann.chatId))?.status, 'blocked')
    assert.equal(control.requests({ chat: ann.telegramChatId }).length, 1, 'one call was enough to know')

    control.unblock({ user: ann.telegramChatId, bot: 'post_bot' })
    await post.send(ann, 'back')
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['back'])
    await post.until(async () => (await post.store.getChat(ann.userId, ann.chatId))?.status === 'active')
  })

  test('by Telegram is said to be unreachable', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.deleteAccount(ann.telegramChatId)
    const message = await post.send(ann, 'x')
    await post.start()
    await post.until(() => post.done(ann))
    const { error } = await post.message(ann, message)
    assert.deepEqual(error, { code: 'chat_unreachable', detail: 'The Telegram account was deleted.' })
  })

  test('for one text alone goes on with the next', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.addFault({ times: 1, action: { kind: 'http', entry: 'message_too_long' } })
    await post.start()
    const refused = await post.send(ann, 'bad')
    await post.send(ann, 'good')
    await post.until(() => post.done(ann))
    assert.equal((await post.message(ann, refused)).error?.code, 'text_refused')
    assert.deepEqual(post.arrived(ann), ['good'])
    assert.equal((await post.store.getChat(ann.userId, ann.chatId))?.status, 'active')
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

describe('a token that Telegram does not accept', () => {
  test('holds the queue, loses nothing, and lets it flow again by itself', async (t) => {
    const post = await startPost(t)
    const [ann, bob] = [await post.person('Ann'), await post.person('Bob')]
    const { control } = post.sandbox
    control.addFault({ action: { kind: 'http', entry: 'unauthorized' } })
    await post.start()
    const messages = await Promise.all(numbers(4).map((text) => post.send(ann, text)))
    await post.send(bob, 'hello')
    await post.until(async () => (await post.store.getBot(BOT))?.state === 'rejected')
    await post.until(() => control.requests({ method: 'getMe' }).length >= 4)
    assert.ok(control.requests({ method: 'sendMessage' }).length <= 2, 'nobody goes on asking with messages')
    for (const message of messages) {
      const { status, waitingFor, attemptCount } = await post.message(ann, message)
      assert.deepEqual({ status, waitingFor }, { status: 'queued', waitingFor: 'bot_rejected' })
      assert.equal(attemptCount, 0)
    }
    control.clearFaults()
    await post.until(() => post.done(ann, bob))
    assert.deepEqual(post.arrived(ann), numbers(4))
    assert.equal((await post.store.getBot(BOT))?.state, 'running')
  })

  test('is not tried with messages after a restart', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { control } = post.sandbox
    await post.store.setBotState(BOT, 'rejected', 'Telegram does not accept the bot token.')
    control.addFault({ action: { kind: 'http', entry: 'unauthorized' } })
    await post.send(ann, 'patience')
    await post.start()
    await post.until(() => control.requests({ method: 'getMe' }).length >= 3)
    assert.equal(control.requests({ method: 'sendMessage' }).length, 0)
    control.clearFaults()
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['patience'])
  })
})

describe('a long text', () => {
  const paragraphs = numbers(3).map((text) => `${text}: ${'long words '.repeat(300)}`.trim())

  test('arrives in parts, in order, with the heading on the first alone', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await post.start()
    const message = await post.send(ann, paragraphs.join('\n\n'))
    await post.send(ann, 'next')
    await post.until(() => post.done(ann))
    const texts = post.sandbox.control.deliveries().map(({ text }) => text)
    assert.deepEqual(texts, [
      `Ann, I got a message from you:\n${paragraphs[0]}`,
      paragraphs[1],
      paragraphs[2],
      'Ann, I got a message from you:\nnext',
    ])
    assert.ok(texts.every((text) => text.length <= MAX_TEXT_UNITS))
    const { status, telegramMessageId, attempts } = await post.message(ann, message)
    assert.equal(status, 'delivered')
    assert.equal(telegramMessageId, post.sandbox.control.deliveries()[0]?.messageId)
    assert.deepEqual(
      attempts.map(({ part }) => part),
      [1, 2, 3],
    )
  })

  test('does not repeat a part that arrived, whatever happens between two parts', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { control } = post.sandbox
    control.addFault({ method: 'sendMessage', nth: 2, action: { kind: 'drop_before' } })
    await post.start()
    const message = await post.send(ann, paragraphs.join('\n\n'))
    await post.until(async () => (await post.message(ann, message)).attempts.length === 2)
    await post.stop()
    await post.start()
    await post.until(() => post.done(ann))
    const texts = control.deliveries().map(({ text }) => text)
    assert.deepEqual(texts, [`Ann, I got a message from you:\n${paragraphs[0]}`, paragraphs[1], paragraphs[2]])
  })
})

describe('attempts', () => {
  const policy = { maxAttempts: 3, firstDelayMs: 1000, maxDelayMs: 60_000, jitter: 0 }

  test('that are used up end the message as uncertain when it may have arrived, and the next one goes', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.addFault({ times: 3, action: { kind: 'drop_before' } })
    await post.start({ policy })
    const message = await post.send(ann, 'one')
    await post.send(ann, 'two')
    await post.until(() => post.done(ann))
    const { status, error, attempts, possibleDuplicate } = await post.message(ann, message)
    assert.deepEqual({ status, code: error?.code }, { status: 'uncertain', code: 'outcome_unknown' })
    assert.equal(possibleDuplicate, true)
    assert.deepEqual(
      attempts.map(({ outcome, waitMs }) => ({ outcome, waitMs })),
      [
        { outcome: 'unknown', waitMs: 1000 },
        { outcome: 'unknown', waitMs: 2000 },
        { outcome: 'unknown', waitMs: null },
      ],
    )
    assert.deepEqual(post.arrived(ann), ['two'])
  })

  test('that never left end it as failed', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const sendText = async () => ({ ok: false, failure: { kind: 'temporary', reason: 'No network.' } }) as const
    const getMe = async () => ({ ...(await sendText()), errorCode: 0, description: '' })
    await post.start({ policy, telegram: { sendText, getMe } })
    const message = await post.send(ann, 'one')
    await post.until(() => post.done(ann))
    const { status, error, possibleDuplicate } = await post.message(ann, message)
    assert.equal(status, 'failed')
    assert.deepEqual(error, { code: 'attempts_exhausted', detail: 'We gave up after 3 attempts. No network.' })
    assert.equal(possibleDuplicate, false)
  })
})
