import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Update } from '@grammyjs/types'
import fc from 'fast-check'
import { createConversation, UPDATES_TO_HEAR } from '../../src/conversation/conversation.ts'
import type { LeaveAnswer, ReplyMessage } from '../../src/conversation/reply.ts'
import { recordingLog } from '../support/http-server.ts'
import { type Linking, startLinking, telegramChat } from '../support/linking.ts'

const NOBODY = {
  ok: false,
  failure: { kind: 'refused', reason: 'nobody' },
  errorCode: 400,
  description: 'nobody',
} as const

/** The conversation on a real database; a Telegram that refuses everything but replies, which are collected unless `reply` takes them. */
function talkTo(house: Linking, reply?: (message: ReplyMessage) => Promise<void>) {
  const replies: ReplyMessage[] = []
  const log = recordingLog()
  const conversation = createConversation({
    ...house,
    bot: { id: house.bot.id, username: 'PostriderBot' },
    telegram: {
      answerCallback: async () => NOBODY,
      editText: async () => NOBODY,
      getChatAdministrators: async () => NOBODY,
    },
    log,
    reply: reply ?? (async (message) => void replies.push(message)),
  })
  const handle = (update: unknown, leave?: LeaveAnswer) => conversation.handle(update as Update, leave)
  return { replies, log, handle }
}

function checkReplies(replies: readonly ReplyMessage[]): void {
  for (const { telegramChatId, text, keyboard } of replies) {
    assert.ok(Number.isSafeInteger(telegramChatId))
    assert.ok(text.trim() !== '' && text.length <= 4096 && text.isWellFormed(), JSON.stringify(text))
    for (const button of keyboard?.inline_keyboard.flat() ?? []) {
      assert.ok('callback_data' in button && Buffer.byteLength(button.callback_data) <= 64)
      assert.ok(button.text.trim() !== '')
    }
  }
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 5000 }),
  fc.constantFrom(
    '/start',
    '/stop',
    '/status',
    '/history',
    '/help',
    '/start x',
    '0'.repeat(26),
    '@PostriderBot',
    '\ud800',
  ),
)
const anyId = fc.oneof(fc.constantFrom(5001, -700, -1_000_000_000_001, 0, 2 ** 52), fc.integer(), fc.double(), anyText)
const anyType = fc.oneof(fc.constantFrom('private', 'group', 'supergroup', 'channel'), anyText)
const anyUser = fc.record(
  { id: anyId, is_bot: fc.oneof(fc.boolean(), anyText), first_name: anyText, language_code: anyText },
  { requiredKeys: [] },
)
const anyChat = fc.record(
  { id: anyId, type: anyType, title: anyText, first_name: anyText, username: anyText },
  { requiredKeys: [] },
)
const junk: fc.Arbitrary<unknown> = fc.anything({ withNullPrototype: true, maxDepth: 2 })

/** Mostly as it should be, so that it gets somewhere. */
const goodUser = fc.record({
  id: fc.constantFrom(5001, 5002),
  is_bot: fc.constant(false),
  first_name: anyText,
  language_code: fc.constantFrom('en', 'ru', 'x'),
})
const goodChat = fc.oneof(
  fc.record({ id: fc.constantFrom(5001, 5002), type: fc.constant('private'), first_name: anyText, username: anyText }),
  fc.record({
    id: fc.constantFrom(-700, -701),
    type: fc.constantFrom('group', 'supergroup', 'channel'),
    title: anyText,
  }),
)
const mostly = <T>(good: fc.Arbitrary<T>, ...others: fc.Arbitrary<unknown>[]) =>
  fc.oneof({ weight: 8, arbitrary: good }, ...others)
const goodMessage = fc.record({
  message_id: mostly(fc.nat(), anyId),
  from: mostly(goodUser, anyUser, junk),
  chat: mostly(goodChat, anyChat, junk),
  date: fc.nat(),
  text: mostly(anyText, junk),
})
const odd = fc.record(
  {
    sender_chat: anyChat,
    forward_origin: junk,
    media_group_id: fc.oneof(anyText, junk),
    migrate_to_chat_id: anyId,
    migrate_from_chat_id: anyId,
    sticker: junk,
    pinned_message: junk,
    new_chat_members: junk,
    from: junk,
    text: fc.constant(undefined),
  },
  { requiredKeys: [] },
)
const anyMessage = fc.oneof(
  { weight: 3, arbitrary: goodMessage },
  fc.tuple(goodMessage, odd).map(([good, change]) => ({ ...good, ...change })),
)
const anyTap = fc.record(
  {
    id: mostly(anyText, junk),
    from: mostly(goodUser, anyUser),
    message: mostly(anyMessage, junk),
    data: fc.oneof(anyText, fc.constantFrom('mv:', 'mn:x', 'un:cht_1', 'mv:' + 'x'.repeat(61)), junk),
  },
  { requiredKeys: [] },
)
const anyMember = fc.record(
  {
    status: fc.oneof(fc.constantFrom('member', 'kicked', 'left', 'restricted', 'administrator', 'creator'), anyText),
    can_send_messages: junk,
    is_member: fc.boolean(),
  },
  { requiredKeys: [] },
)
const anyMembership = fc.record(
  {
    chat: mostly(goodChat, anyChat),
    from: mostly(goodUser, anyUser),
    old_chat_member: anyMember,
    new_chat_member: anyMember,
  },
  { requiredKeys: [] },
)
const anyUpdate = fc.oneof(
  { weight: 4, arbitrary: fc.record({ update_id: fc.nat(), message: anyMessage }) },
  fc.record({ update_id: fc.nat(), edited_message: anyMessage }),
  fc.record({ update_id: fc.nat(), channel_post: anyMessage }),
  fc.record({ update_id: fc.nat(), callback_query: fc.oneof(anyTap, junk) }),
  fc.record({ update_id: fc.nat(), my_chat_member: fc.oneof(anyMembership, junk) }),
  fc.dictionary(fc.constantFrom(...UPDATES_TO_HEAR, 'update_id', 'poll', 'from_the_future'), junk),
  junk,
)

test('whatever comes as an update is handled without an error, and every answer is one that Telegram takes', async (t) => {
  const house = await startLinking(t)
  const ann = await house.person('ann', '😀 <b>'.repeat(10))
  await house.link(ann.id, telegramChat(5001))
  await house.link(ann.id, telegramChat(-700, 'group'))
  const { replies, handle } = talkTo(house)
  let answered = 0
  await fc.assert(
    fc.asyncProperty(anyUpdate, async (update) => {
      replies.length = 0
      await handle(update)
      checkReplies(replies)
      answered += replies.length
    }),
    { numRuns: 1000 },
  )
  assert.ok(answered > 100, `only ${answered} answers: the updates are too wild to reach anything`)
})

test('kinds of update that nobody knows are passed over in silence', async (t) => {
  const house = await startLinking(t)
  const { replies, handle } = talkTo(house)
  const message = { message_id: 1, chat: { id: 1, type: 'private' }, from: { id: 1, is_bot: false }, text: 'hi' }
  for (const kind of ['edited_channel_post', 'poll', 'chat_member', 'business_message', 'of_tomorrow']) {
    await handle({ update_id: 1, [kind]: message })
  }
  assert.deepEqual(replies, [])
  await handle({ update_id: 2, message, of_tomorrow: {} })
  assert.equal(replies.length, 1)
})

test('what bots and service messages say is passed over, an anonymous administrator is heard', async (t) => {
  const house = await startLinking(t)
  const { replies, handle } = talkTo(house)
  const chat = { id: -700, type: 'supergroup', title: 'Team' }
  const bot = { id: 1087968824, is_bot: true, first_name: 'Group' }
  const person = { id: 5, is_bot: false, first_name: 'Ann' }
  const say = async (message: object) => {
    replies.length = 0
    await handle({ update_id: 1, message: { message_id: 1, date: 1, chat, ...message } })
    return replies.length
  }
  assert.equal(await say({ from: bot, text: '/help' }), 0)
  assert.equal(await say({ from: bot, sender_chat: { id: -800, type: 'channel' }, text: '/help' }), 0)
  assert.equal(await say({ from: person, sender_chat: { id: -800 }, is_automatic_forward: true, text: '/help' }), 0)
  assert.equal(await say({ text: '/help' }), 0)
  assert.equal(await say({ from: bot, sender_chat: chat, text: '/help' }), 1)
  assert.equal(await say({ from: person, text: '/help' }), 1)
  const own = { id: 5, type: 'private' }
  assert.equal(await say({ chat: own, from: person, pinned_message: {} }), 0)
  assert.equal(await say({ chat: own, from: person, kind_of_tomorrow: {} }), 1)
  assert.equal(await say({ chat: own, from: { ...person, is_bot: true }, text: 'hi' }), 0)
})

test('an anonymous administrator may unlink a group, without being asked who they are', async (t) => {
  const house = await startLinking(t)
  const ann = await house.person('ann')
  await house.link(ann.id, telegramChat(-700, 'supergroup'))
  const { handle } = talkTo(house)
  const chat = { id: -700, type: 'supergroup', title: 'Team' }
  const from = { id: 1087968824, is_bot: true, first_name: 'Group' }
  await handle({ update_id: 1, message: { message_id: 1, date: 1, chat, sender_chat: chat, from, text: '/stop' } })
  assert.deepEqual(await house.listChats(ann.id), [])
})

test('the pictures of one album get one answer', async (t) => {
  const house = await startLinking(t)
  const { replies, handle } = talkTo(house)
  const from = { id: 5, is_bot: false, first_name: 'Ann' }
  const picture = { date: 1, chat: { id: 5, type: 'private' }, from, photo: [] }
  for (const id of [1, 2, 3])
    await handle({ update_id: id, message: { message_id: id, ...picture, media_group_id: 'a' } })
  assert.equal(replies.length, 1)
  await handle({ update_id: 4, message: { message_id: 4, ...picture, media_group_id: 'b' } })
  assert.equal(replies.length, 2)
})

test('in a chat that is behind, the work is done and the answer left to itself', async (t) => {
  const house = await startLinking(t)
  const ann = await house.person('ann')
  await house.link(ann.id, telegramChat(5))
  const sending = Promise.withResolvers<void>()
  const { handle } = talkTo(house, () => sending.promise)
  const left: Promise<void>[] = []
  const from = { id: 5, is_bot: false, first_name: 'Ann' }
  const chat = { id: 5, type: 'private', first_name: 'Ann' } as const
  await handle({ update_id: 1, message: { message_id: 1, date: 1, chat, from, text: '/stop' } }, (answer) =>
    left.push(answer),
  )
  assert.deepEqual(await house.listChats(ann.id), [])
  sending.reject(new Error('never went out'))
  assert.equal(left.length, 1)
  await assert.rejects(Promise.all(left), /never went out/)
})
