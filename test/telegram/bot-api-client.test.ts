import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import type { FaultAction } from '../../src/sandbox/faults/fault-rule.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { type BotApiClientOptions, createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import type { TelegramClient } from '../../src/telegram/telegram-client.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

const TOKEN = '123456:AAHk_fOtcBDR9ZsAtO2dPqUkr8uHw01x7Qs'

function client(t: TestContext, apiRoot: string, options: Partial<BotApiClientOptions> = {}): TelegramClient {
  const made = createBotApiClient({ apiRoot, token: TOKEN, timeoutMs: 60_000, ...options })
  t.after(() => made.close())
  return made
}

async function listen(t: TestContext, server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function serving(t: TestContext, listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(t, createServer(listener))}`
}

interface World {
  sandbox: Sandbox
  telegram: TelegramClient
  chatId: number
}

async function world(t: TestContext, timeoutMs = 60_000): Promise<World> {
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const bot = control.createBot({ username: 'post_bot', token: TOKEN })
  const user = control.createUser({ firstName: 'Ann' })
  control.start({ user: user.id, bot: bot.id })
  return { sandbox, telegram: client(t, sandbox.url, { timeoutMs }), chatId: user.id }
}

describe('against the sandbox', () => {
  test('it says of each call whether Telegram answered, also with a no, and nothing of one that we cut', async (t) => {
    const { sandbox, chatId } = await world(t)
    const heard: string[] = []
    const contact = { answered: () => void heard.push('answered'), unanswered: (why: string) => void heard.push(why) }
    const telegram = client(t, sandbox.url, { contact })
    await telegram.getMe()
    await telegram.sendText({ chatId: 404, text: 'x' })
    assert.deepEqual(heard.splice(0), ['answered', 'answered'])
    sandbox.control.addFault({ method: 'sendMessage', times: 1, action: { kind: 'html', status: 502 } })
    await telegram.sendText({ chatId, text: 'x' })
    assert.deepEqual(heard.splice(0), ['Telegram answers HTTP 502.'])
    const cut = new AbortController()
    const polled = telegram.getUpdates({ offset: 9, timeoutSeconds: 30, allowedUpdates: [] }, cut.signal)
    cut.abort()
    await polled
    assert.deepEqual(heard, [])
  })

  test('it sends, edits, answers taps, reads updates and sets the menu', async (t) => {
    const { sandbox, telegram, chatId } = await world(t)
    const { control } = sandbox
    const me = await telegram.getMe()
    assert.equal(me.ok && me.value.username, 'post_bot')
    const updates = await telegram.getUpdates(
      { offset: 0, timeoutSeconds: 0, allowedUpdates: ['message', 'callback_query'] },
      new AbortController().signal,
    )
    assert.equal(updates.ok && updates.value[0]?.message?.text, '/start')

    const keyboard = { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }]] }
    const sent = await telegram.sendText({ chatId, text: 'Move?', keyboard, silent: true, replyToMessageId: 999_999 })
    assert.ok(sent.ok)
    const [seen] = control.deliveries()
    assert.equal(seen?.messageId, sent.telegramMessageId)
    const [shown] = control.messages({ user: chatId }).filter(({ fromBot }) => fromBot)
    assert.equal(shown?.silent, true)

    const tapped = control.tap({ user: chatId, message: shown?.key ?? 0, button: 'yes' })
    assert.deepEqual(await telegram.answerCallback(tapped.id, 'Done'), { ok: true, value: true })
    assert.equal(control.callback(tapped.id).answer?.text, 'Done')

    const edit = { chatId, messageId: sent.telegramMessageId, text: 'Moved.' }
    assert.deepEqual(await telegram.editText(edit), { ok: true, value: true })
    assert.deepEqual(await telegram.editText(edit), { ok: true, value: true }, 'an edit that changes nothing is done')

    assert.ok((await telegram.setCommands([{ command: 'help', description: 'What I can do' }], 'ru')).ok)
    assert.ok((await telegram.setDescription('Carries messages', 'ru')).ok)
    assert.ok((await telegram.setShortDescription('Carries', 'ru')).ok)
    const hook = await telegram.getWebhookInfo()
    assert.equal(hook.ok && hook.value.url, '')
  })

  test('it sends any text as plain text', async (t) => {
    const { sandbox, telegram, chatId } = await world(t)
    const text = '<b>*_`[x](y)</b> &amp; \u{1F468}\u200D\u{1F469} "quotes" \\ тест'
    assert.ok((await telegram.sendText({ chatId, text })).ok)
    assert.equal(sandbox.control.deliveries()[0]?.text, text)
  })

  test('it knows the administrators of a group', async (t) => {
    const { sandbox, telegram, chatId } = await world(t)
    const group = sandbox.control.createChat({ type: 'group', title: 'Team', members: [chatId, 'post_bot'] })
    assert.deepEqual(await telegram.getChatAdministrators(group.id), { ok: true, value: [chatId] })
  })

  test('a wrong token is the bot’s fault and a stranger’s chat the chat’s', async (t) => {
    const { sandbox, telegram, chatId } = await world(t)
    const stranger = await telegram.sendText({ chatId: chatId + 1, text: 'x' })
    assert.equal(!stranger.ok && stranger.failure.kind, 'blocked')
    const wrong = client(t, sandbox.url, { token: '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' })
    const me = await wrong.getMe()
    assert.equal(!me.ok && me.failure.kind, 'bot_rejected')
    assert.equal(!me.ok && me.errorCode, 401)
  })
})

describe('when something goes wrong on the way', () => {
  const rows: { name: string; action: FaultAction; kind: string; stored: number }[] = [
    { name: 'the connection closes before', action: { kind: 'drop_before' }, kind: 'unknown', stored: 0 },
    { name: 'the connection closes after', action: { kind: 'drop_after' }, kind: 'unknown', stored: 1 },
    { name: 'the connection is reset before', action: { kind: 'reset', when: 'before' }, kind: 'unknown', stored: 0 },
    { name: 'the connection is reset after', action: { kind: 'reset' }, kind: 'unknown', stored: 1 },
    { name: 'half an answer', action: { kind: 'partial' }, kind: 'unknown', stored: 1 },
    { name: 'an answer that is no JSON', action: { kind: 'garbage', form: 'text' }, kind: 'unknown', stored: 1 },
    { name: 'JSON that breaks off', action: { kind: 'garbage', form: 'truncated' }, kind: 'unknown', stored: 1 },
    { name: 'an empty answer', action: { kind: 'garbage', form: 'empty' }, kind: 'unknown', stored: 1 },
    { name: 'a page instead of an answer: 502', action: { kind: 'html', status: 502 }, kind: 'unknown', stored: 0 },
    { name: 'a page instead of an answer: 413', action: { kind: 'html', status: 413 }, kind: 'refused', stored: 0 },
    { name: 'an error of Telegram', action: { kind: 'http', entry: 'restart' }, kind: 'unknown', stored: 0 },
    {
      name: 'a 429 without parameters',
      action: { kind: 'too_many_requests', retryAfterSeconds: 9, withoutParameters: true },
      kind: 'throttled',
      stored: 0,
    },
  ]
  for (const { name, action, kind, stored } of rows) {
    test(`${name}: ${kind}`, async (t) => {
      const { sandbox, telegram, chatId } = await world(t)
      sandbox.control.addFault({ method: 'sendMessage', times: 1, action })
      const result = await telegram.sendText({ chatId, text: 'x' })
      assert.equal(!result.ok && result.failure.kind, kind)
      assert.equal(sandbox.control.deliveries().length, stored)
      if (!result.ok && result.failure.kind === 'throttled') assert.equal(result.failure.retryAfterSeconds, 9)
      assert.ok((await telegram.sendText({ chatId, text: 'next' })).ok, 'the next call works')
    })
  }

  test('an answer that takes too long is unknown', async (t) => {
    const { sandbox, telegram, chatId } = await world(t, 200)
    sandbox.control.addFault({ method: 'sendMessage', times: 1, action: { kind: 'delay', when: 'after', ms: 60_000 } })
    // It is over when Telegram has it, however long that takes on a busy machine.
    const time = new AbortController()
    const timeout = t.mock.method(AbortSignal, 'timeout', () => time.signal)
    const sending = telegram.sendText({ chatId, text: 'x' })
    assert.deepEqual(timeout.mock.calls[0]?.arguments, [200])
    await until('it stands in the chat', () => sandbox.control.deliveries().length === 1)
    time.abort()
    const result = await sending
    assert.deepEqual(!result.ok && result.failure, {
      kind: 'unknown',
      reason: 'Telegram gave no answer in time; the message may have arrived.',
    })
  })

  test('an answer that drips byte by byte is read, or given up as unknown', async (t) => {
    const { sandbox, telegram, chatId } = await world(t)
    sandbox.control.addFault({ method: 'sendMessage', times: 1, action: { kind: 'slow_drip', msPerByte: 1 } })
    assert.ok((await telegram.sendText({ chatId, text: 'x' })).ok)
    sandbox.control.addFault({ method: 'sendMessage', times: 1, action: { kind: 'slow_drip', msPerByte: 1000 } })
    const cut = new AbortController()
    const slow = telegram.sendText({ chatId, text: 'y' }, cut.signal)
    while (sandbox.control.deliveries().length < 2) await new Promise((resolve) => setImmediate(resolve))
    cut.abort()
    const result = await slow
    assert.equal(!result.ok && result.failure.kind, 'unknown')
  })

  test('a call that is cut while Telegram works on it is unknown', async (t) => {
    const { sandbox, telegram, chatId } = await world(t)
    sandbox.control.addFault({ times: 1, action: { kind: 'delay', when: 'after', ms: 60_000 } })
    const cut = new AbortController()
    const sending = telegram.sendText({ chatId, text: 'x' }, cut.signal)
    while (sandbox.control.requests().length === 0) await new Promise((resolve) => setImmediate(resolve))
    cut.abort()
    const result = await sending
    assert.equal(!result.ok && result.failure.kind, 'unknown')
  })

  test('a long poll that is cut ends at once', async (t) => {
    const { telegram } = await world(t)
    const cut = new AbortController()
    await telegram.getUpdates({ offset: 0, timeoutSeconds: 0, allowedUpdates: ['message'] }, cut.signal)
    const polling = telegram.getUpdates(
      { offset: 2 ** 30, timeoutSeconds: 50, allowedUpdates: ['message'] },
      cut.signal,
    )
    cut.abort()
    assert.equal((await polling).ok, false)
  })
})

describe('what certainly never left is temporary', () => {
  const failureOf = async (telegram: TelegramClient, signal?: AbortSignal) => {
    const result = await telegram.sendText({ chatId: 1, text: 'x' }, signal)
    assert.ok(!result.ok)
    return result.failure
  }

  test('nobody listens', async (t) => {
    const port = await listen(t, net.createServer())
    const closed = net.createServer()
    const freePort = await listen(t, closed)
    closed.close()
    assert.notEqual(port, freePort)
    assert.deepEqual(await failureOf(client(t, `http://127.0.0.1:${freePort}`)), {
      kind: 'temporary',
      reason: "Nothing answers at the address of Telegram's server.",
    })
  })

  test('the name is unknown', async (t) => {
    assert.equal((await failureOf(client(t, 'http://telegram.invalid'))).kind, 'temporary')
  })

  test('the other end speaks no TLS', async (t) => {
    const port = await listen(
      t,
      net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    assert.equal((await failureOf(client(t, `https://127.0.0.1:${port}`))).kind, 'temporary')
  })

  test('TLS is never finished', async (t) => {
    const port = await listen(t, net.createServer())
    assert.equal((await failureOf(client(t, `https://127.0.0.1:${port}`, { timeoutMs: 200 }))).kind, 'temporary')
  })

  test('the call is cut before it begins, or before there is a connection', async (t) => {
    const port = await listen(t, net.createServer())
    const telegram = client(t, `https://127.0.0.1:${port}`)
    assert.equal((await failureOf(telegram, AbortSignal.abort())).kind, 'temporary')
    const cut = new AbortController()
    const sending = failureOf(telegram, cut.signal)
    cut.abort()
    assert.equal((await sending).kind, 'temporary')
  })
})

describe('the token', () => {
  test('appears in no failure, whatever the server says', async (t) => {
    const said: string[] = []
    for (const status of [400, 401, 403, 404, 429, 500]) {
      const apiRoot = await serving(t, (request, response) => {
        const description = `Bad Request: no ${request.url} and ${encodeURIComponent(TOKEN)}`
        response.writeHead(status).end(JSON.stringify({ ok: false, error_code: status, description }))
      })
      said.push(JSON.stringify(await client(t, apiRoot).getMe()))
      said.push(JSON.stringify(await client(t, apiRoot).sendText({ chatId: 1, text: 'x' })))
    }
    for (const text of said) assert.ok(!text.includes('AAHk_fOtc'), text)
  })

  test('with characters that no URL has breaks nothing', async (t) => {
    const paths: (string | undefined)[] = []
    const apiRoot = await serving(t, (request, response) => {
      paths.push(request.url)
      response.writeHead(404).end('{"ok":false,"error_code":404,"description":"Not Found"}')
    })
    const me = await client(t, apiRoot, { token: '1:a b/../\r\nx' }).getMe()
    assert.equal(!me.ok && me.failure.kind, 'bot_rejected')
    assert.deepEqual(paths, ['/bot1:a%20b%2F..%2F%0D%0Ax/getMe'])
  })
})

describe('the address', () => {
  test('may have a path, and slashes at its end', async (t) => {
    const paths: (string | undefined)[] = []
    const apiRoot = await serving(t, (request, response) => {
      paths.push(request.url)
      response.writeHead(200).end('{"ok":true,"result":{"id":1}}')
    })
    for (const suffix of ['', '/', '/telegram', '/telegram//']) await client(t, apiRoot + suffix).getMe()
    const path = `/bot${TOKEN}/getMe`
    assert.deepEqual(paths, [path, path, `/telegram${path}`, `/telegram${path}`])
  })

  for (const apiRoot of [
    '',
    'api.telegram.org',
    'ftp://api.telegram.org',
    'http://',
    'https://a:b@host',
    'http://h/?x',
  ]) {
    test(`"${apiRoot}" is refused with a sentence`, () => {
      assert.throws(
        () => createBotApiClient({ apiRoot, token: TOKEN, timeoutMs: 1 }),
        /^Error: The Bot API address .*\.$/,
      )
    })
  }
})

test('answers that are a success of the wrong shape are none', async (t) => {
  const apiRoot = await serving(t, (_, response) => response.writeHead(200).end('{"ok":true,"result":7}'))
  const telegram = client(t, apiRoot)
  const poll = { offset: 0, timeoutSeconds: 0, allowedUpdates: ['message'] } as const
  assert.equal((await telegram.getUpdates(poll, new AbortController().signal)).ok, false)
  assert.equal((await telegram.getMe()).ok, false)
})

describe('a yes to a message that names no message leaves open whether it was sent', () => {
  for (const result of [
    undefined,
    null,
    true,
    7,
    {},
    ...[0, -3, 1.5, 1e17, '12', null].map((message_id) => ({ message_id })),
  ]) {
    test(JSON.stringify({ ok: true, result }), async (t) => {
      const answer = JSON.stringify({ ok: true, result })
      const telegram = client(t, await serving(t, (_, response) => response.writeHead(200).end(answer)))
      const sent = await telegram.sendText({ chatId: 1, text: 'x' })
      assert.equal(!sent.ok && sent.failure.kind, 'unknown')
    })
  }
})
