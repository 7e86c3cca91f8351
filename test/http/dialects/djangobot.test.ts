import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { SENDING_TOKEN_NAME } from '../../../src/usecases/claim-chat-for-token.ts'
import { FRESH_LOG_IN_MS } from '../../../src/usecases/restate-account.ts'
import { type Ask, type DialectHouse, dialectHouse } from '../../support/dialect-house.ts'

const PSW = 'correct horse battery staple'
const DENIED = { message: 'Доступ запрещен' }
const INVALID_TOKEN = { answer: 'invalid token' }

type Person = Awaited<ReturnType<typeof person>>

/** Registered and logged in. */
async function person(house: DialectHouse, login: string) {
  const body = { name: login, login, psw: PSW }
  assert.equal((await house.ask({ method: 'POST', url: '/api/user/', body })).status, 201)
  return { login, ...(await logIn(house, login)) }
}

async function logIn(house: DialectHouse, login: string, psw = PSW) {
  const told = await house.ask({ method: 'POST', url: '/api/auth/', body: { login, psw } })
  const jwt = String(told.json.access_token)
  return { status: told.status, jwt, headers: { authorization: `Bearer ${jwt}` } }
}

async function enterCode(house: DialectHouse, { headers }: Pick<Person, 'headers'>, code?: string | number) {
  const body = { code: code ?? (await house.codeFromBot()).code }
  return house.ask({ method: 'POST', url: '/api/cabinet/', headers, body })
}

async function start(t: TestContext) {
  const house = await dialectHouse(t)
  const ann = await person(house, 'ann')
  const ask = (method: Ask['method'], url: string, body?: object, headers: Record<string, string> = ann.headers) =>
    house.ask({ method, url, headers, ...(body && { body }) })
  const send = (botToken: string, text = 'hello', type = 'Text') =>
    house.ask({ method: 'POST', url: '/api/send_message/', body: { text, type, bot_token: botToken } })
  return { house, ann, ask, send }
}

async function linked(t: TestContext) {
  const parts = await start(t)
  return { ...parts, botToken: String((await enterCode(parts.house, parts.ann)).json.bot_token) }
}

describe('an account of djangobot', () => {
  test('is addressed in Russian', async (t) => {
    const { house } = await start(t)
    assert.equal((await house.store.findUserByLogin('ann'))?.user.locale, 'ru')
  })

  test('is refused in its words when it cannot be', async (t) => {
    const { ask } = await start(t)
    const good = { name: 'Bob', login: 'bob', psw: PSW }
    const refusals: [object, object][] = [
      [{ ...good, login: 'ANN' }, { answer: 'login is already used' }],
      [{}, invalidData('name: This field is required.; login: This field is required.; psw: This field is required.')],
      [{ ...good, psw: '1234567' }, invalidData('psw: must have 8 to 256 characters')],
      [{ ...good, name: ' ' }, invalidData('name: This field may not be blank.')],
    ]
    for (const [body, json] of refusals) {
      const told = await ask('POST', '/api/user', body, {})
      assert.deepEqual([told.status, told.json], [400, json])
    }
  })

  test('is logged in with both fields or not at all', async (t) => {
    const { ask } = await start(t)
    for (const body of [{}, { login: 'ann' }, { psw: PSW }, { login: '', psw: '' }, { login: 'ann', psw: [PSW] }]) {
      const { status, json } = await ask('POST', '/api/auth/', body, {})
      const wanted = { answer: 'invalid input data', details: 'login and psw fields required' }
      assert.deepEqual([status, json], [400, wanted])
    }
    for (const login of ['ann', 'nobody']) {
      const { status, json } = await ask('POST', '/api/auth/', { login, psw: 'wrong password' }, {})
      assert.deepEqual([status, json], [401, { answer: 'access denied', details: 'login or psw is wrong' }])
    }
  })

  test('is proven by its access token behind any word and behind none', async (t) => {
    const { ann, ask } = await start(t)
    for (const word of ['Bearer ', 'bearer ', 'JWT ', 'Token ', 'слово ', '']) {
      // A header is bytes.
      const authorization = Buffer.from(`${word}${ann.jwt}`).toString('latin1')
      assert.equal((await ask('GET', '/api/cabinet/', undefined, { authorization })).status, 200, word)
    }
    for (const authorization of [`${ann.jwt}x`, `Bearer Bearer ${ann.jwt}`, 'Bearer', ' ', 'x.y.z']) {
      const { status, json } = await ask('GET', '/api/cabinet', undefined, { authorization })
      assert.deepEqual([status, json], [403, { answer: 'access denied' }], authorization)
    }
  })

  test('changes name and login with the password that it has, and every session goes on', async (t) => {
    const { house, ann, ask } = await start(t)
    const other = await logIn(house, 'ann')
    const told = await ask('PUT', '/api/user', { name: 'Anna', login: 'anna', psw: PSW })
    assert.deepEqual([told.status, told.json], [200, { answer: 'success data was changed' }])
    for (const { headers } of [ann, other]) {
      assert.equal((await ask('GET', '/api/cabinet', undefined, headers)).json.name, 'Anna')
    }
    assert.equal((await logIn(house, 'anna')).status, 200)
    assert.equal((await logIn(house, 'ann')).status, 401)
  })

  test('gets a new password, which ends every session but the one that set it', async (t) => {
    const { house, ask } = await start(t)
    const other = await logIn(house, 'ann')
    const psw = 'another horse, another staple'
    assert.equal((await ask('PUT', '/api/user/', { name: 'ann', login: 'ann', psw })).status, 200)
    assert.equal((await ask('GET', '/api/cabinet')).status, 200)
    assert.equal((await ask('GET', '/api/cabinet', undefined, other.headers)).status, 403)
    assert.equal((await logIn(house, 'ann')).status, 401)
    assert.equal((await logIn(house, 'ann', psw)).status, 200)
  })

  test('keeps what it has when a change is refused', async (t) => {
    const { house, ask } = await start(t)
    await person(house, 'bob')
    const before = house.everything()
    const psw = 'another horse, another staple'
    const refusals: [object, number, object][] = [
      [{ name: 'ann', login: 'BOB', psw }, 400, { answer: 'login is already used' }],
      [{ name: 'ann', login: 'ann', psw: 'short' }, 400, invalidData('psw: must have 8 to 256 characters')],
      [{ name: 'ann', psw }, 400, invalidData('login: This field is required.')],
    ]
    for (const [body, status, json] of refusals) {
      const told = await ask('PUT', '/api/user/', body)
      assert.deepEqual([told.status, told.json], [status, json])
    }
    const stranger = await ask('PUT', '/api/user/', { name: 'ann', login: 'ann', psw }, {})
    assert.deepEqual([stranger.status, stranger.json], [403, DENIED])
    assert.equal(house.everything(), before)
  })

  test('gets no new password from an API token or a cookie, which may change its name', async (t) => {
    const { house, ann, ask } = await start(t)
    const token = { name: 'script', scopes: ['manage'] }
    const { json } = await ask('POST', '/v1/tokens', token)
    const psw = 'another horse, another staple'
    const proofs: Record<string, string>[] = [
      { authorization: `Token ${json.token}` },
      { cookie: `postrider_session=${ann.jwt}` },
    ]
    for (const headers of proofs) {
      const told = await ask('PUT', '/api/user', { name: 'Eve', login: 'ann', psw }, headers)
      assert.deepEqual(told.status, 403)
      assert.match(told.json.details, /log in again/)
      assert.equal((await ask('PUT', '/api/user', { name: 'Ann', login: 'ann', psw: PSW }, headers)).status, 200)
    }
    assert.equal((await logIn(house, 'ann')).status, 200)
  })

  test('gets a new password only soon after a log-in, and any time a new name with the password that it has', async (t) => {
    const { house, ask } = await start(t)
    const psw = 'another horse, another staple'
    house.clock.advance(FRESH_LOG_IN_MS + 1)
    const before = house.everything()
    const stale = await ask('PUT', '/api/user', { name: 'Eve', login: 'eve', psw })
    assert.deepEqual([stale.status, stale.json.answer], [403, 'access denied'])
    assert.match(stale.json.details, /log in again/)
    assert.equal(house.everything(), before)
    assert.equal((await ask('PUT', '/api/user', { name: 'Ann', login: 'ann', psw: PSW })).status, 200)
    const { headers } = await logIn(house, 'ann')
    house.clock.advance(FRESH_LOG_IN_MS)
    assert.equal((await ask('PUT', '/api/user', { name: 'Ann', login: 'ann', psw }, headers)).status, 200)
  })

  test('gets no new password from an access token that was sent to the bot', async (t) => {
    const { house, ann, ask } = await start(t)
    const psw = 'another horse, another staple'
    assert.equal((await house.showToBot(ann.jwt)).outcome.result, 'linked')
    const told = await ask('PUT', '/api/user', { name: 'Ann', login: 'ann', psw })
    assert.deepEqual([told.status, told.json.answer], [403, 'access denied'])
    assert.match(told.json.details, /log in again/)
    assert.equal((await ask('PUT', '/api/user', { name: 'Ann', login: 'ann', psw: PSW })).status, 200)
    const { headers } = await logIn(house, 'ann')
    assert.equal((await ask('PUT', '/api/user', { name: 'Ann', login: 'ann', psw }, headers)).status, 200)
  })

  test('does not let its password be guessed by changing the account', async (t) => {
    const { house, ask } = await start(t)
    house.clock.advance(FRESH_LOG_IN_MS + 1)
    const guess = async (psw: string) => {
      const { status, headers, json } = await ask('PUT', '/api/user', { name: 'ann', login: 'ann', psw })
      return { status, wait: headers['retry-after'], json }
    }
    for (let i = 0; i < 10; i++) assert.equal((await guess(`wrong password ${i}`)).status, 403)
    const before = house.everything()
    for (const psw of ['wrong password 10', PSW]) {
      const { status, wait, json } = await guess(psw)
      assert.deepEqual([status, typeof json.details], [429, 'string'])
      assert.ok(Number(wait) > 0)
    }
    assert.equal((await logIn(house, 'ann')).status, 429)
    assert.equal(house.everything(), before)
  })

  test('gets one password of two that are set at the same time, and the other one is refused', async (t) => {
    const { house, ask } = await start(t)
    const other = await logIn(house, 'ann')
    const psws = ['first new password', 'second new password'] as const
    const told = await Promise.all([
      ask('PUT', '/api/user', { name: 'ann', login: 'ann', psw: psws[0] }),
      ask('PUT', '/api/user', { name: 'ann', login: 'ann', psw: psws[1] }, other.headers),
    ])
    assert.deepEqual(
      told.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 403],
    )
    const logIns = await Promise.all(psws.map((psw) => logIn(house, 'ann', psw)))
    assert.deepEqual(
      logIns.map(({ status }) => status === 200),
      told.map(({ status }) => status === 200),
    )
  })

  test('is deleted with its password and not without', async (t) => {
    const { house, ask } = await start(t)
    const before = house.everything()
    const wrong = await ask('DELETE', '/api/user/', { name: 'ann', login: 'ann', psw: 'wrong password' })
    assert.deepEqual([wrong.status, wrong.json], [403, DENIED])
    for (const body of [{}, undefined]) {
      const missing = await ask('DELETE', '/api/user', body)
      assert.deepEqual([missing.status, missing.json], [400, invalidData('psw: This field is required.')])
    }
    assert.equal((await ask('DELETE', '/api/user', { psw: PSW }, {})).status, 403)
    assert.equal(house.everything(), before)
    const gone = await ask('DELETE', '/api/user', { name: 'ann', login: 'ann', psw: PSW })
    assert.deepEqual([gone.status, gone.json], [200, { answer: 'success user was deleted' }])
    assert.deepEqual((await ask('GET', '/api/cabinet')).status, 403)
    assert.equal((await logIn(house, 'ann')).status, 401)
  })
})

describe('the bot_token of djangobot', () => {
  test('is 25 letters and digits, stands in no table, and is an API token that may send and nothing else', async (t) => {
    const { house, ask, botToken } = await linked(t)
    assert.match(botToken, /^[A-Za-z0-9]{25}$/)
    assert.ok(!house.everything().includes(botToken))
    const { items } = (await ask('GET', '/v1/tokens')).json
    const [token] = items
    assert.deepEqual([items.length, token.name, token.scopes], [1, SENDING_TOKEN_NAME, ['send']])
    assert.equal(token.hint, botToken.slice(-4))
    for (const word of ['Bearer', 'Token']) {
      const headers = { authorization: `${word} ${botToken}` }
      assert.equal((await ask('POST', '/v1/messages', { text: word }, headers)).status, 202)
      for (const url of ['/v1/messages', '/v1/tokens'])
        assert.equal((await ask('GET', url, undefined, headers)).status, 403)
      assert.equal((await ask('GET', '/api/cabinet', undefined, headers)).status, 403)
    }
  })

  test('is dead at once when the next one is made, and the messages go to the new chat', async (t) => {
    const { house, ann, ask, send, botToken } = await linked(t)
    assert.equal((await send(botToken)).status, 200)
    const { code, telegramChatId } = await house.codeFromBot()
    const next = String((await enterCode(house, ann, code)).json.bot_token)
    const told = await send(botToken)
    assert.deepEqual([told.status, told.json], [403, INVALID_TOKEN])
    assert.equal((await send(next)).status, 200)
    const peer = await house.store.findPeer('bot_shared', telegramChatId)
    assert.equal(house.wakes.at(-1)?.peerId, peer?.id)
    assert.equal((await ask('GET', '/v1/tokens')).json.items.length, 1)
  })

  test('is one, however many codes are entered at the same time', async (t) => {
    const { house, ann, ask, send } = await start(t)
    const codes = await Promise.all([1, 2, 3].map(() => house.codeFromBot()))
    const told = await Promise.all(codes.map(({ code }) => enterCode(house, ann, code)))
    assert.equal((await ask('GET', '/v1/tokens')).json.items.length, 1)
    const sent = await Promise.all(told.map(({ json }) => send(json.bot_token)))
    assert.deepEqual(
      sent.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 403, 403],
    )
  })

  test('is left alone by a wrong code, and other API tokens are left alone by a right one', async (t) => {
    const { house, ann, ask, send, botToken } = await linked(t)
    await ask('POST', '/v1/tokens', { name: 'script', scopes: ['read'] })
    for (const code of ['0001', 1, 'abcd-efgh-jkmn']) {
      const { status, json } = await enterCode(house, ann, code)
      assert.deepEqual([status, json.error], [400, 'i dont understand why'])
    }
    const missing = await ask('POST', '/api/cabinet', {})
    const details = 'code: This field is required.'
    assert.deepEqual([missing.status, missing.json], [400, { error: 'i dont understand why', details }])
    assert.equal((await send(botToken)).status, 200)
    await enterCode(house, ann)
    assert.equal((await ask('GET', '/v1/tokens')).json.items.length, 2)
  })

  test('cannot be had with the code of another, twice with one code, or by guessing', async (t) => {
    const { house, ann, send } = await start(t)
    const bob = await person(house, 'bob')
    const { code } = await house.codeFromBot()
    assert.equal((await enterCode(house, { headers: { authorization: 'Bearer x.y.z' } }, code)).status, 403)
    const { json } = await enterCode(house, bob, code)
    assert.equal((await enterCode(house, ann, code)).status, 400)
    assert.equal((await send(json.bot_token)).status, 200)
    let last = 400
    for (let i = 0; i < 12 && last === 400; i++) last = (await enterCode(house, ann, `code ${i}`)).status
    assert.equal(last, 429)
  })

  test('is not given to whoever may not send', async (t) => {
    const { house, ask } = await start(t)
    const { token } = (await ask('POST', '/v1/tokens', { name: 'script', scopes: ['manage'] })).json
    const { code } = await house.codeFromBot()
    const told = await enterCode(house, { headers: { authorization: `Token ${token}` } }, code)
    assert.deepEqual([told.status, told.json.answer], [403, 'access denied'])
  })

  test('is dead when it is revoked, and useless when the chat is unlinked', async (t) => {
    const { ask, send, botToken } = await linked(t)
    const chats = (await ask('GET', '/v1/chats')).json.items
    await ask('DELETE', `/v1/chats/${chats[0].id}`)
    const unlinked = await send(botToken)
    assert.deepEqual([unlinked.status, unlinked.json.answer], [403, 'invalid token'])
    assert.match(unlinked.json.details, /enter a new code/)
    const tokens = (await ask('GET', '/v1/tokens')).json.items
    assert.equal((await ask('DELETE', `/v1/tokens/${tokens[0].id}`)).status, 204)
    const revoked = await send(botToken)
    assert.deepEqual([revoked.status, revoked.json], [403, INVALID_TOKEN])
  })
})

describe('messages of djangobot', () => {
  test('keep their type, which changes nothing about the text', async (t) => {
    const { house, ask, send, botToken } = await linked(t)
    for (const type of ['Text', 'Document', 'File']) {
      const told = await send(botToken, `a ${type}`, type)
      assert.deepEqual([told.status, told.json], [200, { answer: 'message was successfully send' }])
      house.clock.advance(1)
    }
    await ask('POST', '/v1/messages', { text: 'from elsewhere' })
    const { json } = await ask('GET', '/api/cabinet')
    assert.deepEqual(Object.keys(json), ['answer', 'messages', 'name'])
    assert.deepEqual([json.answer, json.name], ['success', 'ann'])
    assert.deepEqual(json.messages, [
      { time: '2026-01-01T00:00:00.003000Z', text: 'from elsewhere', type: 'Text' },
      { time: '2026-01-01T00:00:00.002000Z', text: 'a File', type: 'File' },
      { time: '2026-01-01T00:00:00.001000Z', text: 'a Document', type: 'Document' },
      { time: '2026-01-01T00:00:00.000000Z', text: 'a Text', type: 'Text' },
    ])
  })

  test('are two hundred in one answer, and the older ones are a step away', async (t) => {
    const { ask, send, botToken } = await linked(t)
    await Promise.all(Array.from({ length: 203 }, (_, i) => send(botToken, `number ${i}`)))
    assert.equal((await ask('GET', '/api/cabinet/')).json.messages.length, 200)
    assert.equal((await ask('GET', '/api/cabinet?offset=200')).json.messages.length, 3)
    assert.equal((await ask('GET', '/api/cabinet?limit=2')).json.messages.length, 2)
  })
})

describe('the paths of djangobot', () => {
  test('lead from its Swagger to our API documentation', async (t) => {
    const { ask } = await start(t)
    for (const url of ['/api/', '/api']) {
      const { status, headers } = await ask('GET', url, undefined, {})
      assert.deepEqual([status, headers['location']], [302, '/docs'])
    }
  })

  test('refuse other methods', async (t) => {
    const { ask } = await start(t)
    const others: [Ask['method'], string, string][] = [
      ['GET', '/api/user', 'POST, PUT, DELETE'],
      ['PATCH', '/api/user/', 'POST, PUT, DELETE'],
      ['GET', '/api/auth/', 'POST'],
      ['GET', '/api/send_message', 'POST'],
      ['DELETE', '/api/cabinet/', 'POST, GET, HEAD'],
    ]
    for (const [method, url, allow] of others) {
      const { status, headers, json } = await ask(method, url)
      assert.deepEqual([status, headers['allow'], Object.keys(json)], [405, allow, ['answer', 'details']], url)
    }
  })
})

function invalidData(details: string) {
  return { answer: 'data is invalid', details }
}
