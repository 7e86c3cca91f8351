import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { basic, PASSWORD, startAccountsServer } from '../support/accounts.ts'

const ANN = { login: 'ann', password: PASSWORD, name: 'Ann' }

function statuses(answers: readonly { status: number }[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b)
}

describe('POST /v1/users', () => {
  test('registers an account, and answers just what the contract says', async (t) => {
    const { call } = await startAccountsServer(t)
    const { status, json } = await call('POST', '/v1/users', { body: { ...ANN, login: 'Ann.B+c@d_e-f', locale: 'ru' } })
    assert.equal(status, 201)
    const { id, ...rest } = json
    assert.match(String(id), /^usr_[0-9a-z]{26}$/)
    const createdAt = '2026-01-01T00:00:00.000Z'
    assert.deepEqual(rest, { login: 'Ann.B+c@d_e-f', name: 'Ann', locale: 'ru', role: 'operator', createdAt })
  })

  test('the first account of all is an operator, also of those who come at the same moment, and nobody else is', async (t) => {
    const { call, person, store } = await startAccountsServer(t)
    const logins = ['ann', 'bob', 'carl']
    const answers = await Promise.all(logins.map((login) => call('POST', '/v1/users', { body: { ...ANN, login } })))
    assert.equal(answers.filter(({ json }) => json['role'] === 'operator').length, 1)
    const dora = await person('dora')
    const { json } = await call('GET', '/v1/whoami', { as: dora.bearer })
    assert.equal((json['user'] as { role: string }).role, 'user')
    await store.updateUser(dora.id, { role: 'operator' })
    assert.equal((await call('GET', '/v1/me', { as: dora.bearer })).json['role'], 'operator')
  })

  test('the first account is an ordinary one where somebody made another before', async (t) => {
    const { call, store, clock } = await startAccountsServer(t)
    const byHand = {
      id: 'usr_1',
      login: 'root',
      passwordHash: '',
      name: 'Root',
      locale: 'en',
      nowMs: clock.now(),
    } as const
    await store.createUser(byHand)
    assert.equal((await call('POST', '/v1/users', { body: ANN })).json['role'], 'user')
  })

  test('the language is English unless said', async (t) => {
    const { call } = await startAccountsServer(t)
    assert.equal((await call('POST', '/v1/users', { body: ANN })).json['locale'], 'en')
  })

  test('a login is taken in any case, also for those who come at the same moment', async (t) => {
    const { call, store } = await startAccountsServer(t)
    const same = ['ann', 'ANN', 'Ann', 'aNN', 'anN']
    const answers = await Promise.all(same.map((login) => call('POST', '/v1/users', { body: { ...ANN, login } })))
    assert.deepEqual(statuses(answers), [201, 409, 409, 409, 409])
    assert.ok(answers.every(({ status, code }) => status === 201 || code === 'login_taken'))
    assert.equal((await store.listUsers({ limit: 10 })).length, 1)
  })

  test('REGISTRATION=closed lets nobody in', async (t) => {
    const { call, store } = await startAccountsServer(t, { registration: 'closed' })
    const { status, code } = await call('POST', '/v1/users', { body: ANN })
    assert.deepEqual([status, code], [403, 'registration_closed'])
    assert.deepEqual(await store.listUsers({ limit: 1 }), [])
  })

  const good: Record<string, object> = {
    'the shortest': { login: 'a.1', password: '12345678', name: 'A' },
    'the longest': { login: 'a'.repeat(64), password: 'p'.repeat(256), name: 'n'.repeat(64) },
    'characters beyond 16 bits': { password: '🗝'.repeat(256), name: '🐎'.repeat(64) },
    'any script': { password: 'пароль и ещё', name: 'Анна-Мария 王 אבג' },
    'joined emoji': { name: '👩‍👩‍👧 and co' },
    'a password of blanks and control characters': { password: '\u0000\t\n \u007f\u2028  ' },
  }
  for (const [what, fields] of Object.entries(good)) {
    test(`takes ${what}, and lets them log in with it`, async (t) => {
      const { call } = await startAccountsServer(t)
      const { login, password, name } = { ...ANN, ...fields }
      assert.equal((await call('POST', '/v1/users', { body: { login, password, name } })).status, 201)
      const { status, json } = await call('POST', '/v1/sessions', { body: { login, password } })
      assert.equal(status, 201)
      assert.equal((json['user'] as { name: string }).name, name)
      assert.equal((await call('GET', '/v1/me', { as: basic(login, password) })).status, 200)
    })
  }

  const bad: Record<string, object> = {
    '/body/login': { login: 'ab' },
    '/body/login (too long)': { login: 'a'.repeat(65) },
    '/body/login (a blank)': { login: 'a b' },
    '/body/login (Cyrillic)': { login: 'анна' },
    '/body/login (a line break at the end)': { login: 'anna\n' },
    '/body/login (a number)': { login: 12345 },
    '/body/password': { password: '1234567' },
    '/body/password (too long)': { password: 'p'.repeat(257) },
    '/body/password (too long, in emoji)': { password: '🗝'.repeat(257) },
    '/body/name': { name: '' },
    '/body/name (too long)': { name: 'n'.repeat(65) },
    '/body/name (blank)': { name: ' \u00a0\u3000' },
    '/body/name (nothing to see)': { name: '\u200b\u3164\u2800' },
    '/body/name (a line break)': { name: 'A\nB' },
    '/body/name (a line separator)': { name: 'A\u2028B' },
    '/body/name (a control character)': { name: 'A\u0007' },
    '/body/name (NUL)': { name: 'A\u0000' },
    '/body/locale': { locale: 'de' },
    '/body/role': { role: 'operator' },
  }
  for (const [what, fields] of Object.entries(bad)) {
    test(`refuses ${what}, says so, and stores nothing`, async (t) => {
      const { call, store } = await startAccountsServer(t)
      const { code, json } = await call('POST', '/v1/users', { body: { ...ANN, ...fields } })
      assert.equal(code, 'request_invalid')
      const faults = json['errors'] as { where: string }[]
      assert.deepEqual([...new Set(faults.map(({ where }) => where))], [what.split(' ')[0]])
      assert.deepEqual(await store.listUsers({ limit: 1 }), [])
    })
  }

  test('refuses half of a surrogate pair', async (t) => {
    const { call, store } = await startAccountsServer(t)
    for (const field of ['login', 'password', 'name']) {
      const body = JSON.stringify({ ...ANN, [field]: 'PUT-HERE' }).replace('PUT-HERE', 'abcdefgh\\ud800')
      assert.equal((await call('POST', '/v1/users', { body })).code, 'request_invalid', field)
    }
    assert.deepEqual(await store.listUsers({ limit: 1 }), [])
  })
})
