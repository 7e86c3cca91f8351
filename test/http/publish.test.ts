import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { SCOPES, type Scope } from '../../src/domain/account.ts'
import { basic } from '../support/accounts.ts'
import { type Ask, dialectHouse } from '../support/dialect-house.ts'

const PASSWORD = 'correct horse battery staple'

async function start(t: TestContext, { linked = true } = {}) {
  const house = await dialectHouse(t)
  const body = { login: 'ann', password: PASSWORD, name: 'Ann' }
  assert.equal((await house.ask({ method: 'POST', url: '/v1/users', body })).status, 201)
  const chat = linked ? await house.link('ann') : undefined
  const headers = { authorization: basic('ann', PASSWORD) }

  async function token(scopes: readonly Scope[]): Promise<string> {
    const made = await house.ask({ method: 'POST', url: '/v1/tokens', headers, body: { name: 'script', scopes } })
    assert.equal(made.status, 201)
    return made.json.token
  }
  async function publish(secret: string, request: Pick<Ask, 'body' | 'form' | 'headers'>) {
    return await house.ask({ method: 'POST', url: `/s/${secret}`, ...request })
  }
  async function texts(): Promise<string[]> {
    const { json } = await house.ask({ method: 'GET', url: '/v1/messages?order=asc', headers })
    return json.items.map(({ text }: { text: string }) => text)
  }
  return { ...house, chat, headers, token, publish, texts }
}

const as = (type: string) => ({ headers: { 'content-type': type } })
const FORM = as('application/x-www-form-urlencoded')

describe('POST /s/<token>', () => {
  const good: readonly [name: string, request: Pick<Ask, 'body' | 'form' | 'headers'>, text: string][] = [
    ['what curl -d sends', { body: 'backup done', ...FORM }, 'backup done'],
    ['a text that looks like a form, and is none', { body: 'a=1&b=100%', ...FORM }, 'a=1&b=100%'],
    ['a form', { body: 'text=50%25+done%0A&silent=true', ...FORM }, '50% done\n'],
    ['a form that was written by hand', { body: 'text=5 + 5%0A= 10', ...FORM }, '5 + 5\n= 10'],
    ['a text with a field of ours in it', { body: 'disk=full&text=hello', ...FORM }, 'disk=full&text=hello'],
    ['a text that begins like a form', { body: 'text=5 + 5 & more', ...FORM }, 'text=5 + 5 & more'],
    ['a text that ends like a form', { body: 'text=a&', ...FORM }, 'text=a&'],
    ['a form without a text', { body: 'silent=true', ...FORM }, 'silent=true'],
    ['a form that is not well-formed', { body: 'text=100%', ...FORM }, 'text=100%'],
    ['a form that says a field twice', { body: 'text=a&text=b', ...FORM }, 'text=a&text=b'],
    ['a name of the language', { body: 'text=a&__proto__=b&toString=c', ...FORM }, 'text=a&__proto__=b&toString=c'],
    ['one word', { body: 'text', ...FORM }, 'text'],
    ['what is encoded and names no field', { body: 'a+b%26c', ...FORM }, 'a+b%26c'],
    ['a form in parts', { body: { text: 'день & ночь' }, form: 'multipart' }, 'день & ночь'],
    ['plain text', { body: 'one\ntwo\n', ...as('text/plain') }, 'one\ntwo'],
    ['plain text with a charset', { body: 'ü', ...as('text/plain; charset=utf-8') }, 'ü'],
    ['no type at all', { body: Buffer.from('piped 😀\r\n') }, 'piped 😀'],
    ['JSON', { body: { text: 'as JSON\n' } }, 'as JSON\n'],
  ]
  for (const [name, request, text] of good) {
    test(`sends ${name}`, async (t) => {
      const { token, publish, texts } = await start(t)
      const told = await publish(await token(['send']), request)
      assert.deepEqual([told.status, told.json.status, told.json.text], [202, 'queued', text])
      assert.deepEqual(await texts(), [text])
    })
  }

  const options = { priority: 5, delivery: 'at_most_once', digest: 'never', expiresAt: '2100-01-01T00:00:00.000Z' }
  const inForm = { text: 'x', silent: 'true', ...options, priority: '5' }
  for (const [name, request] of [
    ['JSON', { body: { text: 'x', silent: true, ...options } }],
    ['a form', { body: inForm, form: 'urlencoded' }],
    ['a form in parts', { body: inForm, form: 'multipart' }],
  ] as const) {
    test(`takes all that a message may say, as ${name}`, async (t) => {
      const { token, publish, everything } = await start(t)
      const { json } = await publish(await token(['send']), request)
      assert.partialDeepStrictEqual(json, options)
      assert.match(everything(json.id), /"silent":1/)
    })
  }

  test('says what is wrong where it is, as POST /v1/messages does', async (t) => {
    const { token, publish, ask, headers } = await start(t)
    const secret = await token(['send'])
    for (const body of [{}, { text: 5, colour: 'red' }, { text: 'x', expiresAt: 'tomorrow' }, [1]]) {
      const there = await ask({ method: 'POST', url: '/v1/messages', headers, body })
      assert.equal(there.status, 400)
      assert.deepEqual((await publish(secret, { body })).json, there.json)
    }
  })

  test('sends what is repeated with its Idempotency-Key once', async (t) => {
    const { token, publish, texts } = await start(t)
    const secret = await token(['send'])
    const headers = { 'content-type': 'text/plain', 'idempotency-key': 'backup-1' }
    const [first, again] = [
      await publish(secret, { body: 'x', headers }),
      await publish(secret, { body: 'x', headers }),
    ]
    assert.deepEqual([again.status, again.json], [202, first.json])
    assert.deepEqual(
      [first.headers['idempotency-replayed'], again.headers['idempotency-replayed']],
      [undefined, 'true'],
    )
    assert.equal((await publish(secret, { body: 'y', headers })).json.code, 'idempotency_conflict')
    assert.deepEqual(await texts(), ['x'])
  })

  test('works with a slash at the end, too', async (t) => {
    const { token, publish, texts } = await start(t)
    const told = await publish(`${await token(['send'])}/`, { body: 'x', ...FORM })
    assert.deepEqual([told.status, await texts()], [202, ['x']])
  })

  test('goes to the chat that it names, and to none of somebody else', async (t) => {
    const { token, publish, link, chat } = await start(t)
    const other = await link('ann')
    const secret = await token(['send'])
    assert.equal((await publish(secret, { body: { text: 'x' } })).json.chatId, chat?.chatId)
    assert.equal((await publish(secret, { body: { text: 'x', chatId: other.chatId } })).json.chatId, other.chatId)
    assert.equal((await publish(secret, { body: { text: 'x', chatId: 'cht_bobs' } })).json.code, 'not_found')
  })

  test('needs a token that may send, and stores nothing otherwise', async (t) => {
    const { token, publish, everything, headers, ask } = await start(t)
    const [reader, dead] = [await token(['read', 'manage']), await token(['send'])]
    const { json } = await ask({ method: 'GET', url: '/v1/tokens', headers })
    const hinted = json.items.find(({ hint }: { hint: string }) => dead.endsWith(hint))
    assert.equal((await ask({ method: 'DELETE', url: `/v1/tokens/${hinted.id}`, headers })).status, 204)
    const before = everything()
    for (const [secret, code] of [
      [reader, 'scope_missing'],
      [dead, 'credentials_invalid'],
      ['pr_nothing', 'credentials_invalid'],
      ['x', 'credentials_invalid'],
    ] as const) {
      assert.equal((await publish(secret, { body: 'x', ...FORM })).json.code, code)
    }
    assert.equal(everything(), before)
  })

  test('refuses what is no text, and then nothing is stored', async (t) => {
    const { token, publish, texts } = await start(t)
    const secret = await token(['send'])
    const bad: readonly [Pick<Ask, 'body' | 'form' | 'headers'>, string][] = [
      [{}, 'request_invalid'],
      [{ body: '', ...FORM }, 'request_invalid'],
      [{ body: '\n', ...as('text/plain') }, 'request_invalid'],
      [{ body: {} }, 'request_invalid'],
      [{ body: { text: 5 } }, 'request_invalid'],
      [{ body: { text: 'x', chatId: 5 } }, 'request_invalid'],
      [{ body: '[1]', ...as('application/json') }, 'request_invalid'],
      [{ body: '"as a text"', ...as('application/json') }, 'request_invalid'],
      [{ body: { text: 'x', colour: 'red' } }, 'request_invalid'],
      [{ body: { text: 'x', priority: '3' } }, 'request_invalid'],
      [{ body: 'text=x&priority=9', ...FORM }, 'request_invalid'],
      [{ body: 'text=x&silent=yes', ...FORM }, 'request_invalid'],
      [{ body: { text: 'x', colour: 'red' }, form: 'multipart' }, 'request_invalid'],
      [{ body: 'x', headers: { 'content-type': 'text/plain', 'idempotency-key': 'a b' } }, 'request_invalid'],
      [{ body: Buffer.from([0xff]), ...as('text/plain') }, 'request_invalid'],
      [{ body: 'x'.repeat(32_769), ...FORM }, 'request_invalid'],
      [{ body: 'x'.repeat(600_000), ...FORM }, 'body_too_large'],
      [{ body: 'x', ...as('image/png') }, 'media_type_unsupported'],
    ]
    for (const [request, code] of bad) assert.equal((await publish(secret, request)).json.code, code)
    assert.deepEqual(await texts(), [])
  })

  test('is told that no chat is linked', async (t) => {
    const { token, publish } = await start(t, { linked: false })
    assert.equal((await publish(await token(['send']), { body: 'x', ...FORM })).json.code, 'chat_not_linked')
  })

  test('keeps the token to itself: no log, no answer and no address that a browser passes on has it', async (t) => {
    const { token, publish, ask, log } = await start(t)
    const secret = await token(['send', 'read'])
    const answers = [
      await publish(secret, { body: 'x', ...FORM }),
      await publish(secret, { body: {} }),
      await publish(`${secret}x`, { body: 'x', ...FORM }),
      await ask({ method: 'GET', url: `/s/${secret}` }),
      await ask({ method: 'POST', url: `/s/${secret}/more`, body: 'x', ...FORM }),
    ]
    for (const { text, headers } of answers) {
      assert.ok(!text.includes(secret) && !JSON.stringify(headers).includes(secret), text)
      assert.equal(headers['referrer-policy'], 'no-referrer')
    }
    assert.ok(log.lines.some(({ fields }) => JSON.stringify(fields).includes('/s/:token')))
    assert.ok(!JSON.stringify(log.lines).includes(secret.slice(3)))
  })
})

describe('GET /v1/whoami', () => {
  test('tells any credentials whose they are and what they may do', async (t) => {
    const { ask, token, headers } = await start(t)
    const { json: user } = await ask({ method: 'GET', url: '/v1/me', headers })
    const whoami = async (given: Record<string, string>) =>
      (await ask({ method: 'GET', url: '/v1/whoami', headers: given })).json
    assert.deepEqual(await whoami(headers), { user, via: 'basic', scopes: SCOPES })
    for (const scopes of [['send'], ['read', 'manage']] as const) {
      const secret = await token(scopes)
      for (const scheme of ['Bearer', 'Token']) {
        assert.deepEqual(await whoami({ authorization: `${scheme} ${secret}` }), { user, via: 'token', scopes })
      }
    }
    const body = { login: 'ann', password: PASSWORD }
    const { accessToken } = (await ask({ method: 'POST', url: '/v1/sessions', body })).json
    assert.deepEqual(await whoami({ authorization: `Bearer ${accessToken}` }), { user, via: 'session', scopes: SCOPES })
    const cookie = `postrider_session=${accessToken}`
    assert.deepEqual(await whoami({ cookie }), { user, via: 'cookie', scopes: SCOPES })
    assert.equal((await whoami({})).code, 'credentials_invalid')
  })
})
