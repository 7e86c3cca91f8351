import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { basic } from '../../support/accounts.ts'
import { type Ask, dialectHouse } from '../../support/dialect-house.ts'

const PASSWORD = 'correct horse battery staple'
const SIGNUP = { username: 'ann', password: PASSWORD, password_repeat: PASSWORD }

/** A house with ann in it. */
async function start(t: TestContext, env: Record<string, string> = {}) {
  const house = await dialectHouse(t, env)
  const as = { headers: { authorization: basic('ann', PASSWORD) } }
  const call = async (method: Ask['method'], url: string, body?: object, how: Partial<Ask> = as) => {
    const { status, json, headers } = await house.ask({ method, url, ...(body && { body }), ...how })
    return { status, json, headers }
  }
  const signedUp = await call('POST', '/users/signup', { ...SIGNUP, first_name: 'Ann', email: 'ann@example.org' }, {})
  return { ...house, as, call, signedUp }
}

function cookiesOf(headers: Readonly<Record<string, unknown>>): Map<string, string> {
  const all = [headers['set-cookie'] ?? []].flat().map(String)
  return new Map(all.map((cookie) => [cookie.split('=', 1)[0] ?? '', cookie]))
}

describe('accounts of yuryyurybot', () => {
  test('are made with what it knows of a person, and nothing that it does not', async (t) => {
    const { call, signedUp, store } = await start(t)
    const ann = { id: 1, username: 'ann', first_name: 'Ann', last_name: '', email: 'ann@example.org' }
    assert.deepEqual([signedUp.status, signedUp.json], [201, ann])
    const body = { ...SIGNUP, username: 'bob', id: 77, is_superuser: true }
    assert.equal((await call('POST', '/users/signup', body, {})).json.id, 2)
    const found = await store.findUserByLogin('bob')
    assert.deepEqual([found?.user.role, found?.user.name, found?.user.locale], ['user', 'bob', 'ru'])
  })

  test('keep the name that was chosen when the login changes, and otherwise are called by the new login', async (t) => {
    const { call, store, as } = await start(t)
    const as2 = { headers: { authorization: basic('ann2', PASSWORD) } }
    const as3 = { headers: { authorization: basic('ann3', PASSWORD) } }
    const nameOf = async (login: string) => (await store.findUserByLogin(login))?.user.name
    assert.equal((await call('PATCH', '/users/profile', { username: 'ann2' }, as)).status, 200)
    assert.equal(await nameOf('ann2'), 'ann2')
    await call('PATCH', '/v1/me', { name: 'Anna Lee' }, as2)
    assert.equal((await call('PUT', '/users/profile', { username: 'ann3' }, as2)).json.username, 'ann3')
    assert.equal(await nameOf('ann3'), 'Anna Lee')
    assert.equal((await call('PATCH', '/users/profile', { first_name: 'A' }, as3)).status, 200)
    assert.equal(await nameOf('ann3'), 'Anna Lee')
  })

  test('are refused with a list of sentences for each field', async (t) => {
    const { call } = await start(t)
    const cases: readonly [object, object][] = [
      [
        {},
        {
          username: ['This field is required.'],
          password: ['This field is required.'],
          password_repeat: ['This field is required.'],
        },
      ],
      [{ ...SIGNUP, password_repeat: 'another one' }, { non_field_errors: ['The entered passwords must match'] }],
      [SIGNUP, { username: ['A user with that username already exists.'] }],
      [
        { ...SIGNUP, username: 'bob', password: '1234567', password_repeat: '1234567' },
        { non_field_errors: ['This password is too short. It must contain at least 8 characters.'] },
      ],
      [{ ...SIGNUP, username: 'bob', email: 'nowhere' }, { email: ['Enter a valid email address.'] }],
    ]
    for (const [body, json] of cases) {
      const refused = await call('POST', '/users/signup', body, {})
      assert.deepEqual([refused.status, refused.json], [400, json])
    }
  })

  test('a closed registration is closed here too', async (t) => {
    assert.equal((await start(t, { REGISTRATION: 'closed' })).signedUp.status, 403)
  })

  test('log in with the cookies that clients of Django look for, and out again', async (t) => {
    const { call } = await start(t)
    const body = { username: 'ann', password: PASSWORD }
    const { status, json, headers } = await call('POST', '/users/login', body, {})
    assert.deepEqual([status, json.username], [200, 'ann'])
    const cookies = cookiesOf(headers)
    assert.deepEqual([...cookies.keys()], ['postrider_session', 'sessionid', 'csrftoken'])
    assert.match(cookies.get('sessionid') ?? '', /; HttpOnly; SameSite=Lax/)
    assert.doesNotMatch(cookies.get('csrftoken') ?? '', /HttpOnly/)
    const session = { headers: { cookie: cookies.get('sessionid')?.split(';', 1)[0] ?? '' } }
    assert.equal((await call('GET', '/users/profile', undefined, session)).json.username, 'ann')
    const elsewhere = { headers: { ...session.headers, origin: 'https://elsewhere.example' } }
    const foreign = await call('PATCH', '/users/profile', { first_name: 'Eve' }, elsewhere)
    assert.deepEqual([foreign.status, foreign.json.detail.startsWith('CSRF Failed: ')], [403, true])
    assert.equal((await call('DELETE', '/users/profile', undefined, session)).status, 204)
    const after = await call('GET', '/users/profile', undefined, session)
    assert.deepEqual([after.status, after.headers['www-authenticate']], [401, 'Basic realm="api"'])
    assert.equal((await call('DELETE', '/users/profile')).status, 204, 'without a session there is nothing to end')
    assert.equal((await call('GET', '/users/profile')).status, 200)
  })

  test('wrong log-ins are refused as it did', async (t) => {
    const { call } = await start(t)
    const wrong = await call('POST', '/users/login', { username: 'ann', password: 'not this one' }, {})
    assert.deepEqual([wrong.status, wrong.json], [401, { detail: 'Incorrect authentication credentials.' }])
    assert.equal(wrong.headers['www-authenticate'], 'Basic realm="api"')
    const half = await call('POST', '/users/login', { username: 'ann' }, {})
    assert.deepEqual([half.status, half.json], [400, { password: ['This field is required.'] }])
  })

  test('a profile is changed as a whole or in part, and the name in messages goes with the username', async (t) => {
    const { call, store } = await start(t)
    const patched = await call('PATCH', '/users/profile', { last_name: 'Lee' })
    assert.deepEqual(patched.json, {
      id: 1,
      username: 'ann',
      first_name: 'Ann',
      last_name: 'Lee',
      email: 'ann@example.org',
    })
    assert.deepEqual((await call('PUT', '/users/profile', {})).json, { username: ['This field is required.'] })
    await call('POST', '/users/signup', { ...SIGNUP, username: 'bob' }, {})
    const taken = await call('PUT', '/users/profile', { username: 'BOB' })
    assert.deepEqual([taken.status, taken.json], [400, { username: ['A user with that username already exists.'] }])
    const renamed = await call('PUT', '/users/profile', { username: 'anna', first_name: '' })
    assert.deepEqual(renamed.json, {
      id: 1,
      username: 'anna',
      first_name: '',
      last_name: 'Lee',
      email: 'ann@example.org',
    })
    assert.equal((await store.findUserByLogin('anna'))?.user.name, 'anna')
    assert.equal((await call('GET', '/users/profile')).status, 401)
  })

  test('a password is changed by whoever knows the old one', async (t) => {
    const { call } = await start(t)
    const change = (old_password: string, new_password: string) =>
      call('PATCH', '/users/update_password', { old_password, new_password })
    assert.deepEqual((await change('not this one', 'a new password')).json, { old_password: ['uncorrect password'] })
    assert.deepEqual((await change(PASSWORD, 'short')).json, {
      new_password: ['This password is too short. It must contain at least 8 characters.'],
    })
    const changed = await change(PASSWORD, 'a new password')
    assert.deepEqual([changed.status, changed.json], [200, {}])
    assert.equal((await call('GET', '/users/profile')).status, 401)
    const as = { headers: { authorization: basic('ann', 'a new password') } }
    assert.equal((await call('GET', '/users/profile', undefined, as)).status, 200)
  })
})

describe('chats and messages of yuryyurybot', () => {
  test('a code works once, a wrong one is told, and the chat of the last code gets the messages', async (t) => {
    const { call, codeFromBot, store, wakes } = await start(t)
    const [first, second] = [await codeFromBot(), await codeFromBot()]
    const verify = (verification_code: string) => call('PATCH', '/bot/verify/', { verification_code })
    const verified = await verify(first.code)
    assert.deepEqual(verified.json, { tg_id: first.telegramChatId, username: 'ann', user_id: 1 })
    for (const code of [first.code, 'abcd-efgh-jkmn']) {
      const wrong = await verify(code)
      assert.deepEqual([wrong.status, wrong.json], [400, { verification_code: ['Invalid verification code'] }])
    }
    assert.equal((await verify(second.code)).status, 200)
    await call('POST', '/message/sent', { content: 'x' })
    const peer = await store.findPeer('bot_shared', second.telegramChatId)
    assert.equal(wakes.at(-1)?.peerId, peer?.id)
  })

  test('a message is answered with its number, its owner and its moment, and its blanks are cut', async (t) => {
    const { call, link, clock, as } = await start(t)
    await link('ann')
    const sent = await call('POST', '/message/sent', { content: '  hello\nthere \n', owner: 7, id: 9 })
    const owner = { id: 1, username: 'ann', first_name: 'Ann', last_name: '', email: 'ann@example.org' }
    const created = new Date(clock.now()).toISOString().replace('Z', '000Z')
    assert.deepEqual([sent.status, sent.json], [201, { id: sent.json.id, owner, created, content: 'hello\nthere' }])
    assert.ok(Number.isInteger(sent.json.id))
    assert.equal((await call('POST', '/message/sent', { content: 5 }, as)).json.content, '5')
  })

  test('the history comes in pages of ten, each with the address of the next', async (t) => {
    const { call, link } = await start(t, { PUBLIC_URL: 'https://post.example' })
    await link('ann')
    for (let i = 1; i <= 23; i++) await call('POST', '/message/sent', { content: `${i}` })
    const seen: string[] = []
    let url: string | null = '/message/sent'
    const pages: (string | null)[] = []
    while (url !== null) {
      const { json } = await call('GET', url)
      assert.equal(json.count, 23)
      seen.push(...json.results.map(({ content }: { content: string }) => content))
      pages.push(json.next)
      url = json.next?.replace('https://post.example', '') ?? null
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 23 }, (_, index) => `${index + 1}`),
    )
    const at = 'https://post.example/message/sent'
    assert.deepEqual(pages, [`${at}?limit=10&offset=10`, `${at}?limit=10&offset=20`, null])
    const page = async (query: string) => (await call('GET', `/message/sent?${query}`)).json
    assert.deepEqual((await page('limit=5&offset=3')).previous, `${at}?limit=5`)
    assert.deepEqual((await page('limit=5&offset=8')).previous, `${at}?limit=5&offset=3`)
    for (const junk of ['limit=0', 'limit=-1', 'limit=x&offset=-3', 'limit=1&limit=junk', 'offset=1e3']) {
      assert.equal((await page(junk)).results.length, 10, junk)
    }
    const far = await page('limit=1000&offset=999999999999999')
    assert.deepEqual([far.results, far.next, far.count], [[], null, 23])
  })

  test('a page has two hundred at most, and says where the next begins', async (t) => {
    const { call, link, store } = await start(t)
    await link('ann')
    const found = await store.findUserByLogin('ann')
    await Promise.all(
      Array.from({ length: 210 }, (_, index) =>
        store.outbox.enqueue({
          id: `msg_${index}`,
          userId: found?.user.id ?? '',
          text: 'x',
          silent: false,
          nowMs: 1,
          queueLimit: 0,
        }),
      ),
    )
    const { json } = await call('GET', '/message/sent?limit=100000')
    assert.deepEqual([json.results.length, json.next], [200, 'http://localhost:80/message/sent?limit=200&offset=200'])
  })

  test('a method that a path does not know is refused in its words', async (t) => {
    const { call } = await start(t)
    for (const path of ['/message/sent', '/message/sent/']) {
      const refused = await call('DELETE', path)
      assert.deepEqual([refused.status, refused.json], [405, { detail: 'Method "DELETE" not allowed.' }])
      assert.equal(refused.headers['allow'], 'POST, GET, HEAD')
    }
  })

  test('an API token may do what its scopes say', async (t) => {
    const { call, link, as } = await start(t)
    await link('ann')
    const { token } = (await call('POST', '/v1/tokens', { name: 'reader', scopes: ['read'] }, as)).json
    for (const scheme of ['Token', 'Bearer']) {
      const reader = { headers: { authorization: `${scheme} ${token}` } }
      assert.equal((await call('GET', '/message/sent', undefined, reader)).status, 200)
      assert.equal((await call('POST', '/message/sent', { content: 'x' }, reader)).status, 403)
    }
  })
})
