import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync, crc32 } from 'node:zlib'
import type { Message } from '@grammyjs/types'
import { readAnswer, startedPair, testSandbox, WireBot } from '../support/sandbox.ts'

/** A grey picture of this size. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const pixels = deflateSync(Buffer.alloc((width + 1) * Math.min(height, 100)))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

async function upload(bot: WireBot, method: string, fields: Record<string, string>, files: Record<string, Buffer>) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  for (const [name, bytes] of Object.entries(files)) form.append(name, new Blob([new Uint8Array(bytes)]), `${name}.png`)
  const url = `${bot.sandbox.url}/bot${bot.view.token}/${method}`
  return await readAnswer(await fetch(url, { method: 'POST', body: form }))
}

test('M4: an uploaded photo comes back with its size, and its file_id sends it again', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const bytes = png(40, 30)
  const sent = await upload(bot, 'sendPhoto', { chat_id: String(user.id), caption: 'look' }, { photo: bytes })
  const message = sent.body.result as Message.PhotoMessage
  const [size] = message.photo
  assert.equal(message.caption, 'look')
  assert.deepEqual([size?.width, size?.height, size?.file_size], [40, 30, bytes.length])
  assert.ok(size?.file_id && size.file_unique_id)
  const again = await bot.ok('sendPhoto', { chat_id: user.id, photo: size.file_id })
  assert.equal(again.photo[0]?.file_unique_id, size.file_unique_id)
})

test('M4: attach:// names another part', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const chat_id = String(user.id)
  assert.equal(
    (await upload(bot, 'sendDocument', { chat_id, document: 'attach://part' }, { part: png(1, 1) })).line,
    '200',
  )
  assert.equal(
    (await upload(bot, 'sendDocument', { chat_id, document: 'attach://other' }, { part: png(1, 1) })).line,
    '400 Bad Request: there is no document in the request',
  )
})

test('M4: a file_id belongs to one bot and keeps its kind', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const sent = sandbox.control.send({ user: user.id, bot: bot.view.id, document: { name: 'a.pdf' } })
  const document = sent.message.document?.file_id
  const other = new WireBot(sandbox, sandbox.control.createBot({ username: 'other_bot' }))
  sandbox.control.start({ user: user.id, bot: 'other_bot' })
  assert.equal(await bot.line('sendDocument', { chat_id: user.id, document }), '200')
  assert.equal(
    await other.line('sendDocument', { chat_id: user.id, document }),
    '400 Bad Request: wrong file identifier/HTTP URL specified',
  )
  assert.equal(
    await bot.line('sendPhoto', { chat_id: user.id, photo: document }),
    "400 Bad Request: can't use file of type Document as Photo",
  )
})

test('M4: a URL is looked up in the list of made-up web files', async (t) => {
  const sandbox = await testSandbox(t, { profile: 'off' })
  const { bot, user } = startedPair(sandbox)
  const web = 'https://web.example'
  const add = (name: string, mimeType: string, sizeBytes: number, failure?: 'unreachable' | 'wrong_type'): void => {
    sandbox.control.addRemoteFile({ url: `${web}/${name}`, mimeType, sizeBytes, ...(failure && { failure }) })
  }
  add('a.jpg', 'image/jpeg', 1000)
  add('big.jpg', 'image/jpeg', 6 * 1_048_576)
  add('a.pdf', 'application/pdf', 1000)
  add('a.txt', 'text/plain', 1000)
  add('down.jpg', 'image/jpeg', 1000, 'unreachable')
  const cases: [method: string, field: string, name: string, line: string][] = [
    ['sendPhoto', 'photo', 'a.jpg', '200'],
    ['sendPhoto', 'photo', 'big.jpg', '400 Bad Request: failed to get HTTP URL content'],
    ['sendPhoto', 'photo', 'a.pdf', '400 Bad Request: wrong type of the web page content'],
    ['sendPhoto', 'photo', 'down.jpg', '400 Bad Request: failed to get HTTP URL content'],
    ['sendPhoto', 'photo', 'unheard-of.jpg', '400 Bad Request: failed to get HTTP URL content'],
    ['sendDocument', 'document', 'a.pdf', '200'],
    ['sendDocument', 'document', 'a.txt', '400 Bad Request: wrong type of the web page content'],
  ]
  for (const [method, field, name, line] of cases) {
    assert.equal(await bot.line(method, { chat_id: user.id, [field]: `${web}/${name}` }), line, name)
  }
})

test('M4: missing, empty, too big and misshapen files are refused', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const chat_id = String(user.id)
  assert.equal(await bot.line('sendPhoto', { chat_id }), '400 Bad Request: there is no photo in the request')
  assert.equal(await bot.line('sendDocument', { chat_id }), '400 Bad Request: there is no document in the request')
  const photo = async (bytes: Buffer): Promise<string> => {
    return (await upload(bot, 'sendPhoto', { chat_id }, { photo: bytes })).line
  }
  assert.equal(await photo(Buffer.alloc(0)), '400 Bad Request: file must be non-empty')
  assert.equal(
    await photo(Buffer.alloc(10_485_761)),
    '400 Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes',
  )
  assert.equal(await photo(Buffer.from('no picture')), '400 Bad Request: IMAGE_PROCESS_FAILED')
  assert.equal(await photo(png(9_000, 1_001)), '400 Bad Request: PHOTO_INVALID_DIMENSIONS')
  assert.equal(await photo(png(21, 1)), '400 Bad Request: PHOTO_INVALID_DIMENSIONS')
})

test('M4: a caption has 1024 characters and no more', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const fields = { chat_id: String(user.id) }
  const send = async (caption: string) => await upload(bot, 'sendPhoto', { ...fields, caption }, { photo: png(1, 1) })
  assert.equal((await send('😀'.repeat(1024))).line, '200')
  assert.equal((await send('😀'.repeat(1025))).line, '400 Bad Request: message caption is too long')
})

test('M5: an album is 1 to 10 items of kinds that go together, with one media_group_id', async (t) => {
  const sandbox = await testSandbox(t, { profile: 'off' })
  const { bot, user } = startedPair(sandbox)
  const item = (type: string) => ({ type, media: 'attach://part' })
  const send = async (media: object[]) => {
    const fields = { chat_id: String(user.id), media: JSON.stringify(media) }
    return await upload(bot, 'sendMediaGroup', fields, { part: png(1, 1) })
  }
  const fine = await send([{ ...item('photo'), caption: '<b>x</b>', parse_mode: 'HTML' }, item('video')])
  const messages = fine.body.result as Message.MediaMessage[]
  assert.equal(messages.length, 2)
  assert.ok(messages[0]?.media_group_id)
  assert.equal(messages[0].media_group_id, messages[1]?.media_group_id)
  assert.equal(messages[0].caption, 'x')
  assert.equal((await send([item('photo')])).line, '200')
  assert.equal((await send([])).line, '400 Bad Request: there are no messages to send')
  assert.equal(
    (await send(Array.from({ length: 11 }, () => item('photo')))).line,
    '400 Bad Request: too many messages to send as an album',
  )
  assert.equal(
    (await send([item('photo'), item('document')])).line,
    "400 Bad Request: document can't be mixed with other media types",
  )
  assert.equal(
    (await send([item('audio'), item('video')])).line,
    "400 Bad Request: audio can't be mixed with other media types",
  )
  sandbox.control.configureRates({ profile: 'strict' })
  assert.match((await send([item('photo')])).line, /^400 /)
})

test('M5: an album counts as many messages as it has items', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const media = JSON.stringify(Array.from({ length: 5 }, () => ({ type: 'photo', media: 'attach://part' })))
  const sent = await upload(bot, 'sendMediaGroup', { chat_id: String(user.id), media }, { part: png(1, 1) })
  assert.equal(sent.line, '200')
  assert.equal(bot.sandbox.control.rates(bot.view.id).sent, 5)
  assert.match(await bot.line('sendMessage', { chat_id: user.id, text: 'x' }), /^429 /)
})

test('M11: copy and forward bring the content, forward names its author', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const original = sandbox.control.send({ user: user.id, bot: bot.view.id, text: 'hello' })
  const from = { chat_id: user.id, from_chat_id: user.id, message_id: original.message.message_id }
  const { message_id: copy } = await bot.ok('copyMessage', from)
  const forward = await bot.ok('forwardMessage', from)
  assert.equal(forward.text, 'hello')
  assert.equal(forward.forward_origin?.type, 'user')
  const seen = sandbox.control.messages({ bot: bot.view.id, user: user.id })
  assert.equal(seen.find(({ message }) => message.message_id === copy)?.message.text, 'hello')
  assert.equal(
    await bot.line('copyMessage', { ...from, message_id: 999 }),
    '400 Bad Request: message to copy not found',
  )
})

test('M11: chat actions, files and profile pictures answer', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  assert.equal(await bot.ok('sendChatAction', { chat_id: user.id, action: 'typing' }), true)
  assert.equal(sandbox.control.state().dialogs[0]?.action?.name, 'typing')
  assert.match(await bot.line('sendChatAction', { chat_id: user.id, action: 'dreaming' }), /^400 /)
  assert.deepEqual(await bot.ok('getUserProfilePhotos', { user_id: user.id }), { total_count: 0, photos: [] })
  assert.match(await bot.line('getFile', { file_id: 'nonsense' }), /^400 Bad Request: wrong file_id/)
})
