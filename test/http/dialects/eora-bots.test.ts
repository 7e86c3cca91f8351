import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { basic } from '../../support/accounts.ts'
import { type DialectHouse } from '../../support/dialect-house.ts'
import { PASSWORD, REGISTRATION, NOT_PROVIDED, cookieOf, startEora } from '../../support/eora.ts'

describe('the bots of eora', () => {
  const URL = '/api/v1/telegram_data/'

  function newBot({ sandbox }: DialectHouse, username: string) {
    return sandbox.control.createBot({ username })
  }

  async function withBot(t: TestContext) {
    const parts = await startEora(t)
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
    const { house, call } = await startEora(t)
    const view = newBot(house, 'silent_bot')
    assert.equal((await call('POST', '/v1/bots', { token: view.token, title: 'Silent' })).status, 201)
    assert.deepEqual((await call('GET', URL)).json, [
      { id: view.id, token: view.token.slice(-4), title: 'Silent', active: true },
    ])
    await call('PATCH', `${URL}${view.id}`, { title: 'Still' })
    assert.equal((await call('GET', '/v1/bots')).json.items[0].echo, false)
  })
})
