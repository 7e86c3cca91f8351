import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startedPair, testSandbox } from '../support/sandbox.ts'
import { ManualClock } from '../support/manual-clock.ts'

test('M9: commands are kept for each scope and language, and an empty list clears', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const start = [{ command: 'start', description: 'Begin' }]
  const german = [{ command: 'start', description: 'Los' }]
  const scope = { type: 'chat', chat_id: user.id }
  await bot.ok('setMyCommands', { commands: [{ command: '/start', description: 'Begin' }] })
  await bot.ok('setMyCommands', { commands: german, language_code: 'de' })
  await bot.ok('setMyCommands', { commands: german, scope })
  assert.deepEqual(await bot.ok('getMyCommands'), start)
  assert.deepEqual(await bot.ok('getMyCommands', { language_code: 'de' }), german)
  assert.deepEqual(await bot.ok('getMyCommands', { scope }), german)
  assert.deepEqual(await bot.ok('getMyCommands', { scope: { type: 'all_group_chats' } }), [])
  await bot.ok('setMyCommands', { commands: [] })
  assert.deepEqual(await bot.ok('getMyCommands'), [])
  await bot.ok('deleteMyCommands', { language_code: 'de' })
  assert.deepEqual(await bot.ok('getMyCommands', { language_code: 'de' }), [])
})

test('M9: commands that the app could not show are refused', async (t) => {
  const { bot } = startedPair(await testSandbox(t))
  const cases: [commands: unknown, line: string][] = [
    [[{ command: 'Start', description: 'x' }], '400 Bad Request: BOT_COMMAND_INVALID'],
    [[{ command: '', description: 'x' }], '400 Bad Request: BOT_COMMAND_INVALID'],
    [[{ command: 'a'.repeat(33), description: 'x' }], '400 Bad Request: command length must not exceed 32'],
    [[{ command: 'a', description: ' ' }], '400 Bad Request: command description must be non-empty'],
    [
      [{ command: 'a', description: 'x'.repeat(257) }],
      '400 Bad Request: command description length must not exceed 256',
    ],
    [
      Array.from({ length: 101 }, (_, i) => ({ command: `c${i}`, description: 'x' })),
      '400 Bad Request: BOT_COMMANDS_TOO_MUCH',
    ],
    [Array.from({ length: 100 }, (_, i) => ({ command: `c${i}`, description: 'x' })), '200'],
    ['[{', "400 Bad Request: can't parse commands JSON object"],
    [{}, '400 Bad Request: expected an Array of BotCommand'],
  ]
  for (const [commands, line] of cases) assert.equal(await bot.line('setMyCommands', { commands }), line)
})

test('names and descriptions are kept for each language, with the one for all as the fallback', async (t) => {
  const { bot } = startedPair(await testSandbox(t))
  assert.deepEqual(await bot.ok('getMyName'), { name: 'pair_bot' })
  await bot.ok('setMyName', { name: 'Post' })
  await bot.ok('setMyDescription', { description: 'Hello' })
  await bot.ok('setMyDescription', { description: 'Привет', language_code: 'ru' })
  await bot.ok('setMyShortDescription', { short_description: 'Hi' })
  assert.deepEqual(await bot.ok('getMyName', { language_code: 'ru' }), { name: 'Post' })
  assert.equal((await bot.ok('getMe')).first_name, 'Post')
  assert.deepEqual(await bot.ok('getMyDescription', { language_code: 'ru' }), { description: 'Привет' })
  assert.deepEqual(await bot.ok('getMyDescription', { language_code: 'de' }), { description: 'Hello' })
  assert.deepEqual(await bot.ok('getMyShortDescription'), { short_description: 'Hi' })
  assert.match(await bot.line('setMyDescription', { description: 'x'.repeat(513) }), /^400 /)
  assert.match(await bot.line('setMyName', { name: 'x', language_code: 'english' }), /^400 /)
})

test('the menu button is kept for all and for a chat', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  assert.deepEqual(await bot.ok('getChatMenuButton'), { type: 'default' })
  await bot.ok('setChatMenuButton', { menu_button: { type: 'commands' } })
  assert.deepEqual(await bot.ok('getChatMenuButton', { chat_id: user.id }), { type: 'commands' })
  assert.match(await bot.line('setChatMenuButton', { menu_button: { type: 'round' } }), /^400 /)
})

test('M10: getChat tells of a chat that the bot knows, also of who blocked it', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  sandbox.control.block({ user: user.id, bot: bot.view.id })
  const chat = await bot.ok('getChat', { chat_id: user.id })
  assert.deepEqual([chat.id, chat.type, chat.first_name], [user.id, 'private', 'Ann'])
  assert.equal(typeof chat.accent_color_id, 'number')
  assert.equal(typeof chat.max_reaction_count, 'number')
  const stranger = sandbox.control.createUser()
  assert.equal(await bot.line('getChat', { chat_id: stranger.id }), '400 Bad Request: chat not found')
  const group = sandbox.control.createChat({
    type: 'supergroup',
    title: 'S',
    username: 'the_group',
    members: [user.id],
  })
  assert.equal((await bot.ok('getChat', { chat_id: '@the_group' })).id, group.id)
})

test('getChatMember knows members, those who left, and strangers', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const chat_id = sandbox.control.createChat({ type: 'group', title: 'G', members: [user.id, bot.view.id] }).id
  assert.equal((await bot.ok('getChatMember', { chat_id, user_id: user.id })).status, 'creator')
  assert.equal((await bot.ok('getChatMember', { chat_id, user_id: bot.view.id })).status, 'member')
  assert.equal(await bot.ok('getChatMemberCount', { chat_id }), 2)
  const stranger = sandbox.control.createUser()
  assert.equal((await bot.ok('getChatMember', { chat_id, user_id: stranger.id })).status, 'left')
})

test('M13: after logOut the bot is locked out, and its queue is empty, until it is revived', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot } = startedPair(sandbox)
  assert.equal(await bot.ok('logOut'), true)
  assert.equal(await bot.line('getMe'), '400 Logged out')
  clock.advance(10_000)
  assert.equal(await bot.line('getMe'), '401 Unauthorized')
  sandbox.control.revive(bot.view.id)
  assert.equal(await bot.line('getMe'), '200')
  assert.deepEqual(sandbox.control.pendingUpdates(bot.view.id), [])
})

test('M13: close is refused in the first ten minutes, then works, and the next call starts the bot again', async (t) => {
  const clock = new ManualClock()
  const { bot } = startedPair(await testSandbox(t, { clock }))
  await bot.ok('getMe')
  clock.advance(60_000)
  const early = await bot.call('close')
  assert.equal(early.line, '429 Too Many Requests: retry after 540')
  assert.equal(early.headers.get('retry-after'), '540')
  clock.advance(540_000)
  assert.equal(await bot.ok('close'), true)
  assert.equal(await bot.line('getMe'), '200')
  assert.equal(await bot.line('close'), '429 Too Many Requests: retry after 600')
})
