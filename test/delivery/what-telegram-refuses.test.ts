import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CLOSED_MS } from '../../src/domain/chat.ts'
import { noteChatStatus } from '../../src/usecases/note-chat-status.ts'
import { BOT, numbers, startPost } from '../support/delivery.ts'

describe('a chat that is closed', () => {
  test('fails what waits, is shown as blocked, and is open again with the first message that gets in an hour later', async (t) => {
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

    // Nobody here hears of it: the update is lost.
    control.unblock({ user: ann.telegramChatId, bot: 'post_bot' })
    const early = await post.send(ann, 'early')
    await post.until(() => post.done(ann))
    const { error, attempts } = await post.message(ann, early)
    assert.deepEqual([error?.code, attempts.length], ['chat_blocked', 0])
    assert.match(error?.detail ?? '', /^The person blocked the bot\. /)
    await post.pass(CLOSED_MS)
    await post.send(ann, 'back')
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['back'])
    await post.until(async () => (await post.store.getChat(ann.userId, ann.chatId))?.status === 'active')
  })

  test('is asked once an hour whether it is still closed, by the first message', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { control } = post.sandbox
    control.block({ user: ann.telegramChatId, bot: 'post_bot' })
    await post.start()
    for (let minute = 0; minute <= 125; minute += 5) {
      await post.send(ann, `at ${minute}`)
      await post.until(() => post.done(ann))
      await post.pass(300_000)
    }
    assert.equal(control.requests({ chat: ann.telegramChatId }).length, 3)
  })

  test('is open at once when Telegram says that the person is back', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { control } = post.sandbox
    const { telegramChatId } = ann
    const note = noteChatStatus({ store: post.store, clock: post.clock })
    control.block({ user: telegramChatId, bot: 'post_bot' })
    await post.start()
    await note({ botId: BOT, telegramChatId, status: 'blocked', reason: 'The person blocked the bot.' })
    await post.send(ann, 'too early')
    await post.until(() => post.done(ann))
    assert.equal(control.requests({ chat: telegramChatId }).length, 0)
    control.unblock({ user: telegramChatId, bot: 'post_bot' })
    await note({ botId: BOT, telegramChatId, status: 'active', reason: null })
    await post.send(ann, 'back')
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['back'])
  })

  test('to what we may do, and not to the bot, is asked by each message, since nobody says when that is repaired', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.deleteAccount(ann.telegramChatId)
    await post.start()
    for (const text of numbers(3)) {
      await post.send(ann, text)
      await post.until(() => post.done(ann))
      // What waits when the chat is closed ends with it.
      await post.rest()
    }
    assert.equal(post.sandbox.control.requests({ chat: ann.telegramChatId }).length, 3)
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

test('a message to a group that became a supergroup nobody names yet waits, and goes there when it is known', async (t) => {
  const post = await startPost(t)
  const team = await post.group()
  const { id } = post.sandbox.control.upgradeGroup(team.telegramChatId)
  const description = 'Bad Request: group chat was upgraded to a supergroup chat'
  const action = { kind: 'http', status: 400, description } as const
  post.sandbox.control.addFault({ method: 'sendMessage', chatId: team.telegramChatId, times: 1, action })
  await post.start()
  const message = await post.send(team, 'one')
  await post.until(() => post.done(team))
  const { status, attempts } = await post.message(team, message)
  assert.equal(status, 'delivered')
  assert.deepEqual(
    attempts.map(({ outcome }) => outcome),
    ['temporary', 'migrated', 'delivered'],
  )
  assert.deepEqual(post.arrived({ telegramChatId: id }), ['one'])
})

describe('a group that is said to have moved', () => {
  const SUPERGROUP = -1_001_234_567_890
  for (const [name, to] of [
    ['to where it is', (chatId: number) => chatId],
    ['to where no supergroup can be', (chatId: number) => chatId - 1],
  ] as const) {
    test(`${name} is asked again after a while, as often as is counted`, async (t) => {
      const post = await startPost(t)
      const team = await post.group()
      const parameters = { migrate_to_chat_id: to(team.telegramChatId) }
      const description = 'Bad Request: group chat was upgraded to a supergroup chat'
      post.sandbox.control.addFault({
        method: 'sendMessage',
        action: { kind: 'http', status: 400, description, parameters },
      })
      const policy = { maxAttempts: 3, firstDelayMs: 5000, maxDelayMs: 60_000, jitter: 0 }
      await post.start({ policy })
      const message = await post.send(team, 'one')
      await post.until(() => post.done(team))
      const { status, error, attempts, attemptCount } = await post.message(team, message)
      assert.deepEqual([status, error?.code, attemptCount], ['failed', 'attempts_exhausted', 3])
      assert.deepEqual(
        attempts.map(({ outcome, waitMs }) => [outcome, waitMs]),
        [
          ['temporary', 5000],
          ['temporary', 10_000],
          ['temporary', null],
        ],
      )
      assert.equal((await post.store.getChat(team.userId, team.chatId))?.telegramChatId, team.telegramChatId)
    })
  }

  test('from one supergroup to another and back is asked no more often', async (t) => {
    const post = await startPost(t)
    const team = await post.group()
    const { control } = post.sandbox
    const description = 'Bad Request: group chat was upgraded to a supergroup chat'
    const moved = (chatId: number, to: number) =>
      control.addFault({
        chatId,
        action: { kind: 'http', status: 400, description, parameters: { migrate_to_chat_id: to } },
      })
    moved(team.telegramChatId, SUPERGROUP)
    moved(SUPERGROUP, SUPERGROUP - 1)
    await post.start({ policy: { maxAttempts: 2, firstDelayMs: 5000, maxDelayMs: 60_000, jitter: 0 } })
    const message = await post.send(team, 'one')
    await post.until(() => post.done(team))
    const { error, attempts } = await post.message(team, message)
    assert.equal(error?.code, 'attempts_exhausted')
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ['migrated', 'temporary', 'temporary'],
    )
  })
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
