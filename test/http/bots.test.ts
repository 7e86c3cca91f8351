import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { newBot, owner, refused, startBotsApp } from '../support/bots.ts'
import { Stranger } from '../support/loop.ts'
import { testSandbox, WireBot } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

async function setUp(t: TestContext, env: Record<string, string> = {}) {
  const sandbox = await testSandbox(t)
  const app = await startBotsApp(t, sandbox, { env })
  const ann = await owner(app, sandbox, 'ann')
  const list = async (who = ann) => (await who.ask('GET', '/v1/bots')).body.items
  return { sandbox, app, ann, list }
}

describe('adding a bot', () => {
  test('the list says how many an account may have, and which bot is there for everybody', async (t) => {
    const { ann } = await setUp(t)
    const { status, body } = await ann.ask('GET', '/v1/bots')
    assert.equal(status, 200)
    assert.deepEqual([body.items, body.limit], [[], 5])
    assert.match(body.shared.username, /bot$/i)
    assert.equal('tokenHint' in body.shared, false)
  })

  test('Telegram is asked whose token it is, and the bot is there, with the end of its token', async (t) => {
    const { sandbox, ann, list } = await setUp(t)
    const { token, username, name } = newBot(sandbox)
    const { status, body } = await ann.ask('POST', '/v1/bots', { token, title: 'Orders', active: false, echo: true })
    assert.equal(status, 201)
    const { id, stateSince, createdAt, ...rest } = body
    const wished = { title: 'Orders', active: false, echo: true }
    const state = { takeOver: false, state: 'idle', stateReason: null, stateCause: null, waiting: 0 }
    assert.deepEqual(rest, { username, name, ...wished, ...state, tokenHint: token.slice(-4) })
    assert.match(id, /^bot_/)
    for (const time of [stateSince, createdAt]) assert.ok(Math.abs(Date.parse(time) - Date.now()) < 600_000)
    assert.deepEqual(await list(), [body])
    assert.deepEqual((await ann.ask('GET', `/v1/bots/${id}`)).body, body)
  })

  test('it is active and says nothing by itself, unless it is told otherwise', async (t) => {
    const { sandbox, ann } = await setUp(t)
    const { body } = await ann.ask('POST', '/v1/bots', { token: newBot(sandbox).token })
    assert.deepEqual([body.active, body.echo, body.title, body.state], [true, false, null, 'starting'])
  })

  test('what is no token is refused without asking Telegram', async (t) => {
    const { sandbox, ann, list } = await setUp(t)
    await sandbox.stop()
    for (const token of [
      '',
      'x',
      '123',
      ':abc',
      `0123456:${'a'.repeat(35)}`,
      `123456:${'a'.repeat(10)}`,
      `123456:${'ä'.repeat(35)}`,
      `123456:${'a'.repeat(300)}`,
      `123456:${'a'.repeat(20)} ${'a'.repeat(20)}`,
    ]) {
      assert.equal(refused(await ann.ask('POST', '/v1/bots', { token })), '422 bot_token_invalid', token)
    }
    assert.deepEqual(await list(), [])
  })

  test('a token that was pasted with blanks and line breaks around it is that token', async (t) => {
    const { sandbox, ann } = await setUp(t)
    const view = newBot(sandbox)
    const pasted = { token: `\r\n ${view.token}\t\n`, active: false }
    const { status, body: bot } = await ann.ask('POST', '/v1/bots', pasted)
    assert.deepEqual([status, bot.tokenHint], [201, view.token.slice(-4)])
    const { token } = sandbox.control.revokeToken(view.username)
    const { body } = await ann.ask('PATCH', `/v1/bots/${bot.id}`, { token: `${token}\n` })
    assert.equal(body.tokenHint, token.slice(-4))
  })

  test('a token that nobody has, and one that was revoked, is refused, and nothing is stored', async (t) => {
    const { sandbox, ann, list } = await setUp(t)
    const unknown = `123456789:${'a'.repeat(35)}`
    const { token: revoked, username } = newBot(sandbox)
    sandbox.control.revokeToken(username)
    for (const token of [unknown, revoked]) {
      assert.equal(refused(await ann.ask('POST', '/v1/bots', { token })), '422 bot_token_invalid')
    }
    assert.deepEqual(await list(), [])
  })

  test('a bot that anybody has is refused in the same words, whoever has it', async (t) => {
    const { sandbox, app, ann, list } = await setUp(t)
    const bob = await owner(app, sandbox, 'bob')
    const { token } = newBot(sandbox)
    await ann.ask('POST', '/v1/bots', { token })
    const shared = sandbox.control.bot('postrider_bot').token
    const answers = [
      await ann.ask('POST', '/v1/bots', { token }),
      await bob.ask('POST', '/v1/bots', { token }),
      await bob.ask('POST', '/v1/bots', { token: shared }),
    ]
    for (const answer of answers) {
      assert.equal(refused(answer), '409 bot_token_taken')
      assert.equal(answer.body.detail, answers[0]?.body.detail)
      assert.doesNotMatch(JSON.stringify(answer.body), /ann|usr_|bot_0/)
    }
    assert.deepEqual([(await list()).length, (await list(bob)).length], [1, 0])
  })

  test('while Telegram cannot be asked it is refused for now, and nothing is stored', async (t) => {
    const { sandbox, ann, list } = await setUp(t)
    const { token } = newBot(sandbox)
    await sandbox.stop()
    assert.equal(refused(await ann.ask('POST', '/v1/bots', { token })), '503 telegram_unavailable')
    assert.deepEqual(await list(), [])
  })

  test('while Telegram asks to wait, because too many tokens are new to it, it says until when, and nobody asks again', async (t) => {
    const { sandbox, app, ann, list } = await setUp(t)
    const bob = await owner(app, sandbox, 'bob')
    const known = newBot(sandbox)
    const { body: bot } = await ann.ask('POST', '/v1/bots', { token: known.token })
    await until('it runs', async () => (await ann.ask('GET', `/v1/bots/${bot.id}`)).body.state === 'running')
    const others = Array.from({ length: 25 }, () => new WireBot(sandbox, newBot(sandbox)))
    await Promise.all(others.map((bot) => bot.call('getMe')))
    const [token, another] = [newBot(sandbox).token, newBot(sandbox).token]
    const askedBefore = sandbox.control.requests({ method: 'getMe' }).length
    for (const answer of [
      await ann.ask('POST', '/v1/bots', { token }),
      await ann.ask('POST', '/v1/bots', { token }),
      await bob.ask('POST', '/v1/bots', { token: another }),
    ]) {
      assert.equal(refused(answer), '503 telegram_unavailable')
      assert.match(answer.body.detail, /asks to wait \d+ s/)
      assert.ok(Number(answer.headers.get('retry-after')) > 0)
    }
    assert.equal(sandbox.control.requests({ method: 'getMe' }).length, askedBefore + 1)
    assert.deepEqual([(await list()).length, await list(bob)], [1, []])
    // Of a bot that Telegram knows it counts nothing.
    assert.equal((await ann.ask('PATCH', `/v1/bots/${bot.id}`, { token: known.token })).status, 200)
  })

  test('whoever tries one token after the other is made to wait, and good ones do not count', async (t) => {
    const { sandbox, ann } = await setUp(t)
    const { token } = newBot(sandbox)
    assert.equal((await ann.ask('POST', '/v1/bots', { token })).status, 201)
    const lines: string[] = []
    for (let n = 0; n < 12; n++) {
      lines.push(refused(await ann.ask('POST', '/v1/bots', { token: `123456789:${'a'.repeat(30)}${1000 + n}` })))
    }
    assert.deepEqual(lines.slice(0, 10), Array(10).fill('422 bot_token_invalid'))
    assert.deepEqual(lines.slice(10), Array(2).fill('429 too_many_requests'))
  })

  test('at most MAX_BOTS_PER_USER, also of a hundred that come at the same time, and inactive ones count', async (t) => {
    const { sandbox, ann, list } = await setUp(t)
    const tokens = Array.from({ length: 100 }, () => newBot(sandbox).token)
    // A hundred passwords at once would be too many guesses.
    const { body: session } = await ann.ask('POST', '/v1/sessions', { login: 'ann', password: 'correct horse' })
    const headers = { authorization: `Bearer ${session.accessToken}` }
    const adding = tokens.map((token, n) => ann.ask('POST', '/v1/bots', { token, active: n % 2 === 0 }, headers))
    const lines = (await Promise.all(adding)).map(({ status, body }) => `${status} ${body.code ?? ''}`)
    const counts = Array.from(
      Map.groupBy(lines, (line) => line),
      ([line, all]) => [line, all.length],
    )
    assert.deepEqual(Object.fromEntries(counts), { '201 ': 5, '403 bot_limit_reached': 95 })
    const [one] = await list()
    assert.equal((await list()).length, 5)
    await ann.ask('DELETE', `/v1/bots/${one.id}`)
    assert.equal((await ann.ask('POST', '/v1/bots', { token: tokens[99] })).status, 201)
    assert.equal(refused(await ann.ask('POST', '/v1/bots', { token: tokens[98] })), '403 bot_limit_reached')
  })

  test('a title is one visible line of at most 64 characters, or none', async (t) => {
    const { sandbox, ann } = await setUp(t)
    const { token } = newBot(sandbox)
    for (const title of ['a\nb', 'x'.repeat(65), '\u200b', '\ud800', 7]) {
      assert.equal(refused(await ann.ask('POST', '/v1/bots', { token, title })), '400 request_invalid')
    }
    const { body } = await ann.ask('POST', '/v1/bots', { token, title: '🐎'.repeat(64), active: false })
    assert.equal(body.title, '🐎'.repeat(64))
    for (const title of ['', '  ', null]) {
      assert.equal((await ann.ask('PATCH', `/v1/bots/${body.id}`, { title })).body.title, null)
    }
  })
})

describe('changing a bot', () => {
  test('what is named is changed, and what is absent stays', async (t) => {
    const { sandbox, ann } = await setUp(t)
    const { body: bot } = await ann.ask('POST', '/v1/bots', {
      token: newBot(sandbox).token,
      title: 'Old',
      active: false,
    })
    const { body: titled } = await ann.ask('PATCH', `/v1/bots/${bot.id}`, { title: 'New' })
    assert.deepEqual(titled, { ...bot, title: 'New' })
    const { body: on } = await ann.ask('PATCH', `/v1/bots/${bot.id}`, { active: true, echo: true, takeOver: true })
    assert.deepEqual([on.active, on.echo, on.state, on.title], [true, true, 'starting', 'New'])
    const { body: off } = await ann.ask('PATCH', `/v1/bots/${bot.id}`, { active: false })
    assert.deepEqual([on.takeOver, off.takeOver], [true, true], 'asked for, and not done yet')
    assert.deepEqual([off.active, off.state, off.stateReason], [false, 'idle', null])
    assert.equal(refused(await ann.ask('PATCH', `/v1/bots/${bot.id}`, { state: 'running' })), '400 request_invalid')
  })

  test('a new token of the same bot keeps its id, its chats and its messages', async (t) => {
    const { sandbox, ann } = await setUp(t)
    const view = newBot(sandbox)
    const { body: bot } = await ann.ask('POST', '/v1/bots', { token: view.token, active: false })
    const path = `/v1/bots/${bot.id}`
    const revoked = view.token
    const { token } = sandbox.control.revokeToken(view.username)
    assert.equal(refused(await ann.ask('PATCH', path, { token: revoked })), '422 bot_token_invalid')
    assert.deepEqual((await ann.ask('GET', path)).body, bot)
    const { body: renewed } = await ann.ask('PATCH', path, { token })
    assert.deepEqual({ ...renewed, stateSince: bot.stateSince }, { ...bot, tokenHint: token.slice(-4) })
    assert.equal((await ann.ask('PATCH', path, { token, active: true })).body.state, 'starting')
  })

  test('the token of another bot is refused, and says so', async (t) => {
    const { sandbox, ann } = await setUp(t)
    const { body: bot } = await ann.ask('POST', '/v1/bots', { token: newBot(sandbox).token, active: false })
    const answer = await ann.ask('PATCH', `/v1/bots/${bot.id}`, { token: newBot(sandbox).token, title: 'x' })
    assert.equal(refused(answer), '422 bot_token_invalid')
    assert.match(answer.body.detail, /another bot/)
    assert.deepEqual((await ann.ask('GET', `/v1/bots/${bot.id}`)).body, bot)
  })
})

describe('whose bot it is', () => {
  test('another account’s, the shared one and one that never was look the same', async (t) => {
    const { sandbox, app, ann } = await setUp(t)
    const { body: bot } = await ann.ask('POST', '/v1/bots', { token: newBot(sandbox).token, active: false })
    const { body: link } = await ann.ask('POST', '/v1/link-codes')
    const phone = await ann.person('Annie', 'en')
    await phone.start(link.code)
    const shared = await until(
      'the chat is linked',
      async () => (await ann.ask('GET', '/v1/chats')).body.items[0]?.botId,
    )
    const eve = await owner(app, sandbox, 'eve')
    for (const id of [bot.id, shared, 'bot_never']) {
      for (const [method, body] of [
        ['GET'],
        ['PATCH', { active: true }],
        ['PATCH', { token: newBot(sandbox).token }],
        ['DELETE'],
      ] as const) {
        assert.equal(refused(await eve.ask(method, `/v1/bots/${id}`, body)), '404 not_found', `${method} ${id}`)
      }
      if (id !== shared) assert.equal(refused(await eve.ask('POST', '/v1/link-codes', { botId: id })), '404 not_found')
    }
    assert.deepEqual((await ann.ask('GET', `/v1/bots/${bot.id}`)).body, bot)
    const stranger = new Stranger(app.url, sandbox.url, 'nobody')
    assert.equal(refused(await stranger.ask('GET', '/v1/bots')), '401 credentials_invalid')
  })

  test('a token with the scope read looks, and changes nothing', async (t) => {
    const { sandbox, ann } = await setUp(t)
    const { body: made } = await ann.ask('POST', '/v1/tokens', { name: 'look', scopes: ['read', 'send'] })
    const headers = { authorization: `Bearer ${made.token}` }
    assert.equal((await ann.ask('GET', '/v1/bots', undefined, headers)).status, 200)
    const { token } = newBot(sandbox)
    assert.equal(refused(await ann.ask('POST', '/v1/bots', { token }, headers)), '403 scope_missing')
    assert.equal(refused(await ann.ask('PATCH', '/v1/bots/bot_x', {}, headers)), '403 scope_missing')
    assert.equal(refused(await ann.ask('DELETE', '/v1/bots/bot_x', undefined, headers)), '403 scope_missing')
  })

  test('with the account go its bots, and others may have them', async (t) => {
    const { sandbox, app, ann } = await setUp(t)
    const { token } = newBot(sandbox)
    await ann.ask('POST', '/v1/bots', { token })
    assert.equal((await ann.ask('DELETE', '/v1/me', { password: 'correct horse' })).status, 204)
    const bob = await owner(app, sandbox, 'bob')
    assert.equal((await bob.ask('POST', '/v1/bots', { token })).status, 201)
  })
})

describe('through an own bot', () => {
  test('a chat is linked, gets what is sent to it, and ends with the bot', async (t) => {
    const { sandbox, ann } = await setUp(t)
    const view = newBot(sandbox)
    const { body: bot } = await ann.ask('POST', '/v1/bots', { token: view.token })
    const { body: link } = await ann.ask('POST', '/v1/link-codes', { botId: bot.id })
    assert.equal(link.botUsername, view.username)
    const annie = sandbox.control.createUser({ firstName: 'Annie', languageCode: 'en' })
    sandbox.control.start({ user: annie.id, bot: view.id, payload: link.code })
    const chat = await until('the chat is linked', async () => (await ann.ask('GET', '/v1/chats')).body.items[0])
    assert.equal(chat.botId, bot.id)
    const { body: sent } = await ann.ask('POST', '/v1/messages', { text: 'your order is here', chatId: chat.id })
    const message = async () => (await ann.ask('GET', `/v1/messages/${sent.id}`)).body
    await until('it arrives', async () => (await message()).status === 'delivered')
    const heard = await ann.telegram<{ message: { text: string } }[]>(`messages?user=${annie.id}&bot=${view.username}`)
    assert.equal(heard.at(-1)?.message.text, 'ann, I got a message from you:\nyour order is here')

    await ann.ask('PATCH', `/v1/bots/${bot.id}`, { active: false })
    const { body: waiting } = await ann.ask('POST', '/v1/messages', { text: 'never', chatId: chat.id })
    assert.deepEqual([waiting.status, waiting.waitingFor], ['queued', 'bot_inactive'])
    assert.equal((await ann.ask('GET', `/v1/bots/${bot.id}`)).body.waiting, 1)
    assert.equal((await ann.ask('DELETE', `/v1/bots/${bot.id}`)).status, 204)
    assert.equal(refused(await ann.ask('GET', `/v1/bots/${bot.id}`)), '404 not_found')
    const { body: ended } = await ann.ask('GET', `/v1/messages/${waiting.id}`)
    assert.deepEqual([ended.status, ended.error.code], ['failed', 'bot_deleted'])
    assert.equal((await message()).status, 'delivered')
    assert.deepEqual((await ann.ask('GET', '/v1/chats')).body.items, [])
  })
})

test('the token stands nowhere but in the request: in no answer, log line, file or metric', async (t) => {
  const { sandbox, app, ann } = await setUp(t)
  const view = newBot(sandbox)
  const bad = `123456789:${'b'.repeat(35)}`
  const answers = [
    await ann.ask('POST', '/v1/bots', { token: bad }),
    await ann.ask('POST', '/v1/bots', { token: view.token, titel: 'x' }),
    await ann.ask('POST', '/v1/bots', { token: [view.token] }),
    await ann.ask('POST', '/v1/bots', { token: view.token }),
    await ann.ask('POST', '/v1/bots', { token: view.token }),
    await ann.ask('GET', '/v1/bots'),
    await ann.ask('GET', `/v1/bots?token=${view.token}`),
  ]
  const id = answers[3]?.body.id
  answers.push(await ann.ask('PATCH', `/v1/bots/${id}`, { token: view.token, echo: true }))
  answers.push(await ann.ask('PATCH', `/v1/bots/${id}`, { token: bad.replace('123456789', String(view.id)) }))
  const metrics = await (await fetch(`${app.url}/metrics`)).text()
  await app.stop()
  const files = readdirSync(app.dataDir).map((file) => readFileSync(join(app.dataDir, file), 'latin1'))
  assert.ok(
    files.some((content) => content.includes('v1.')),
    'this looked at the database',
  )
  const places = [JSON.stringify(answers), JSON.stringify(app.log.lines), metrics, ...files]
  for (const token of [view.token, bad]) {
    const secret = token.split(':')[1] ?? ''
    for (const place of places) {
      assert.ok(!place.includes(secret))
      assert.ok(!place.includes(Buffer.from(secret).toString('base64').replace(/=+$/, '')))
    }
  }
})
