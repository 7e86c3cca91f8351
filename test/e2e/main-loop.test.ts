import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

test('register, link, post, arrive, list: the whole loop, as a stranger would go it', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t) })
  const ann = new Stranger(program.url, program.sandboxUrl, 'ann')
  const phone = await ann.person('Annie', 'en')

  const registered = await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  assert.equal(registered.status, 201)
  assert.deepEqual(Object.keys(registered.body).sort(), ['createdAt', 'id', 'locale', 'login', 'name', 'role'])

  const nowhere = await ann.ask('POST', '/v1/messages', { text: 'too early' })
  assert.deepEqual([nowhere.status, nowhere.body.code], [409, 'chat_not_linked'])

  const { body: link } = await ann.ask('POST', '/v1/link-codes')
  assert.equal(link.deepLink, `https://t.me/${link.botUsername}?start=${link.code}`)
  await phone.start(link.code)
  await until('the bot says which account it is', async () => (await phone.heard())[0]?.text.includes('Ann'))

  const posted = await ann.ask('POST', '/v1/messages', { text: 'line one\nline <b>two</b> & _three_ 😀' })
  assert.deepEqual([posted.status, posted.body.status], [202, 'queued'])
  const arrived = await until('the message arrives', async () => (await phone.heard())[1])
  assert.equal(arrived.text, 'Ann, I got a message from you:\nline one\nline <b>two</b> & _three_ 😀')

  const message = await until('the account knows that it arrived', async () => {
    const { body } = await ann.ask('GET', '/v1/messages')
    return body.items[0].status === 'delivered' && body.items[0]
  })
  assert.equal(message.id, posted.body.id)
  assert.equal(message.telegramMessageId, arrived.message_id)
  assert.match(message.deliveredAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('the other way round, in Russian: the bot gives a code, the account enters it', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t) })
  const ivan = new Stranger(program.url, program.sandboxUrl, 'ivan')
  const phone = await ivan.person('Иван', 'ru')
  await ivan.ask('POST', '/v1/users', { login: 'ivan', password: 'correct horse', name: 'Иван', locale: 'ru' })

  await phone.start()
  const greeting = await until('the bot greets', async () => (await phone.heard())[0]?.text)
  const code = /\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b/.exec(greeting)?.[0]
  assert.match(greeting, /[а-я]/i)

  const claimed = await ivan.ask('POST', '/v1/chats', { code })
  assert.deepEqual([claimed.status, claimed.body.type, claimed.body.isDefault], [201, 'private', true])
  await until('the chat hears whose it is', async () => (await phone.heard())[1]?.text.startsWith('Готово: '))
  const again = await ivan.ask('POST', '/v1/chats', { code })
  assert.deepEqual([again.status, again.body.code], [422, 'link_code_invalid'])

  await ivan.ask('POST', '/v1/messages', { text: 'готово' })
  const heard = await until('the message arrives in Russian', async () => {
    const texts = (await phone.heard()).map(({ text }) => text)
    return texts.includes('Иван, я получил от тебя сообщение:\nготово') && texts
  })
  assert.ok(heard.length >= 2)
})

test('kill -9 in the middle loses nothing, and a new start remembers everything, the phone too', async (t) => {
  const dataDir = temporaryFolder(t)
  const first = await startProgram(t, { dataDir })
  const before = new Stranger(first.url, first.sandboxUrl, 'ann')
  const phone = await before.person('Annie', 'en')
  await before.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  const { body: link } = await before.ask('POST', '/v1/link-codes')
  await phone.start(link.code)
  await until('the chat is linked', async () => (await phone.heard()).length > 0)
  // The sandbox saves its world soon after a change, and dies with the program here.
  await first.end('SIGTERM')

  const second = await startProgram(t, { dataDir })
  const during = new Stranger(second.url, second.sandboxUrl, 'ann')
  const accepted = await Promise.all(
    Array.from({ length: 20 }, (_, i) => during.ask('POST', '/v1/messages', { text: `number ${i}` })),
  )
  assert.ok(accepted.every(({ status }) => status === 202))
  await second.end('SIGKILL')

  const third = await startProgram(t, { dataDir })
  const after = new Stranger(third.url, third.sandboxUrl, 'ann')
  const items = await until('everything that was accepted is delivered', async () => {
    const { body } = await after.ask('GET', '/v1/messages?limit=200&order=asc')
    return body.items.every(({ status }: { status: string }) => status === 'delivered') && body.items
  })
  assert.deepEqual(new Set(items.map(({ id }: { id: string }) => id)), new Set(accepted.map(({ body }) => body.id)))
})

test('a stop is clean: exit 0 after SIGTERM, and the port is free', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t) })
  assert.equal(await program.end('SIGTERM'), 0)
  await assert.rejects(fetch(program.url))
})
