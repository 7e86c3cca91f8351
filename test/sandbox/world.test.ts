import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { startedPair, testSandbox, WireBot } from '../support/sandbox.ts'

const send = async (bot: WireBot, chat_id: number | string): Promise<string> => {
  return await bot.line('sendMessage', { chat_id, text: 'x' })
}

function newUpdates(sandbox: Sandbox, bot: WireBot, act: () => void) {
  const before = sandbox.control.pendingUpdates(bot.view.id).length
  act()
  return sandbox.control.pendingUpdates(bot.view.id).slice(before)
}

test('S1: a private chat exists for a bot only after Start', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  const stranger = sandbox.control.createUser({ username: 'stranger' })
  assert.equal(await send(bot, stranger.id), '400 Bad Request: chat not found')
  sandbox.control.createChat({ type: 'group', title: 'G', members: [stranger.id, bot.view.id] })
  assert.equal(await send(bot, stranger.id), "403 Forbidden: bot can't initiate conversation with a user")
  sandbox.control.start({ user: stranger.id, bot: bot.view.id })
  assert.equal(await send(bot, stranger.id), '200')
})

test('S1: Start sends exactly "/start payload" with its entity, every time it is pressed', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  for (let press = 0; press < 2; press += 1) {
    const [update] = newUpdates(sandbox, bot, () => {
      sandbox.control.start({ user: user.id, bot: bot.view.id, payload: 'Zm9v_-9' })
    })
    assert.equal(update?.message?.text, '/start Zm9v_-9')
    assert.deepEqual(update.message.entities, [{ offset: 0, length: 6, type: 'bot_command' }])
    assert.deepEqual(update.message.from, { id: user.id, is_bot: false, first_name: 'Ann', language_code: 'en' })
    assert.deepEqual(update.message.chat, { id: user.id, first_name: 'Ann', type: 'private' })
  }
  for (const payload of ['', 'a b', 'ü', 'a'.repeat(65)]) {
    assert.throws(() => sandbox.control.start({ user: user.id, bot: bot.view.id, payload }), { code: 'invalid_input' })
  }
})

test('S1: a first Start brings no my_chat_member', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  assert.deepEqual(
    sandbox.control.pendingUpdates(bot.view.id).map((update) => Object.keys(update)[1]),
    ['message'],
  )
})

test('S2: blocking is heard of, and refuses what the bot sends', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const [blocked] = newUpdates(sandbox, bot, () => sandbox.control.block({ user: user.id, bot: bot.view.id }))
  const change = blocked?.my_chat_member
  assert.equal(change?.old_chat_member.status, 'member')
  assert.deepEqual(change.new_chat_member, {
    status: 'kicked',
    user: { id: bot.view.id, is_bot: true, first_name: 'pair_bot', username: 'pair_bot' },
    until_date: 0,
  })
  assert.deepEqual([change.chat.id, change.from.id], [user.id, user.id])
  assert.equal(await send(bot, user.id), '403 Forbidden: bot was blocked by the user')
  const [unblocked] = newUpdates(sandbox, bot, () => sandbox.control.unblock({ user: user.id, bot: bot.view.id }))
  assert.equal(unblocked?.my_chat_member?.old_chat_member.status, 'kicked')
  assert.equal(unblocked.my_chat_member.new_chat_member.status, 'member')
  assert.equal(await send(bot, user.id), '200')
})

test('S2: /start unblocks, and both updates come', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  sandbox.control.block({ user: user.id, bot: bot.view.id })
  const updates = newUpdates(sandbox, bot, () => sandbox.control.start({ user: user.id, bot: bot.view.id }))
  assert.equal(updates[0]?.my_chat_member?.new_chat_member.status, 'member')
  assert.equal(updates[1]?.message?.text, '/start')
  assert.equal(await send(bot, user.id), '200')
})

test('S3: a deleted account is refused', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  sandbox.control.deleteAccount(user.id)
  assert.equal(await send(bot, user.id), '403 Forbidden: user is deactivated')
})

test('S4: kicked, gone, never there and deleted: each says so, for each kind of chat', async (t) => {
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const { bot, user } = startedPair(sandbox)
  for (const type of ['group', 'supergroup', 'channel'] as const) {
    const { id } = control.createChat({ type, title: 'T', members: [user.id, bot.view.id] })
    assert.equal(await send(bot, id), '200')
    const [left] = newUpdates(sandbox, bot, () => control.removeMember({ chat: id, member: bot.view.id }))
    assert.equal(left?.my_chat_member?.new_chat_member.status, 'left')
    assert.equal(await send(bot, id), `403 Forbidden: bot is not a member of the ${type} chat`)
    control.addMember({ chat: id, member: bot.view.id })
    control.removeMember({ chat: id, member: bot.view.id, kick: true })
    assert.equal(await send(bot, id), `403 Forbidden: bot was kicked from the ${type} chat`)
    const without = control.createChat({ type, title: 'U', members: [user.id] })
    assert.equal(await send(bot, without.id), '400 Bad Request: chat not found')
  }
  const group = control.createChat({ type: 'group', title: 'G', members: [user.id, bot.view.id] })
  control.deleteChat(group.id)
  assert.equal(await send(bot, group.id), '403 Forbidden: the group chat was deleted')
})

test('S4: joining a group brings my_chat_member, a service message and the startgroup payload', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const chat = sandbox.control.createChat({ type: 'group', title: 'G', members: [user.id] })
  const updates = newUpdates(sandbox, bot, () => {
    sandbox.control.addMember({ chat: chat.id, member: 'pair_bot', payload: 'code-1' })
  })
  assert.deepEqual(
    updates.map(({ message, my_chat_member }) => {
      return message?.text ?? message?.new_chat_members?.[0]?.id ?? my_chat_member?.new_chat_member.status
    }),
    [bot.view.id, 'member', '/start@pair_bot code-1'],
  )
  assert.deepEqual(updates[2]?.message?.entities, [{ type: 'bot_command', offset: 0, length: 15 }])
})

test('S4: an upgraded group names its successor, and tells both sides', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const group = sandbox.control.createChat({ type: 'group', title: 'G', members: [user.id, bot.view.id] })
  let successor = 0
  const updates = newUpdates(sandbox, bot, () => (successor = sandbox.control.upgradeGroup(group.id).id))
  assert.deepEqual(
    updates.map(({ message }) => [message?.chat.id, message?.migrate_to_chat_id, message?.migrate_from_chat_id]),
    [
      [group.id, successor, undefined],
      [successor, undefined, group.id],
    ],
  )
  assert.match(String(successor), /^-100\d{10}$/)
  const refused = await bot.call('sendMessage', { chat_id: group.id, text: 'x' })
  assert.equal(refused.line, '400 Bad Request: group chat was upgraded to a supergroup chat')
  assert.deepEqual(refused.body.parameters, { migrate_to_chat_id: successor })
  assert.equal(await send(bot, successor), '200')
})

test('S5: without the right to write a bot is refused', async (t) => {
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const { bot, user } = startedPair(sandbox)
  const group = control.createChat({ type: 'supergroup', title: 'S', members: [user.id, bot.view.id] })
  control.setRights({ chat: group.id, member: bot.view.id, status: 'restricted' })
  assert.equal(await send(bot, group.id), '400 Bad Request: not enough rights to send text messages to the chat')
  const photo = control.send({ user: user.id, bot: bot.view.id, photo: true }).message.photo?.[0]?.file_id
  assert.equal(
    await bot.line('sendPhoto', { chat_id: group.id, photo }),
    '400 Bad Request: not enough rights to send photos to the chat',
  )
  const channel = control.createChat({ type: 'channel', title: 'C', members: [user.id, bot.view.id] })
  control.setRights({ chat: channel.id, member: bot.view.id, status: 'administrator', canSend: false })
  assert.equal(await send(bot, channel.id), '400 Bad Request: need administrator rights in the channel chat')
})

test('S6: topics of a forum: known, unknown, General, closed', async (t) => {
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const { bot, user } = startedPair(sandbox)
  const forum = control.createChat({ type: 'supergroup', title: 'F', forum: true, members: [user.id, bot.view.id] })
  const topic = control.createTopic({ chat: forum.id, name: 'News' })
  const line = async (message_thread_id: number, chat_id = forum.id): Promise<string> => {
    return await bot.line('sendMessage', { chat_id, text: 'x', message_thread_id })
  }
  const sent = await bot.ok('sendMessage', { chat_id: forum.id, text: 'x', message_thread_id: topic.id })
  assert.deepEqual([sent.message_thread_id, sent.is_topic_message], [topic.id, true])
  assert.equal(await line(1), '400 Bad Request: message thread not found')
  assert.equal(await line(4_000), '400 Bad Request: message thread not found')
  control.setTopicClosed({ chat: forum.id, topic: topic.id, closed: true })
  assert.equal(await line(topic.id), '400 Bad Request: TOPIC_CLOSED')
  assert.equal(await line(4_000, user.id), '200', 'outside forums a thread is ignored')
})

test('S7: a name finds public groups, channels and bots, never a user', async (t) => {
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const { bot } = startedPair(sandbox)
  const ann = control.createUser({ username: 'ann_named' })
  control.start({ user: ann.id, bot: bot.view.id })
  control.createChat({ type: 'channel', title: 'C', username: 'the_channel', members: [ann.id, bot.view.id] })
  control.createBot({ username: 'other_bot' })
  assert.equal(await send(bot, '@The_Channel'), '200')
  assert.equal(await send(bot, '@ann_named'), '400 Bad Request: chat not found')
  assert.equal(await send(bot, '@nobody'), '400 Bad Request: chat not found')
  assert.equal(await send(bot, '@other_bot'), "403 Forbidden: the bot can't send messages to the bot")
})

test('S8: every bot has its own view', async (t) => {
  const sandbox = await testSandbox(t)
  const { user } = startedPair(sandbox)
  const other = new WireBot(sandbox, sandbox.control.createBot({ username: 'other_bot' }))
  assert.equal(await send(other, user.id), '400 Bad Request: chat not found')
})

test('S9: a revoked token is dead, the new one has the same bot and its state', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  await send(bot, user.id)
  const renewed = new WireBot(sandbox, sandbox.control.revokeToken(bot.view.id))
  assert.equal(await bot.line('getMe'), '401 Unauthorized')
  assert.equal((await renewed.ok('getMe')).id, bot.view.id)
  assert.equal(await send(renewed, user.id), '200')
  assert.equal(sandbox.control.messages({ bot: bot.view.id }).length, 3)
})

test('privacy mode: a bot in a group sees commands for it, replies to it and service messages', async (t) => {
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const { bot, user } = startedPair(sandbox)
  const other = new WireBot(sandbox, control.createBot({ username: 'other_bot' }))
  const nosy = new WireBot(sandbox, control.createBot({ username: 'nosy_bot', readsAllGroupMessages: true }))
  const members = [user.id, bot.view.id, other.view.id, nosy.view.id]
  const chat = control.createChat({ type: 'group', title: 'G', members }).id
  await send(bot, chat)
  const ofBot = control.messages({ chat }).at(-1)?.key ?? 0
  const say = (text: string, replyTo?: number) => {
    control.send({ user: user.id, chat, text, ...(replyTo !== undefined && { replyTo }) })
  }
  say('hello all')
  say('/help@pair_bot')
  say('/help@other_bot')
  say('/list')
  say('yes', ofBot)
  const heard = (of: WireBot) =>
    control.pendingUpdates(of.view.id).flatMap(({ message }) => (message?.chat.id === chat && message.text) || [])
  assert.deepEqual(heard(bot), ['/help@pair_bot', '/list', 'yes'])
  assert.deepEqual(heard(other), ['/help@other_bot'])
  assert.deepEqual(heard(nosy), ['hello all', '/help@pair_bot', '/help@other_bot', '/list', 'yes'])
})

test('people edit, forward, and send pictures, stickers, documents and contacts', async (t) => {
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const { bot, user } = startedPair(sandbox)
  const to = { user: user.id, bot: bot.view.id }
  const updates = newUpdates(sandbox, bot, () => {
    const first = control.send({ ...to, text: 'one' })
    control.edit({ user: user.id, message: first.key, text: 'two /cmd' })
    control.send({ ...to, photo: true, text: 'caption #tag' })
    control.send({ ...to, sticker: '👍' })
    control.send({ ...to, document: { name: 'a.pdf', mimeType: 'application/pdf' } })
    control.send({ ...to, contact: { phoneNumber: '+100', firstName: 'Bob' } })
    control.send({ ...to, text: 'fwd', forwardedFrom: 'A Hidden One' })
    control.send({ ...to, text: 'fwd', forwardedFrom: user.id })
  })
  assert.equal(updates[1]?.edited_message?.text, 'two /cmd')
  assert.ok(updates[1].edited_message.edit_date > 0)
  assert.equal(updates[2]?.message?.caption_entities?.[0]?.type, 'hashtag')
  assert.equal(updates[2].message.photo?.length, 1)
  assert.equal(updates[3]?.message?.sticker?.emoji, '👍')
  assert.equal(updates[4]?.message?.document?.mime_type, 'application/pdf')
  assert.equal(updates[5]?.message?.contact?.phone_number, '+100')
  assert.equal(updates[6]?.message?.forward_origin?.type, 'hidden_user')
  assert.equal(updates[7]?.message?.forward_origin?.type, 'user')
})

test('people cannot do what the app would not let them', async (t) => {
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const { bot, user } = startedPair(sandbox)
  const stranger = control.createUser()
  const impossible = { code: 'not_possible' }
  assert.throws(() => control.send({ user: stranger.id, bot: bot.view.id, text: 'x' }), impossible)
  const group = control.createChat({ type: 'group', title: 'G', members: [user.id] })
  assert.throws(() => control.send({ user: stranger.id, chat: group.id, text: 'x' }), impossible)
  control.block({ user: user.id, bot: bot.view.id })
  assert.throws(() => control.send({ user: user.id, bot: bot.view.id, text: 'x' }), impossible)
  assert.throws(() => control.send({ user: user.id, bot: 'no_such_bot', text: 'x' }), { code: 'unknown_bot' })
  assert.throws(() => control.tap({ user: user.id, message: 999, button: 'x' }), { code: 'unknown_message' })
})
