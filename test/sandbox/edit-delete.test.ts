import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startedPair, testSandbox } from '../support/sandbox.ts'
import { ManualClock } from '../support/manual-clock.ts'

const NOT_MODIFIED =
  '400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message'

test('M6: an edited text comes back with its date, and the same again is refused', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const { message_id } = await bot.ok('sendMessage', { chat_id: user.id, text: 'one' })
  const edited = await bot.ok('editMessageText', {
    chat_id: user.id,
    message_id,
    text: ' <b>two</b> ',
    parse_mode: 'HTML',
  })
  assert.ok(edited !== true && edited.edit_date >= edited.date)
  assert.equal(Reflect.get(edited, 'text'), 'two')
  const same = { chat_id: user.id, message_id, text: '<b>two</b>', parse_mode: 'HTML' }
  assert.equal(await bot.line('editMessageText', same), NOT_MODIFIED)
  const reply_markup = { inline_keyboard: [[{ text: 'x', callback_data: 'x' }]] }
  assert.equal(await bot.line('editMessageText', { ...same, reply_markup }), '200')
  assert.equal(await bot.line('editMessageText', { ...same, reply_markup }), NOT_MODIFIED)
})

test("M6: only the bot's own texts that are there can be edited", async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const chat_id = user.id
  const theirs = sandbox.control.send({ user: user.id, bot: bot.view.id, text: 'mine' }).message
  const photo = sandbox.control.send({ user: user.id, bot: bot.view.id, photo: true }).message
  const own = await bot.ok('sendPhoto', { chat_id, photo: photo.photo?.[0]?.file_id })
  const edit = async (parameters: object): Promise<string> =>
    await bot.line('editMessageText', { text: 'x', ...parameters })
  assert.equal(await edit({ chat_id, message_id: 999 }), '400 Bad Request: message to edit not found')
  assert.equal(await edit({ chat_id, message_id: theirs.message_id }), "400 Bad Request: message can't be edited")
  assert.equal(
    await edit({ chat_id, message_id: own.message_id }),
    '400 Bad Request: there is no text in the message to edit',
  )
  assert.equal(await edit({}), '400 Bad Request: message identifier is not specified')
  assert.equal(await bot.line('editMessageCaption', { chat_id, message_id: own.message_id, caption: 'c' }), '200')
})

test('M6: an own message can be edited at any age', async (t) => {
  const clock = new ManualClock()
  const { bot, user } = startedPair(await testSandbox(t, { clock }))
  const { message_id } = await bot.ok('sendMessage', { chat_id: user.id, text: 'old' })
  clock.advance(400 * 86_400_000)
  assert.equal(await bot.line('editMessageText', { chat_id: user.id, message_id, text: 'new' }), '200')
})

test('M7: a message is deleted once, and within 48 hours', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot, user } = startedPair(sandbox)
  const chat_id = user.id
  const first = await bot.ok('sendMessage', { chat_id, text: 'first' })
  const second = await bot.ok('sendMessage', { chat_id, text: 'second' })
  assert.equal(await bot.line('deleteMessage', {}), '400 Bad Request: chat identifier is not specified')
  assert.equal(await bot.line('deleteMessage', { chat_id }), '400 Bad Request: message identifier is not specified')
  assert.equal(
    await bot.line('deleteMessage', { chat_id, message_id: 999 }),
    '400 Bad Request: message to delete not found',
  )
  assert.equal(await bot.ok('deleteMessage', { chat_id, message_id: first.message_id }), true)
  assert.equal(
    await bot.line('deleteMessage', { chat_id, message_id: first.message_id }),
    '400 Bad Request: message to delete not found',
  )
  assert.ok(!sandbox.control.messages({ bot: bot.view.id }).some(({ message }) => message.text === 'first'))
  clock.advance(48 * 3_600_000 + 1)
  assert.equal(
    await bot.line('deleteMessage', { chat_id, message_id: second.message_id }),
    "400 Bad Request: message can't be deleted for everyone",
  )
})

test('M8: a tap is answered once and in time', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot, user } = startedPair(sandbox)
  const reply_markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'y' }]] }
  await bot.ok('sendMessage', { chat_id: user.id, text: 'Sure?', reply_markup })
  const key = sandbox.control.messages({ bot: bot.view.id }).at(-1)?.key ?? 0
  const tap = () => sandbox.control.tap({ user: user.id, message: key, button: 'Yes' })
  const late = '400 Bad Request: query is too old and response timeout expired or query ID is invalid'
  const first = tap()
  const answer = { callback_query_id: first.id, text: 'Done', show_alert: true }
  assert.equal(await bot.ok('answerCallbackQuery', answer), true)
  assert.deepEqual(sandbox.control.callback(first.id).answer, { text: 'Done', showAlert: true, atMs: clock.now() })
  assert.equal(await bot.line('answerCallbackQuery', answer), late)
  assert.equal(await bot.line('answerCallbackQuery', { callback_query_id: '1' }), late)
  const second = tap()
  clock.advance(15 * 60_000 + 1)
  assert.equal(await bot.line('answerCallbackQuery', { callback_query_id: second.id }), late)
})

test('M8: the update of a tap carries message, person and data', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const reply_markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'y' }]] }
  const sent = await bot.ok('sendMessage', { chat_id: user.id, text: 'Sure?', reply_markup })
  const key = sandbox.control.messages({ bot: bot.view.id }).at(-1)?.key ?? 0
  const { id } = sandbox.control.tap({ user: user.id, message: key, button: 'y' })
  const query = sandbox.control.pendingUpdates(bot.view.id).at(-1)?.callback_query
  assert.equal(query?.id, id)
  assert.equal(query.data, 'y')
  assert.equal(query.from.id, user.id)
  assert.equal(query.message?.message_id, sent.message_id)
  assert.match(query.chat_instance, /^\d+$/)
})
