import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Replies } from '../../src/delivery/replies.ts'
import { Refusal } from '../../src/domain/refusals.ts'
import { Unsaid } from '../../src/domain/unsaid.ts'
import { SkewedClock } from '../../src/sandbox/skewed-clock.ts'
import { BOT, type Post, startPost } from '../support/delivery.ts'
import { seededRandom } from '../support/seeded-random.ts'

const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `reply ${index + 1}`)

test('a reply arrives as it is, with its keyboard, as an answer to the message', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { replies } = await post.start()
  const { control } = post.sandbox
  const asked = control.send({ user: ann.telegramChatId, bot: 'post_bot', text: '/help' })
  const keyboard = { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }]] }
  await replies.reply({
    telegramChatId: ann.telegramChatId,
    chatType: 'private',
    text: 'Move?',
    keyboard,
    replyToMessageId: asked.message.message_id,
  })
  const [said] = control.messages({ user: ann.telegramChatId }).filter(({ fromBot }) => fromBot)
  assert.equal(said?.message.text, 'Move?')
  assert.deepEqual(said?.message.reply_markup, keyboard)
  assert.equal(said?.message.reply_to_message?.message_id, asked.message.message_id)
})

test('replies to one chat keep their order and its limits, and those that pile up are dropped', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { replies } = await post.start()
  const said = texts(9).map((text) => replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text }))
  let done = false
  void Promise.all(said).then(() => {
    done = true
  })
  await post.until(() => done)
  assert.deepEqual(post.arrived(ann), texts(5))
  assert.equal(post.sandbox.control.rates('post_bot').violations, 0)
})

test('a long reply goes in parts, with the keyboard under the last', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { replies } = await post.start()
  const keyboard = { inline_keyboard: [[{ text: 'More', callback_data: 'more' }]] }
  const text = 'long words '.repeat(500).trim()
  await said(post, replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text, keyboard }))
  const heard = post.sandbox.control.messages({ user: ann.telegramChatId }).filter(({ fromBot }) => fromBot)
  assert.deepEqual(
    heard.map(({ message }) => message.reply_markup !== undefined),
    [false, true],
  )
  assert.equal(heard.map(({ message }) => message.text).join(' '), text)
})

test('a reply that Telegram refuses, or that cannot get through, is given up without a word to the caller', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { replies } = await post.start()
  post.sandbox.control.block({ user: ann.telegramChatId, bot: 'post_bot' })
  await replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'x' })
  await replies.reply({ telegramChatId: 999_999, chatType: 'private', text: 'x' })
  assert.equal(post.sandbox.control.requests({ method: 'sendMessage' }).length, 2)
})

test('a reply that never left is tried three times in all', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { pacer } = await post.start()
  let calls = 0
  const sendText = async () => {
    calls++
    return { ok: false, failure: { kind: 'temporary', reason: 'No network.' } } as const
  }
  const { store, clock, log } = post
  const random = { unit: () => 0, bytes: (count: number) => new Uint8Array(count) }
  const replies = new Replies({ botId: 'bot_test', store, telegram: { sendText }, pacer, clock, random, log })
  let done = false
  void replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'x' }).then(() => {
    done = true
  })
  await post.until(() => done)
  assert.equal(calls, 3)
})

test('a 429 to a reply holds the messages of that chat as well, and is durable', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { replies } = await post.start()
  const flood = { kind: 'too_many_requests', retryAfterSeconds: 20 } as const
  post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: flood })
  const refusedAtMs = post.clock.now()
  void replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'reply' })
  await post.until(async () => ((await post.store.getPeer(ann.peerId))?.notBeforeMs ?? 0) > 0)
  await post.send(ann, 'message')
  await post.until(() => post.done(ann))
  assert.deepEqual(post.arrived(ann), ['reply', 'message'])
  const [first] = post.sandbox.control.deliveries()
  assert.ok((first?.atMs ?? 0) - refusedAtMs >= 20_000)
})

describe('a wait that Telegram asked for before a restart', () => {
  test('holds for replies as well, to the second', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await post.start()
    const flood = { kind: 'too_many_requests', retryAfterSeconds: 25 } as const
    post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: flood })
    const message = await post.send(ann, 'message')
    await post.until(async () => (await post.message(ann, message)).attempts.length === 1)
    await post.stop()
    const { replies } = await post.start()
    await said(post, replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'reply' }))
    const [refused, again] = post.sandbox.control.requests({ chat: ann.telegramChatId })
    const waitedMs = (again?.arrivedAtMs ?? 0) - (refused?.answeredAtMs ?? 0)
    assert.ok(waitedMs >= 25_000 && waitedMs < 30_000, `${waitedMs}`)
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['reply', 'message'])
  })

  test('and that is too long, gives the reply up without a call', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await post.store.outbox.holdPeer(ann.peerId, { sinceMs: post.clock.now(), untilMs: post.clock.now() + 60_000 })
    const { replies } = await post.start()
    await replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'reply' })
    assert.equal(post.sandbox.control.requests({ method: 'sendMessage' }).length, 0)
  })

  test('and that is over, holds nothing up when the machine’s clock is set back', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const clock = new SkewedClock(post.clock)
    const { pacer, telegram } = await post.start()
    await post.store.outbox.holdPeer(ann.peerId, { sinceMs: clock.now(), untilMs: clock.now() })
    const { store, log } = post
    const replies = new Replies({ botId: BOT, store, telegram, pacer, clock, random: seededRandom(1), log })
    clock.skip(-3 * 3_600_000)
    await replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'reply' })
    assert.deepEqual(post.arrived(ann), ['reply'])
  })

  test('and that cannot be read now, does not silence the bot', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { pacer, telegram } = await post.start()
    const findPeer = () => Promise.reject(new Refusal('store_unavailable'))
    const { clock, log } = post
    const store = { findPeer, outbox: post.store.outbox }
    const replies = new Replies({ botId: BOT, store, telegram, pacer, clock, random: seededRandom(1), log })
    await replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'reply' })
    assert.deepEqual(post.arrived(ann), ['reply'])
  })
})

test('a chat that is closed for longer gets no reply, and nobody waits for it', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { replies, pacer } = await post.start()
  pacer.holdChat(ann.telegramChatId, post.clock.now() + 31_000)
  await replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'x' })
  assert.equal(post.sandbox.control.requests({ method: 'sendMessage' }).length, 0)
})

test('a reply finds a group at its new address', async (t) => {
  const post = await startPost(t)
  const team = await post.group()
  const { replies } = await post.start()
  const supergroup = post.sandbox.control.upgradeGroup(team.telegramChatId)
  await said(post, replies.reply({ telegramChatId: team.telegramChatId, chatType: 'group', text: 'hello' }))
  assert.deepEqual(post.arrived({ telegramChatId: supergroup.id }), ['hello'])
})

test('a stop waits for replies on their way and takes no more', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { replies } = await post.start()
  const sent = replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'last' })
  await replies.stop(new AbortController().signal)
  assert.deepEqual(post.arrived(ann), ['last'])
  const late = replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'too late' })
  await assert.rejects(late, Unsaid)
  await sent
  assert.deepEqual(post.arrived(ann), ['last'])
})

test('whoever asked for a reply that a stop did not let out is told so, also when its call was cut', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const bob = await post.person('Bob')
  const { replies } = await post.start()
  const { control } = post.sandbox
  control.addFault({
    method: 'sendMessage',
    chatId: bob.telegramChatId,
    action: { kind: 'delay', when: 'before', ms: 1e7 },
  })
  const said = texts(5).map((text) => replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text }))
  const held = replies.reply({ telegramChatId: bob.telegramChatId, chatType: 'private', text: 'held' })
  const outcomes = Promise.allSettled([...said, held])
  await post.until(() => post.arrived(ann).length > 0 && control.requests({ chat: bob.telegramChatId }).length === 1)
  await replies.stop(AbortSignal.abort())
  const [arrived, results] = [post.arrived(ann), await outcomes]
  assert.deepEqual(arrived, texts(arrived.length))
  assert.ok(arrived.length < 5)
  const unsaid = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  assert.equal(unsaid.length, 6 - arrived.length)
  assert.ok(unsaid.every((reason) => reason instanceof Unsaid))
})

test('a reply of a bot that may not send anything is not given up, but left to be asked for again', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { replies, pacer } = await post.start()
  pacer.pause()
  let outcome: unknown
  const reply = replies.reply({ telegramChatId: ann.telegramChatId, chatType: 'private', text: 'x' })
  void reply.catch((error: unknown) => (outcome = error))
  await post.until(() => outcome !== undefined)
  assert.ok(outcome instanceof Unsaid)
})

/** Lets time pass until the reply is where it goes. */
async function said(post: Post, reply: Promise<void>): Promise<void> {
  let done = false
  void reply.then(() => {
    done = true
  })
  await post.until(() => done)
}
