import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { basic, PASSWORD, startAccountsServer } from '../support/accounts.ts'

function statuses(answers: readonly { status: number }[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b)
}

describe('/v1/me', () => {
  test('name and language can be changed, alone and together', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer: as, id } = await person('ann')
    const expected = {
      id,
      login: 'ann',
      name: 'ann',
      locale: 'en',
      role: 'operator',
      createdAt: '2026-01-01T00:00:00.000Z',
    }
    assert.deepEqual((await call('PATCH', '/v1/me', { as, body: {} })).json, expected)
    const named = await call('PATCH', '/v1/me', { as, body: { name: 'Ann Lee' } })
    assert.deepEqual(named.json, { ...expected, name: 'Ann Lee' })
    const both = await call('PATCH', '/v1/me', { as, body: { name: 'Аня', locale: 'ru' } })
    assert.deepEqual(both.json, { ...expected, name: 'Аня', locale: 'ru' })
    assert.deepEqual((await call('GET', '/v1/me', { as })).json, both.json)
  })

  test('what does not fit changes nothing', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer: as } = await person('ann')
    const before = (await call('GET', '/v1/me', { as })).json
    const bodies = [
      { name: '' },
      { name: 'Ann', locale: 'de' },
      { login: 'bob' },
      { name: null },
      { name: 'Ann', password: 'a new password' },
      { name: 'Ann', currentPassword: PASSWORD },
      { name: 'Ann', password: 'short', currentPassword: PASSWORD },
    ]
    for (const body of bodies) {
      assert.equal((await call('PATCH', '/v1/me', { as, body })).code, 'request_invalid', JSON.stringify(body))
    }
    assert.deepEqual((await call('GET', '/v1/me', { as })).json, before)
  })

  test('a new password needs the current one, and ends every session but the one that asks', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const ann = await person('ann')
    const elsewhere = await call('POST', '/v1/sessions', { body: { login: 'ann', password: PASSWORD } })
    const password = 'another password'
    const wrong = { name: 'Thief', password, currentPassword: 'not this one' }
    const refused = await call('PATCH', '/v1/me', { as: ann.bearer, body: wrong })
    assert.deepEqual([refused.status, refused.code], [401, 'credentials_invalid'])
    assert.equal((await call('GET', '/v1/me', { as: ann.bearer })).json['name'], 'ann')

    const body = { name: 'Ann', password, currentPassword: PASSWORD }
    assert.equal((await call('PATCH', '/v1/me', { as: ann.bearer, body })).json['name'], 'Ann')
    assert.equal((await call('GET', '/v1/me', { as: ann.bearer })).status, 200)
    assert.equal((await call('GET', '/v1/me', { as: `Bearer ${String(elsewhere.json['accessToken'])}` })).status, 401)
    assert.equal((await call('POST', '/v1/sessions', { body: { login: 'ann', password: PASSWORD } })).status, 401)
    assert.equal((await call('POST', '/v1/sessions', { body: { login: 'ann', password } })).status, 201)
  })

  test('a new password set with Basic credentials ends every session', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const ann = await person('ann')
    const body = { password: 'another password', currentPassword: PASSWORD }
    assert.equal((await call('PATCH', '/v1/me', { as: basic('ann', PASSWORD), body })).status, 200)
    assert.equal((await call('GET', '/v1/me', { as: ann.bearer })).status, 401)
  })

  test('of two new passwords at the same time one wins, and the other is told', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer: as } = await person('ann')
    const wanted = ['the first password', 'the second password']
    const change = (password: string) => call('PATCH', '/v1/me', { as, body: { password, currentPassword: PASSWORD } })
    const answers = await Promise.all(wanted.map(change))
    assert.deepEqual(statuses(answers), [200, 401])
    const works = wanted.map((password) => call('POST', '/v1/sessions', { body: { login: 'ann', password } }))
    assert.deepEqual(
      (await Promise.all(works)).map(({ status }) => status),
      answers.map(({ status }) => (status === 200 ? 201 : 401)),
    )
  })

  test('deleting needs the password, and leaves nothing', async (t) => {
    const { call, person, store } = await startAccountsServer(t)
    const ann = await person('ann')
    const bob = await person('bob')
    const made = await call('POST', '/v1/tokens', { as: ann.bearer, body: { name: 'script', scopes: ['read'] } })

    const wrong = await call('DELETE', '/v1/me', { as: ann.bearer, body: { password: 'not this one' } })
    assert.deepEqual([wrong.status, wrong.code], [401, 'credentials_invalid'])
    assert.equal((await call('DELETE', '/v1/me', { as: ann.bearer })).code, 'request_invalid')
    assert.equal((await call('GET', '/v1/me', { as: ann.bearer })).status, 200)

    const gone = await call('DELETE', '/v1/me', { as: ann.bearer, body: { password: PASSWORD } })
    assert.equal(gone.status, 204)
    assert.match(String(gone.headers['set-cookie']), /^postrider_session=;/)
    for (const as of [ann.bearer, `Bearer ${String(made.json['token'])}`, basic('ann', PASSWORD)]) {
      assert.equal((await call('GET', '/v1/me', { as })).status, 401)
    }
    assert.equal(await store.getUser(ann.id), undefined)
    assert.deepEqual(await store.listApiTokens(ann.id), [])
    assert.equal((await call('GET', '/v1/me', { as: bob.bearer })).status, 200)
    // The login is free again, and whoever takes it is somebody else.
    assert.notEqual((await person('ann')).id, ann.id)
  })

  for (const [what, request] of [
    ['the current password', { method: 'PATCH', body: { password: 'a new password', currentPassword: 'guessed it' } }],
    ['the password for deleting', { method: 'DELETE', body: { password: 'guessed it' } }],
  ] as const) {
    test(`guesses at ${what} are slowed down too, and the session lives on`, async (t) => {
      const { call, person } = await startAccountsServer(t)
      const { bearer: as } = await person('ann')
      const guess = () => call(request.method, '/v1/me', { as, body: request.body })
      for (let count = 0; count < 10; count++) assert.equal((await guess()).code, 'credentials_invalid')
      assert.equal((await guess()).code, 'too_many_requests')
      assert.equal((await call('GET', '/v1/me', { as })).status, 200)
    })
  }
})
