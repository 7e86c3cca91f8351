import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { basic, HOUR, PASSWORD, startAccountsServer } from '../support/accounts.ts'

const ANN = { login: 'ann', password: PASSWORD, name: 'Ann' }

describe('sessions', () => {
  test('a log-in gives an access token, its end, the user, and the same as a cookie', async (t) => {
    const { call } = await startAccountsServer(t)
    const user = (await call('POST', '/v1/users', { body: ANN })).json
    const { status, json, headers } = await call('POST', '/v1/sessions', { body: { login: 'ANN', password: PASSWORD } })
    assert.equal(status, 201)
    const { accessToken, ...rest } = json
    assert.deepEqual(rest, { tokenType: 'Bearer', expiresAt: '2026-01-02T00:00:00.000Z', user })
    assert.equal(
      headers['set-cookie'],
      `postrider_session=${String(accessToken)}; Path=/; Expires=Fri, 02 Jan 2026 00:00:00 GMT; HttpOnly; SameSite=Lax`,
    )
    assert.equal(headers['cache-control'], 'no-store')
    for (const by of [{ as: `Bearer ${String(accessToken)}` }, { cookie: String(accessToken) }]) {
      assert.deepEqual((await call('GET', '/v1/me', by)).json, user)
    }
  })

  test('the cookie is Secure where the site has https', async (t) => {
    const { call, person } = await startAccountsServer(t, { publicUrl: 'https://post.example' })
    await person('ann')
    const { headers } = await call('POST', '/v1/sessions', { body: { login: 'ann', password: PASSWORD } })
    assert.match(String(headers['set-cookie']), /; HttpOnly; Secure; SameSite=Lax$/)
  })

  test('a wrong password and a login that does not exist get the same answer at the same cost', async (t) => {
    const { call, passwords } = await startAccountsServer(t)
    await call('POST', '/v1/users', { body: ANN })
    const wrong = await call('POST', '/v1/sessions', { body: { login: 'ann', password: 'not this one' } })
    const unknown = await call('POST', '/v1/sessions', { body: { login: 'nobody', password: 'not this one' } })
    assert.deepEqual([wrong.status, wrong.code], [401, 'credentials_invalid'])
    assert.deepEqual(wrong.json, unknown.json)
    assert.ok(wrong.headers['www-authenticate'])
    assert.equal(passwords.verified, 2)
  })

  test('an access token and its cookie end when their time is over', async (t) => {
    const { call, clock, person } = await startAccountsServer(t)
    const ann = await person('ann')
    clock.advance(24 * HOUR - 1)
    assert.equal((await call('GET', '/v1/me', { as: ann.bearer })).status, 200)
    clock.advance(1)
    assert.equal((await call('GET', '/v1/me', { as: ann.bearer })).code, 'credentials_invalid')
    assert.equal((await call('GET', '/v1/me', { cookie: ann.accessToken })).code, 'credentials_invalid')
  })

  for (const by of ['access token', 'cookie'] as const) {
    test(`a log-out by the ${by} ends access token and cookie at once, and no other session`, async (t) => {
      const { call, person } = await startAccountsServer(t)
      const ann = await person('ann')
      const other = await call('POST', '/v1/sessions', { body: { login: 'ann', password: PASSWORD } })
      const out = by === 'cookie' ? { cookie: ann.accessToken } : { as: ann.bearer }
      const { status, headers } = await call('DELETE', '/v1/sessions/current', out)
      assert.equal(status, 204)
      assert.match(String(headers['set-cookie']), /^postrider_session=; .*Expires=Thu, 01 Jan 1970/)
      assert.equal((await call('GET', '/v1/me', { as: ann.bearer })).code, 'credentials_invalid')
      assert.equal((await call('GET', '/v1/me', { cookie: ann.accessToken })).code, 'credentials_invalid')
      assert.equal((await call('GET', '/v1/me', { as: `Bearer ${String(other.json['accessToken'])}` })).status, 200)
    })
  }

  test('what is no session cannot be logged out', async (t) => {
    const { call, person } = await startAccountsServer(t)
    await person('ann')
    const { code } = await call('DELETE', '/v1/sessions/current', { as: basic('ann', PASSWORD) })
    assert.equal(code, 'not_found')
  })

  test('wrong passwords are slowed down, and the answer says for how long', async (t) => {
    const { call, clock, person } = await startAccountsServer(t)
    const ann = await person('ann')
    const guess = { body: { login: 'ann', password: 'not this one' }, from: '192.0.2.66' }
    for (let count = 0; count < 10; count++) {
      assert.equal((await call('POST', '/v1/sessions', guess)).code, 'credentials_invalid')
    }
    const { status, code, headers } = await call('POST', '/v1/sessions', guess)
    assert.deepEqual([status, code, headers['retry-after']], [429, 'too_many_requests', '30'])

    // The owner notices nothing: not at home, not with the session, and from the attacker's place after the wait.
    const right = { login: 'ann', password: PASSWORD }
    assert.equal((await call('POST', '/v1/sessions', { body: right })).status, 201)
    assert.equal((await call('GET', '/v1/me', { as: ann.bearer, from: '192.0.2.66' })).status, 200)
    assert.equal((await call('GET', '/v1/me', { as: basic('ann', PASSWORD), from: '192.0.2.66' })).status, 429)
    clock.advance(30_000)
    assert.equal((await call('POST', '/v1/sessions', { body: right, from: '192.0.2.66' })).status, 201)
  })
})
