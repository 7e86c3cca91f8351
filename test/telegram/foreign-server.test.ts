import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js'
import { createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import { freePort } from '../support/free-port.ts'

test('our client works with a Bot API server that nobody here wrote', async (t) => {
  const server = new TelegramServer({ port: await freePort(), host: '127.0.0.1', storage: 'RAM', storeTimeout: 60 })
  await server.start()
  t.after(() => server.stop())
  const token = '123456:TEST'
  const telegram = createBotApiClient({ apiRoot: server.config.apiURL, token, timeoutMs: 60_000 })
  t.after(() => telegram.close())
  const person = server.getClient(token, { userId: 42, chatId: 42, firstName: 'Ann' })

  const me = await telegram.getMe()
  assert.equal(me.ok && typeof me.value.id, 'number')

  await person.sendCommand(person.makeCommand('/start abc123'))
  const poll = { offset: 0, timeoutSeconds: 0, allowedUpdates: ['message'] } as const
  const updates = await telegram.getUpdates(poll, new AbortController().signal)
  assert.deepEqual(updates.ok && updates.value.map(({ message }) => message?.text), ['/start abc123'])

  const keyboard = { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }]] }
  const sent = await telegram.sendText({ chatId: 42, text: 'hello', keyboard })
  assert.equal(sent.ok && sent.telegramMessageId > 0, true)
  const seen = await person.getUpdates()
  assert.deepEqual(
    seen.result.map((update) => ('message' in update ? update.message.text : undefined)),
    ['hello'],
  )

  const messageId = sent.ok ? sent.telegramMessageId : 0
  const edited = await telegram.editText({ chatId: 42, messageId, text: 'goodbye' })
  assert.deepEqual(edited, { ok: true, value: true })
  assert.equal((await telegram.getWebhookInfo()).ok, false, 'what it does not know is a failure and no crash')
})
