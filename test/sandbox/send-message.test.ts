import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startedPair, testSandbox, WireBot } from '../support/sandbox.ts'

test('M1: getMe answers all fourteen fields', async (t) => {
  const { bot } = startedPair(await testSandbox(t))
  assert.deepEqual(Object.keys(await bot.ok('getMe')).sort(), [
    'allows_users_to_create_topics',
    'can_connect_to_business',
    'can_join_groups',
    'can_manage_bots',
    'can_read_all_group_messages',
    'first_name',
    'has_main_web_app',
    'has_topics_enabled',
    'id',
    'is_bot',
    'supports_guest_queries',
    'supports_inline_queries',
    'supports_join_request_queries',
    'username',
  ])
})

test('M2: the checks come in the order of the server', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  sandbox.control.block({ user: user.id, bot: bot.view.id })
  const wrong: [fix: object, line: string][] = [
    [{}, "400 Bad Request: can't parse link preview options JSON object"],
    [{ link_preview_options: '{}' }, '400 Bad Request: message text is empty'],
    [{ text: 'é'.repeat(16_385) }, '400 Bad Request: text is too long'],
    [{ text: ' <b>' }, '400 Bad Request: unsupported parse_mode'],
    [
      { parse_mode: 'html' },
      `400 Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`,
    ],
    [{ text: ' ', parse_mode: '' }, "400 Bad Request: can't parse reply parameters JSON object"],
    [{ reply_parameters: { message_id: 999 } }, "400 Bad Request: can't parse reply keyboard markup JSON object"],
    [
      { reply_markup: { inline_keyboard: [[{ text: 'a', url: 'http://localhost' }]] } },
      '400 Bad Request: chat_id is empty',
    ],
    [{ chat_id: 5 }, '400 Bad Request: chat not found'],
    [{ chat_id: user.id }, '400 Bad Request: message to be replied not found'],
    [{ reply_parameters: {} }, '400 Bad Request: text must be non-empty'],
    [{ text: 'x'.repeat(4097) }, '400 Bad Request: message is too long'],
    [{ text: 'x' }, "400 Bad Request: inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL"],
    [{ reply_markup: {} }, '403 Forbidden: bot was blocked by the user'],
  ]
  let parameters: object = {
    link_preview_options: '{',
    parse_mode: 'morse',
    reply_parameters: '{',
    reply_markup: '{',
  }
  for (const [fix, line] of wrong) {
    parameters = { ...parameters, ...fix }
    assert.equal(await bot.line('sendMessage', parameters), line)
  }
  sandbox.control.unblock({ user: user.id, bot: bot.view.id })
  assert.equal(await bot.line('sendMessage', parameters), '200')
})

test('M2: a refused message costs nothing of the rate limit', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t, { profile: 'strict' }))
  for (let count = 0; count < 10; count += 1) await bot.line('sendMessage', { chat_id: user.id, text: ' ' })
  assert.equal(await bot.line('sendMessage', { chat_id: user.id, text: 'first' }), '200')
  assert.match(await bot.line('sendMessage', { chat_id: user.id, text: 'second' }), /^429 Too Many Requests: retry/)
})

test('M2: a message comes back cleaned, with its entities and what it was sent with', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const before = Math.floor(Date.now() / 1000)
  const first = await bot.ok('sendMessage', { chat_id: user.id, text: 'first' })
  const message = await bot.ok('sendMessage', {
    chat_id: user.id,
    text: ' \n<b>Hi</b>\tthere, see https://a.example \n',
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    protect_content: true,
    message_effect_id: '5104841245755180586',
    reply_parameters: { message_id: first.message_id },
    reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'y', style: 'success' }]] },
  })
  assert.equal(message.text, 'Hi there, see https://a.example')
  assert.deepEqual(
    message.entities?.map(({ type, offset, length }) => [type, offset, length]),
    [
      ['bold', 0, 2],
      ['url', 14, 17],
    ],
  )
  assert.deepEqual(message.from, { id: bot.view.id, is_bot: true, first_name: 'pair_bot', username: 'pair_bot' })
  assert.deepEqual(message.chat, { id: user.id, first_name: 'Ann', type: 'private' })
  assert.ok(message.date >= before && message.date <= Date.now() / 1000)
  assert.deepEqual(message.link_preview_options, { is_disabled: true })
  assert.equal(message.has_protected_content, true)
  assert.equal(message.effect_id, '5104841245755180586')
  assert.equal(message.reply_to_message?.message_id, first.message_id)
  assert.deepEqual(message.reply_markup, { inline_keyboard: [[{ text: 'Yes', callback_data: 'y', style: 'success' }]] })
  assert.ok(message.message_id > first.message_id)
})

test('M2: explicit entities are taken, parse_mode makes them count for nothing', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const entities = [
    { type: 'bold', offset: 0, length: 2 },
    { type: 'url', offset: 0, length: 2 },
    { type: 'text_link', offset: 3, length: 1, url: 'https://a.example/' },
  ]
  const given = await bot.ok('sendMessage', { chat_id: user.id, text: '😀 x', entities })
  assert.deepEqual(given.entities, [entities[0], entities[2]])
  const parsed = await bot.ok('sendMessage', { chat_id: user.id, text: '<i>a</i>b', parse_mode: 'HTML', entities })
  assert.deepEqual(parsed.entities, [{ type: 'italic', offset: 0, length: 1 }])
  assert.match(
    await bot.line('sendMessage', {
      chat_id: user.id,
      text: 'abc',
      entities: [{ type: 'bold', offset: 1, length: 9 }],
    }),
    /^400 Bad Request: entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset /,
  )
})

test('M2: a missing reply target is refused, unless the bot is content without', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const message = { chat_id: user.id, text: 'x' }
  const missing = { message_id: 4_000 }
  assert.equal(
    await bot.line('sendMessage', { ...message, reply_parameters: missing }),
    '400 Bad Request: message to be replied not found',
  )
  assert.equal(
    await bot.line('sendMessage', { ...message, reply_to_message_id: 4_000 }),
    '400 Bad Request: message to be replied not found',
  )
  const lenient = { ...missing, allow_sending_without_reply: true }
  const sent = await bot.ok('sendMessage', { ...message, reply_parameters: lenient })
  assert.equal(sent.reply_to_message, undefined)
})

test('M2: buttons that the app could not show are refused', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const cases: [button: object | string, line: string][] = [
    [{ text: 'x', callback_data: 'a'.repeat(65) }, '400 Bad Request: BUTTON_DATA_INVALID'],
    [{ text: 'x', callback_data: '' }, '400 Bad Request: BUTTON_DATA_INVALID'],
    [
      { text: 'x' },
      "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [{ callback_data: 'x' }, `400 Bad Request: can't parse inline keyboard button: Can't find field "text"`],
    ['x', "400 Bad Request: can't parse inline keyboard button: InlineKeyboardButton must be an Object"],
    [
      { text: 'x', url: 'ftp://a.example' },
      "400 Bad Request: inline keyboard button URL 'ftp://a.example' is invalid: Wrong HTTP URL",
    ],
    [{ text: 'x', url: 'tg://resolve?domain=pair_bot' }, '200'],
    [{ text: 'x', url: 'https://a.example' }, '200'],
    [{ text: 'x', copy_text: { text: 'code' } }, '200'],
    [{ text: 'x', callback_data: 'ü'.repeat(32) }, '200'],
  ]
  for (const [button, line] of cases) {
    const reply_markup = { inline_keyboard: [[button]] }
    assert.equal(await bot.line('sendMessage', { chat_id: user.id, text: 'x', reply_markup }), line)
  }
})

test('M2: a channel post shows the channel and no author', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const channel = sandbox.control.createChat({ type: 'channel', title: 'News', members: [user.id, bot.view.id] })
  const post = await bot.ok('sendMessage', { chat_id: channel.id, text: 'x' })
  assert.equal(post.from, undefined)
  assert.deepEqual(post.sender_chat, { id: channel.id, title: 'News', type: 'channel' })
})

test('C6: 4096 emoji are a message, 4097 are too many', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const send = async (count: number) => await bot.line('sendMessage', { chat_id: user.id, text: '😀'.repeat(count) })
  assert.equal(await send(4096), '200')
  assert.equal(await send(4097), '400 Bad Request: message is too long')
})

test('M3: private chats and basic groups share one counter per bot, supergroups and channels have their own', async (t) => {
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const { bot, user } = startedPair(sandbox)
  const other = new WireBot(sandbox, control.createBot({ username: 'other_bot' }))
  const group = control.createChat({ type: 'group', title: 'G', members: [user.id, bot.view.id, other.view.id] })
  const big = control.createChat({ type: 'supergroup', title: 'S', members: [user.id, bot.view.id, other.view.id] })
  const send = async (from: WireBot, chat: number): Promise<number> => {
    return (await from.ok('sendMessage', { chat_id: chat, text: 'x' })).message_id
  }
  const first = await send(bot, user.id)
  const inGroup = await send(bot, group.id)
  assert.equal(inGroup, first + 1)
  control.send({ user: user.id, bot: bot.view.id, text: 'incoming counts too' })
  assert.equal(await send(bot, user.id), inGroup + 2)
  const ofOther = await send(other, group.id)
  assert.notEqual(ofOther, inGroup + 3, 'every bot counts a basic group for itself')
  const inSupergroup = await send(bot, big.id)
  assert.equal(await send(other, big.id), inSupergroup + 1)
})
