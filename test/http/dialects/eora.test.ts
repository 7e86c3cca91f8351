import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { basic } from '../../support/accounts.ts'
import { type Ask, type DialectHouse, dialectHouse } from '../../support/dialect-house.ts'

const PASSWORD = 'correct horse battery staple'
const NEXT = 'another horse, another staple'
const REGISTRATION = { username: 'ann', password1: PASSWORD, password2: PASSWORD }
const NOT_PROVIDED = { detail: 'Authentication credentials were not provided.' }
const INVALID_TOKEN = { detail: 'Invalid token.' }

/** A house with ann in it, who asks with her key. */
async function start(t: TestContext, env: Record<string, string> = {}) {
  const house = await dialectHouse(t, env)
  const ask = (method: Ask['method'], url: string, body?: object, headers: Record<string, string> = {}) =>
    house.ask({ method, url, headers, ...(body && { body }) })
  const registered = await ask('POST', '/rest-auth/registration/', REGISTRATION)
  const key = String(registered.json.key)
  const headers = { authorization: `Token ${key}` }
  const call = (method: Ask['method'], url: string, body?: object) => ask(method, url, body, headers)
  const logIn = (password = PASSWORD) => ask('POST', '/rest-auth/login/', { username: 'ann', password })
  return { house, ask, call, logIn, registered, key, headers }
}

function cookiesOf(headers: Readonly<Record<string, unknown>>): Map<string, string> {
  const all = [headers['set-cookie'] ?? []].flat().map(String)
  return new Map(all.map((cookie) => [cookie.split('=', 1)[0] ?? '', cookie]))
}

function cookieOf(headers: Readonly<Record<string, unknown>>, name = 'sessionid'): Record<string, string> {
  return { cookie: cookiesOf(headers).get(name)?.split(';', 1)[0] ?? '' }
}

describe('an account of eora', () => {
  test('is logged in when it registers, by a key and by a cookie', async (t) => {
    const { ask, call, registered, key, house } = await start(t)
    assert.deepEqual([registered.status, registered.json], [201, { key }])
    assert.match(key, /^[0-9a-f]{40}$/)
    assert.equal(registered.headers['cache-control'], 'no-store')
    const user = { pk: 1, username: 'ann', email: '', first_name: '', last_name: '' }
    assert.deepEqual((await call('GET', '/rest-auth/user/')).json, user)
    const cookies = cookiesOf(registered.headers)
    assert.deepEqual([...cookies.keys()], ['postrider_session', 'sessionid', 'csrftoken'])
    assert.deepEqual((await ask('GET', '/rest-auth/user', undefined, cookieOf(registered.headers))).json, user)
    const found = await house.store.findUserByLogin('ann')
    assert.deepEqual([found?.user.locale, found?.user.name], ['en', 'ann'])
  })

  test('keeps the name that was chosen when the login changes', async (t) => {
    const { house, call } = await start(t)
    const nameOf = async (login: string) => (await house.store.findUserByLogin(login))?.user.name
    assert.equal((await call('PATCH', '/rest-auth/user/', { username: 'ann2' })).status, 200)
    assert.equal(await nameOf('ann2'), 'ann2')
    await call('PATCH', '/v1/me', { name: 'Anna Lee' })
    assert.equal((await call('PUT', '/rest-auth/user/', { username: 'ann3' })).status, 200)
    assert.equal(await nameOf('ann3'), 'Anna Lee')
  })

  test('is logged in by the cookie that is good, whichever is dead, and logged out of both', async (t) => {
    const { ask, logIn } = await start(t)
    const good = cookieOf((await logIn()).headers)['cookie']?.split('=')[1] ?? ''
    const beside = { cookie: `postrider_session=dead; sessionid=${good}` }
    for (const cookie of [beside.cookie, `sessionid=dead; postrider_session=${good}`]) {
      assert.equal((await ask('GET', '/rest-auth/user/', undefined, { cookie })).status, 200)
    }
    const lured = { ...beside, 'sec-fetch-site': 'cross-site' }
    assert.equal((await ask('PATCH', '/rest-auth/user/', { first_name: 'x' }, lured)).status, 403)
    assert.equal((await ask('POST', '/rest-auth/logout/', undefined, beside)).status, 200)
    assert.deepEqual((await ask('GET', '/rest-auth/user/', undefined, beside)).json, INVALID_TOKEN)
  })

  test('is refused in its words when it cannot be, and nothing is stored', async (t) => {
    const { house, ask } = await start(t)
    const before = house.everything()
    const bob = { ...REGISTRATION, username: 'bob' }
    const required = ['This field is required.']
    const cases: readonly [object, object][] = [
      [{}, { username: required, password1: required, password2: required }],
      [{ ...bob, password2: NEXT }, { non_field_errors: ["The two password fields didn't match."] }],
      [{ ...REGISTRATION, username: 'ANN' }, { username: ['A user with that username already exists.'] }],
      [
        { ...bob, password1: '1234567', password2: '1234567' },
        { password1: ['This password is too short. It must contain at least 8 characters.'] },
      ],
      [{ ...bob, email: 'nowhere' }, { email: ['Enter a valid email address.'] }],
    ]
    for (const [body, json] of cases) {
      const told = await ask('POST', '/rest-auth/registration/', body)
      assert.deepEqual([told.status, told.json], [400, json])
    }
    assert.equal(house.everything(), before)
  })

  test('is not made where registration is closed', async (t) => {
    const { registered, house } = await start(t, { REGISTRATION: 'closed' })
    assert.deepEqual(
      [registered.status, registered.json],
      [403, { detail: 'You do not have permission to perform this action.' }],
    )
    assert.deepEqual(await house.store.listUsers({ limit: 1 }), [])
  })

  test('logs in with both fields and the right password, or not at all', async (t) => {
    const { ask, logIn } = await start(t)
    const must = { non_field_errors: ['Must include "username" and "password".'] }
    for (const body of [{}, { username: 'ann' }, { email: 'ann@example.org', password: PASSWORD }, { password: '' }]) {
      const told = await ask('POST', '/rest-auth/login', body)
      assert.deepEqual([told.status, told.json], [400, must])
    }
    const unable = { non_field_errors: ['Unable to log in with provided credentials.'] }
    const wrong = await logIn('wrong password')
    assert.deepEqual([wrong.status, wrong.json], [400, unable])
    const nobody = await ask('POST', '/rest-auth/login/', { username: 'nobody', password: PASSWORD })
    assert.deepEqual([nobody.status, nobody.json], [400, unable])
  })

  test('keeps the names that it is given, and its email as it was', async (t) => {
    const { ask, house } = await start(t)
    const body = { ...REGISTRATION, username: 'bob', email: 'bob@example.org' }
    const { json } = await ask('POST', '/rest-auth/registration/', body)
    const call = (method: Ask['method'], given: object) =>
      ask(method, '/rest-auth/user/', given, { authorization: `Token ${json.key}` })
    const changed = await call('PATCH', { first_name: 'Bob', email: 'other@example.org' })
    const bob = { pk: 2, username: 'bob', email: 'bob@example.org', first_name: 'Bob', last_name: '' }
    assert.deepEqual([changed.status, changed.json], [200, bob])
    assert.deepEqual((await call('PUT', { first_name: 'B' })).json, { username: ['This field is required.'] })
    const put = await call('PUT', { username: 'bobby', last_name: 'Lee' })
    assert.deepEqual([put.status, put.json], [200, { ...bob, username: 'bobby', last_name: 'Lee' }])
    assert.equal((await house.store.findUserByLogin('bobby'))?.user.name, 'bobby')
    const taken = await call('PATCH', { username: 'Ann' })
    assert.deepEqual([taken.status, taken.json], [400, { username: ['A user with that username already exists.'] }])
  })

  test('gets a new password for the current one, and keeps its key', async (t) => {
    const { call, logIn, key } = await start(t)
    const url = '/rest-auth/password/change/'
    const news = { new_password1: NEXT, new_password2: NEXT }
    const cases: readonly [object, object][] = [
      [news, { old_password: ['This field is required.'] }],
      [{ ...news, old_password: 'wrong password' }, { old_password: ['Invalid password'] }],
      [
        { ...news, old_password: PASSWORD, new_password2: PASSWORD },
        { new_password2: ["The two password fields didn't match."] },
      ],
      [
        { old_password: PASSWORD, new_password1: 'short', new_password2: 'short' },
        { new_password2: ['This password is too short. It must contain at least 8 characters.'] },
      ],
    ]
    for (const [body, json] of cases) {
      const told = await call('POST', url, body)
      assert.deepEqual([told.status, told.json], [400, json])
    }
    const told = await call('POST', url, { ...news, old_password: PASSWORD })
    assert.deepEqual([told.status, told.json], [200, { detail: 'New password has been saved.' }])
    assert.equal((await logIn()).status, 400)
    assert.deepEqual((await logIn(NEXT)).json, { key })
    assert.equal((await call('GET', '/rest-auth/user/')).status, 200)
  })

  test('is not told of by whoever forgot a password', async (t) => {
    const { ask } = await start(t)
    const url = '/rest-auth/password/reset/'
    const answers = await Promise.all(
      ['ann', 'nobody'].map((name) => ask('POST', url, { email: `${name}@example.org` })),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [403, 403],
    )
    assert.deepEqual(answers[0]?.json, answers[1]?.json)
    assert.match(answers[0]?.json.detail, /^There is no mail here\./)
  })
})

describe('the key of eora', () => {
  test('is the same at each log-in until a log-out, and another one afterwards', async (t) => {
    const { ask, call, logIn, key } = await start(t)
    const [one, two] = await Promise.all([logIn(), logIn()])
    assert.deepEqual([one.status, one.json, two.json], [200, { key }, { key }])
    const out = await call('POST', '/rest-auth/logout/')
    assert.deepEqual([out.status, out.json], [200, { detail: 'Successfully logged out.' }])
    const dead = await call('GET', '/rest-auth/user/')
    assert.deepEqual([dead.status, dead.json], [403, INVALID_TOKEN])
    // The session of the other log-in is another device's, and goes on.
    assert.equal((await ask('GET', '/rest-auth/user/', undefined, cookieOf(one.headers))).status, 200)
    const again = await logIn()
    assert.match(again.json.key, /^[0-9a-f]{40}$/)
    assert.notEqual(again.json.key, key)
    assert.equal((await call('GET', '/rest-auth/user/')).status, 403)
  })

  test('is one, however many log in at the same time', async (t) => {
    const { call, logIn } = await start(t)
    await call('POST', '/rest-auth/logout/')
    const told = await Promise.all([1, 2, 3, 4].map(() => logIn()))
    assert.equal(new Set(told.map(({ json }) => json.key)).size, 1)
  })

  test('stands in no table, and is an API token that may be seen and revoked', async (t) => {
    const { house, ask, call, logIn, key } = await start(t)
    assert.ok(!house.everything().includes(key))
    const { items } = (await call('GET', '/v1/tokens')).json
    assert.equal(items.length, 1)
    const [{ id, name, hint, scopes, expiresAt }] = items
    assert.deepEqual(
      [name, hint, scopes, expiresAt],
      ['key (rest-auth)', key.slice(-4), ['send', 'read', 'manage'], null],
    )
    const { headers } = await logIn()
    assert.equal(
      (await ask('DELETE', `/v1/tokens/${id}`, undefined, cookieOf(headers, 'postrider_session'))).status,
      204,
    )
    assert.equal((await call('GET', '/rest-auth/user/')).status, 403)
    assert.notEqual((await logIn()).json.key, key)
  })

  test('is of its account alone, and no token of that name that somebody makes becomes it', async (t) => {
    const { ask, call, logIn, key } = await start(t)
    const named = { name: 'key (rest-auth)', scopes: ['read'] }
    const { token } = (await call('POST', '/v1/tokens', named)).json
    assert.deepEqual((await logIn()).json, { key })
    const bob = await ask('POST', '/rest-auth/registration/', { ...REGISTRATION, username: 'bob' })
    assert.notEqual(bob.json.key, key)
    assert.equal((await ask('GET', '/rest-auth/user/', undefined, { authorization: `Token ${token}` })).status, 200)
  })

  test('ends with a log-out by the cookie, which ends too', async (t) => {
    const { ask, call, registered } = await start(t)
    const cookie = cookieOf(registered.headers)
    const out = await ask('POST', '/rest-auth/logout', undefined, cookie)
    assert.equal(out.status, 200)
    assert.match(cookiesOf(out.headers).get('sessionid') ?? '', /^sessionid=;/)
    for (const told of [
      await call('GET', '/rest-auth/user/'),
      await ask('GET', '/rest-auth/user/', undefined, cookie),
    ]) {
      assert.deepEqual([told.status, told.json], [403, INVALID_TOKEN])
    }
  })

  test('ends with the session that came along with it', async (t) => {
    const { ask, headers, registered } = await start(t)
    const cookie = cookieOf(registered.headers)
    assert.equal((await ask('POST', '/rest-auth/logout/', undefined, { ...headers, ...cookie })).status, 200)
    assert.equal((await ask('GET', '/rest-auth/user/', undefined, cookie)).status, 403)
  })

  test('goes on when nobody logs out', async (t) => {
    const { ask, call } = await start(t)
    const done = { detail: 'Successfully logged out.' }
    for (const cookie of ['sessionid=nobody', '']) {
      const out = await ask('POST', '/rest-auth/logout/', undefined, cookie === '' ? {} : { cookie })
      assert.deepEqual([out.status, out.json], [200, done])
    }
    const wrong = await ask('POST', '/rest-auth/logout/', undefined, { authorization: `Token ${'0'.repeat(40)}` })
    assert.deepEqual([wrong.status, wrong.json], [403, INVALID_TOKEN])
    const { token } = (await call('POST', '/v1/tokens', { name: 'script', scopes: ['read', 'send'] })).json
    const less = await ask('POST', '/rest-auth/logout/', undefined, { authorization: `Token ${token}` })
    assert.equal(less.status, 403)
    assert.equal((await call('GET', '/rest-auth/user/')).status, 200)
  })
})

describe('the bots of eora', () => {
  const URL = '/api/v1/telegram_data/'

  function newBot({ sandbox }: DialectHouse, username: string) {
    return sandbox.control.createBot({ username })
  }

  async function withBot(t: TestContext) {
    const parts = await start(t)
    const view = newBot(parts.house, 'anns_bot')
    // As it is pasted.
    const made = await parts.call('POST', URL, { token: ` ${view.token}\n` })
    assert.equal(made.status, 201, made.text)
    return { ...parts, view, made, one: `${URL}${view.id}/` }
  }

  test('have the number of Telegram as their id, echo, and never show their token', async (t) => {
    const { house, call, view, made, one } = await withBot(t)
    const bot = { id: view.id, token: view.token.slice(-4), title: null, active: true }
    assert.deepEqual(made.json, bot)
    assert.deepEqual([(await call('GET', one)).json, (await call('GET', URL)).json], [bot, [bot]])
    const [stored] = (await call('GET', '/v1/bots')).json.items
    assert.deepEqual([stored.username, stored.echo, stored.active], ['anns_bot', true, true])
    assert.ok(!house.everything().includes(view.token))
  })

  test('are switched, named and renamed, and what is absent stays', async (t) => {
    const { call, view, one } = await withBot(t)
    const bot = { id: view.id, token: view.token.slice(-4), title: null, active: true }
    const steps: readonly ['PUT' | 'PATCH', object, object][] = [
      ['PATCH', { active: false }, { active: false }],
      ['PATCH', { title: 'Orders' }, { active: false, title: 'Orders' }],
      ['PATCH', { active: 'true' }, { title: 'Orders' }],
      ['PATCH', {}, { title: 'Orders' }],
      ['PUT', { token: view.token, active: 'off' }, { active: false, title: 'Orders' }],
      ['PUT', { token: view.token, title: null, active: 1 }, {}],
      [
        'PATCH',
        { title: ' twenty characters and more, which is fine ' },
        { title: 'twenty characters and more, which is fine' },
      ],
      ['PATCH', { title: '' }, {}],
    ]
    for (const [method, body, wanted] of steps) {
      const told = await call(method, one, body)
      assert.deepEqual([told.status, told.json], [200, { ...bot, ...wanted }], JSON.stringify(body))
    }
    assert.equal((await call('GET', '/v1/bots')).json.items[0].echo, true)
  })

  test('may be put back as they were answered, which leaves their token alone', async (t) => {
    const { house, call, made, one, view } = await withBot(t)
    const before = await house.store.listBots()
    const asked = house.sandbox.control.requests({ bot: view.id }).length
    const told = await call('PUT', one, made.json)
    assert.deepEqual([told.status, told.json], [200, made.json])
    assert.deepEqual(await house.store.listBots(), before)
    assert.equal(house.sandbox.control.requests({ bot: view.id }).length, asked, 'Telegram was asked')
    assert.deepEqual((await call('PUT', one, { title: 'x' })).json, { token: ['This field is required.'] })
  })

  test('are refused a token that is none, is not accepted, is another bot’s, or is taken', async (t) => {
    const { house, ask, call, one, view } = await withBot(t)
    const other = newBot(house, 'other_bot')
    const another = `This is the token of another bot, and ${view.id} is @anns_bot. Add the other one as a bot of its own.`
    const bob = await ask('POST', '/rest-auth/registration/', { ...REGISTRATION, username: 'bob' })
    const before = house.everything()
    for (const [token, what] of [
      ['no token', 'Token is invalid'],
      [`${view.id}:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0`, 'Token is invalid'],
      [other.token, another],
    ] as const) {
      for (const method of ['PUT', 'PATCH'] as const) {
        const told = await call(method, one, { token, title: 'x' })
        assert.deepEqual([told.status, told.json], [400, { token: [what] }])
      }
    }
    for (const headers of [{ authorization: `Token ${bob.json.key}` }, undefined]) {
      const told = await (headers
        ? ask('POST', URL, { token: view.token }, headers)
        : call('POST', URL, { token: view.token }))
      assert.deepEqual([told.status, told.json], [400, { token: ['Telegram data with this token already exists.'] }])
    }
    assert.equal(house.everything(), before)
  })

  test('are five at most, and what is wrong with a sixth comes before that there is no room for it', async (t) => {
    const { house, call, one } = await withBot(t)
    const tokens = [1, 2, 3, 4, 5, 6].map((number) => newBot(house, `more_${number}_bot`).token)
    const told = await Promise.all(tokens.map((token) => call('POST', URL, { token, active: false })))
    assert.deepEqual(
      told.map(({ status }) => status).toSorted((a, b) => a - b),
      [201, 201, 201, 201, 403, 403],
    )
    const full = told.find(({ status }) => status === 403)
    assert.deepEqual(full?.json, { detail: 'maximum amount of bots per user reached' })
    const spare = tokens[told.findIndex(({ status }) => status === 403)] ?? ''
    assert.deepEqual((await call('POST', URL, { token: spare, active: 'maybe' })).status, 400)
    assert.deepEqual((await call('POST', URL, { token: 'none' })).json, { token: ['Token is invalid'] })
    assert.equal((await call('DELETE', one)).status, 204)
    assert.equal((await call('POST', URL, { token: spare })).status, 201)
  })

  test('are gone when they are deleted, and nobody else’s to look at, change or delete', async (t) => {
    const { ask, call, one } = await withBot(t)
    const bob = await ask('POST', '/rest-auth/registration/', { ...REGISTRATION, username: 'bob' })
    const headers = { authorization: `Token ${bob.json.key}` }
    const missing = { detail: 'Not found.' }
    for (const url of [one, `${URL}1`, `${URL}abc/`, `${URL}0${one.slice(URL.length)}`]) {
      for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
        const told = await ask(method, url, method === 'PATCH' ? { active: false } : undefined, headers)
        assert.deepEqual([told.status, told.json], [404, missing], `${method} ${url}`)
      }
    }
    const gone = await call('DELETE', one)
    assert.deepEqual([gone.status, gone.text], [204, ''])
    assert.equal((await call('GET', one)).status, 404)
    assert.deepEqual((await call('GET', URL)).json, [])
  })

  test('are told of and changed by a session, by Basic, and with the right of what is done', async (t) => {
    const { ask, call, one, registered } = await withBot(t)
    const { token } = (await call('POST', '/v1/tokens', { name: 'look', scopes: ['read'] })).json
    for (const headers of [cookieOf(registered.headers), { authorization: basic('ann', PASSWORD) }]) {
      assert.equal((await ask('PATCH', one, { active: true }, headers)).status, 200)
    }
    const look = { authorization: `Token ${token}` }
    assert.equal((await ask('GET', URL, undefined, look)).status, 200)
    const told = await ask('DELETE', one, undefined, look)
    assert.deepEqual([told.status, told.json], [403, { detail: 'You do not have permission to perform this action.' }])
    assert.deepEqual((await ask('GET', one)).json, NOT_PROVIDED)
  })

  test('of another interface stand among them and do what they did', async (t) => {
    const { house, call } = await start(t)
    const view = newBot(house, 'silent_bot')
    assert.equal((await call('POST', '/v1/bots', { token: view.token, title: 'Silent' })).status, 201)
    assert.deepEqual((await call('GET', URL)).json, [
      { id: view.id, token: view.token.slice(-4), title: 'Silent', active: true },
    ])
    await call('PATCH', `${URL}${view.id}`, { title: 'Still' })
    assert.equal((await call('GET', '/v1/bots')).json.items[0].echo, false)
  })
})

test('the Swagger of eora leads to our API documentation', async (t) => {
  const { ask } = await start(t)
  for (const [url, to] of [
    ['/swagger/', '/docs'],
    ['/swagger', '/docs'],
    ['/swagger.json', '/openapi.json'],
  ] as const) {
    const { status, headers } = await ask('GET', url)
    assert.deepEqual([status, headers['location']], [302, to])
  }
})
