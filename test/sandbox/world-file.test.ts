import assert from 'node:assert/strict'
import { appendFile, cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../src/ops/system-clock.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { temporaryFolder } from '../support/program.ts'
import { startedPair, testSandbox, WireBot } from '../support/sandbox.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { until } from '../support/until.ts'

const OPTIONS = { host: '127.0.0.1', port: 0, clock: systemClock }

test('a restart keeps bots, people, chats, messages, files, taps and pending updates', async (t) => {
  const worldFile = join(temporaryFolder(t), 'deep', 'world.json')
  const first = await startSandbox({ ...OPTIONS, random: seededRandom(1), worldFile })
  const { bot, user } = startedPair(first)
  const group = first.control.createChat({ type: 'group', title: 'G', members: [user.id, bot.view.id] })
  const content = Buffer.from('kept').toString('base64')
  first.control.send({ user: user.id, bot: bot.view.id, document: { name: 'a.txt', content } })
  const reply_markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'y' }]] }
  const sent = await bot.ok('sendMessage', { chat_id: user.id, text: 'Sure?', reply_markup })
  first.control.tap({ user: user.id, message: first.control.messages().at(-1)?.key ?? 0, button: 'y' })
  await bot.ok('setMyCommands', { commands: [{ command: 'start', description: 'Begin' }] })
  const before = { state: first.control.state(), messages: first.control.messages() }
  const updates = first.control.pendingUpdates(bot.view.id)
  await first.stop()

  const second = await startSandbox({ ...OPTIONS, random: seededRandom(2), worldFile })
  t.after(() => second.stop())
  const again = new WireBot(second, second.control.bot(bot.view.id))
  const state = second.control.state()
  assert.deepEqual(
    [state.bots, state.users, state.chats, state.dialogs],
    [before.state.bots, before.state.users, before.state.chats, before.state.dialogs],
  )
  assert.deepEqual(second.control.messages(), before.messages)
  assert.deepEqual(second.control.pendingUpdates(bot.view.id), updates)
  const [document] = second.control.messages().flatMap(({ message }) => message.document ?? [])
  const { file_path: path } = await again.ok('getFile', { file_id: document?.file_id })
  const file = await fetch(`${second.url}/file/bot${again.view.token}/${path}`)
  assert.equal(await file.text(), 'kept')
  const next = await again.ok('sendMessage', { chat_id: user.id, text: 'x' })
  assert.equal(next.message_id, sent.message_id + 1)
  assert.equal(await again.line('sendMessage', { chat_id: group.id, text: 'x' }), '200')
})

test('a change is saved soon, without a stop', async (t) => {
  const worldFile = join(temporaryFolder(t), 'world.json')
  const sandbox = await testSandbox(t, { worldFile })
  const { bot, user } = startedPair(sandbox)
  await bot.ok('sendMessage', { chat_id: user.id, text: 'remember me' })
  await until('it stands in the file', async () => {
    return (await readFile(worldFile, 'utf8').catch(() => '')).includes('remember me')
  })
  JSON.parse(await readFile(worldFile, 'utf8'))
})

test('messages that were written down but not saved yet come back, and so do their numbers', async (t) => {
  const folder = temporaryFolder(t)
  const clock = new ManualClock()
  const options = { host: '127.0.0.1', port: 0, clock, random: seededRandom(1) }
  const worldFile = join(folder, 'world.json')
  const first = await startSandbox({ ...options, worldFile })
  t.after(() => first.stop())
  const { bot, user } = startedPair(first)
  await bot.ok('sendMessage', { chat_id: user.id, text: 'saved' })
  clock.advance(20)
  await until('it is saved', async () => (await readdir(folder)).includes('world.json'))
  const sent = await bot.ok('sendMessage', { chat_id: user.id, text: 'one' })
  const { message_id } = await bot.ok('sendMessage', { chat_id: user.id, text: 'two' })
  await bot.ok('editMessageText', { chat_id: user.id, message_id: sent.message_id, text: 'edited' })
  await bot.ok('deleteMessage', { chat_id: user.id, message_id })
  // Time stands still for the first sandbox, so that it saves nothing: what is in the folder is what a kill would leave.
  const copy = temporaryFolder(t)
  await cp(folder, copy, { recursive: true })
  await appendFile(join(copy, 'world.json.journal.99'), '{"torn')

  const second = await startSandbox({ ...options, worldFile: join(copy, 'world.json') })
  t.after(() => second.stop())
  const texts = second.control.messages({ bot: bot.view.id }).map(({ message }) => message.text)
  assert.deepEqual(texts, ['/start', 'saved', 'edited'])
  const next = await new WireBot(second, second.control.bot(bot.view.id)).ok('sendMessage', {
    chat_id: user.id,
    text: 'x',
  })
  assert.equal(next.message_id, message_id + 1)
})

test('what is saved leaves the journal', async (t) => {
  const folder = temporaryFolder(t)
  const sandbox = await startSandbox({ ...OPTIONS, random: seededRandom(1), worldFile: join(folder, 'world.json') })
  startedPair(sandbox)
  await sandbox.stop()
  const journals = (await readdir(folder)).filter((name) => name.includes('journal'))
  assert.equal(journals.length, 1)
  assert.equal(await readFile(join(folder, journals[0] ?? ''), 'utf8'), '')
})

test('a file that is no world is refused by name, and left alone', async (t) => {
  const worldFile = join(temporaryFolder(t), 'world.json')
  for (const content of ['{', '{"version":7}', '[]']) {
    await writeFile(worldFile, content)
    await assert.rejects(startSandbox({ ...OPTIONS, random: seededRandom(1), worldFile }), /world\.json is no world/)
    assert.equal(await readFile(worldFile, 'utf8'), content)
  }
})

test('a taken port rejects', async (t) => {
  const sandbox = await testSandbox(t)
  const port = Number(new URL(sandbox.url).port)
  await assert.rejects(startSandbox({ ...OPTIONS, random: seededRandom(1), port }), { code: 'EADDRINUSE' })
})

test('stop ends long polls at once', async () => {
  const sandbox = await startSandbox({ ...OPTIONS, random: seededRandom(1) })
  const { bot } = startedPair(sandbox)
  const [start] = await bot.ok('getUpdates')
  const poll = bot.call('getUpdates', { timeout: 50, offset: (start?.update_id ?? 0) + 1 })
  await until('it waits', () => sandbox.control.requests().length === 2)
  const ended = assert.rejects(poll)
  await sandbox.stop()
  await ended
})
