import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Ask } from '../../support/dialect-house.ts'
import { PASSWORD, NEXT, REGISTRATION, INVALID_TOKEN, cookiesOf, cookieOf, startEora } from '../../support/eora.ts'

describe('an account of eora', () => {
  test('is logged in when it registers, by a key and by a cookie', async (t) => {
    const { ask, call, registered, key, house } = await startEora(t)
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
    const { house, call } = await startEora(t)
    const nameOf = async (login: string) => (await house.store.findUserByLogin(login))?.user.name
    assert.equal((await call('PATCH', '/rest-auth/user/', { username: 'ann2' })).status, 200)
    assert.equal(await nameOf('ann2'), 'ann2')
    await call('PATCH', '/v1/me', { name: 'Anna Lee' })
    assert.equal((await call('PUT', '/rest-auth/user/', { username: 'ann3' })).status, 200)
    assert.equal(await nameOf('ann3'), 'Anna Lee')
  })

  test('is logged in by the cookie that is good, whichever is dead, and logged out of both', async (t) => {
    const { ask, logIn } = await startEora(t)
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
    const { house, ask } = await startEora(t)
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
    const { registered, house } = await startEora(t, { REGISTRATION: 'closed' })
    assert.deepEqual(
      [registered.status, registered.json],
      [403, { detail: 'You do not have permission to perform this action.' }],
    )
    assert.deepEqual(await house.store.listUsers({ limit: 1 }), [])
  })

  test('logs in with both fields and the right password, or not at all', async (t) => {
    const { ask, logIn } = await startEora(t)
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
    const { ask, house } = await startEora(t)
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
    const { call, logIn, key } = await startEora(t)
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
    const { ask } = await startEora(t)
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
    const { ask, call, logIn, key } = await startEora(t)
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
    const { call, logIn } = await startEora(t)
    await call('POST', '/rest-auth/logout/')
    const told = await Promise.all([1, 2, 3, 4].map(() => logIn()))
    assert.equal(new Set(told.map(({ json }) => json.key)).size, 1)
  })

  test('stands in no table, and is an API token that may be seen and revoked', async (t) => {
    const { house, ask, call, logIn, key } = await startEora(t)
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
    const { ask, call, logIn, key } = await startEora(t)
    const named = { name: 'key (rest-auth)', scopes: ['read'] }
    const { token } = (await call('POST', '/v1/tokens', named)).json
    assert.deepEqual((await logIn()).json, { key })
    const bob = await ask('POST', '/rest-auth/registration/', { ...REGISTRATION, username: 'bob' })
    assert.notEqual(bob.json.key, key)
    assert.equal((await ask('GET', '/rest-auth/user/', undefined, { authorization: `Token ${token}` })).status, 200)
  })

  test('ends with a log-out by the cookie, which ends too', async (t) => {
    const { ask, call, registered } = await startEora(t)
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
    const { ask, headers, registered } = await startEora(t)
    const cookie = cookieOf(registered.headers)
    assert.equal((await ask('POST', '/rest-auth/logout/', undefined, { ...headers, ...cookie })).status, 200)
    assert.equal((await ask('GET', '/rest-auth/user/', undefined, cookie)).status, 403)
  })

  test('goes on when nobody logs out', async (t) => {
    const { ask, call } = await startEora(t)
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

test('the Swagger of eora leads to our API documentation', async (t) => {
  const { ask } = await startEora(t)
  for (const [url, to] of [
    ['/swagger/', '/docs'],
    ['/swagger', '/docs'],
    ['/swagger.json', '/openapi.json'],
  ] as const) {
    const { status, headers } = await ask('GET', url)
    assert.deepEqual([status, headers['location']], [302, to])
  }
})
