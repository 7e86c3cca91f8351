import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FRESH_LOG_IN_MS } from '../../../src/usecases/restate-account.ts'
import { type Ask } from '../../support/dialect-house.ts'
import { PSW, DENIED, person, logIn, startDjangobot, invalidData } from '../../support/djangobot.ts'

describe('an account of djangobot', () => {
  test('is addressed in Russian', async (t) => {
    const { house } = await startDjangobot(t)
    assert.equal((await house.store.findUserByLogin('ann'))?.user.locale, 'ru')
  })

  test('is refused in its words when it cannot be', async (t) => {
    const { ask } = await startDjangobot(t)
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
    const { ask } = await startDjangobot(t)
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
    const { ann, ask } = await startDjangobot(t)
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
    const { house, ann, ask } = await startDjangobot(t)
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
    const { house, ask } = await startDjangobot(t)
    const other = await logIn(house, 'ann')
    const psw = 'another horse, another staple'
    assert.equal((await ask('PUT', '/api/user/', { name: 'ann', login: 'ann', psw })).status, 200)
    assert.equal((await ask('GET', '/api/cabinet')).status, 200)
    assert.equal((await ask('GET', '/api/cabinet', undefined, other.headers)).status, 403)
    assert.equal((await logIn(house, 'ann')).status, 401)
    assert.equal((await logIn(house, 'ann', psw)).status, 200)
  })

  test('keeps what it has when a change is refused', async (t) => {
    const { house, ask } = await startDjangobot(t)
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
    const { house, ann, ask } = await startDjangobot(t)
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
    const { house, ask } = await startDjangobot(t)
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
    const { house, ann, ask } = await startDjangobot(t)
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
    const { house, ask } = await startDjangobot(t)
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
    const { house, ask } = await startDjangobot(t)
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
    const { house, ask } = await startDjangobot(t)
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

describe('the paths of djangobot', () => {
  test('lead from its Swagger to our API documentation', async (t) => {
    const { ask } = await startDjangobot(t)
    for (const url of ['/api/', '/api']) {
      const { status, headers } = await ask('GET', url, undefined, {})
      assert.deepEqual([status, headers['location']], [302, '/docs'])
    }
  })

  test('refuse other methods', async (t) => {
    const { ask } = await startDjangobot(t)
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
