import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HOUR, startAccountsServer } from '../support/accounts.ts'

const SCRIPT = { name: 'Backup script', scopes: ['read'] }

describe('API tokens', () => {
  test('a token is shown once, and known by its last four characters after that', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer: as } = await person('ann')
    const body = { ...SCRIPT, expiresAt: '2026-02-01T02:00:00+02:00' }
    const { status, json, headers } = await call('POST', '/v1/tokens', { as, body })
    assert.equal(status, 201)
    assert.equal(headers['cache-control'], 'no-store')
    const { token, ...shown } = json
    assert.match(String(token), /^pr_[0-9a-z]{40}$/)
    const { id, ...rest } = shown
    assert.match(String(id), /^tok_[0-9a-z]{26}$/)
    assert.deepEqual(rest, {
      name: 'Backup script',
      scopes: ['read'],
      hint: String(token).slice(-4),
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-02-01T00:00:00.000Z',
      lastUsedAt: null,
    })
    assert.deepEqual((await call('GET', '/v1/tokens', { as })).json, { items: [shown] })
  })

  test('no two tokens are alike, and none is stored in clear', async (t) => {
    const { call, person, store, secrets } = await startAccountsServer(t)
    const { bearer: as, id } = await person('ann')
    const made = new Set<string>()
    for (let count = 0; count < 20; count++) {
      made.add(String((await call('POST', '/v1/tokens', { as, body: SCRIPT })).json['token']))
    }
    assert.equal(made.size, 20)
    const [token = ''] = made
    assert.equal(await store.findApiToken(token), undefined)
    assert.equal((await store.findApiToken(secrets.hashToken(token)))?.user.id, id)
  })

  test('a token is dead from the moment it expires', async (t) => {
    const { call, person, clock } = await startAccountsServer(t)
    const { bearer } = await person('ann')
    const body = { ...SCRIPT, expiresAt: '2026-01-01T01:00:00Z' }
    const as = `Token ${String((await call('POST', '/v1/tokens', { as: bearer, body })).json['token'])}`
    clock.advance(HOUR - 1)
    assert.equal((await call('GET', '/v1/me', { as })).status, 200)
    clock.advance(1)
    assert.equal((await call('GET', '/v1/me', { as })).code, 'credentials_invalid')
  })

  test('a revoked token is dead at once, and another one lives', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer } = await person('ann')
    const first = (await call('POST', '/v1/tokens', { as: bearer, body: SCRIPT })).json
    const second = (await call('POST', '/v1/tokens', { as: bearer, body: SCRIPT })).json
    assert.equal((await call('DELETE', `/v1/tokens/${String(first['id'])}`, { as: bearer })).status, 204)
    assert.equal((await call('GET', '/v1/me', { as: `Token ${String(first['token'])}` })).status, 401)
    assert.equal((await call('GET', '/v1/me', { as: `Token ${String(second['token'])}` })).status, 200)
    assert.equal((await call('DELETE', `/v1/tokens/${String(first['id'])}`, { as: bearer })).code, 'not_found')
  })

  test("another's token is not there, and stays as it is", async (t) => {
    const { call, person } = await startAccountsServer(t)
    const ann = await person('ann')
    const bob = await person('bob')
    const { id, token } = (await call('POST', '/v1/tokens', { as: ann.bearer, body: SCRIPT })).json
    assert.equal((await call('DELETE', `/v1/tokens/${String(id)}`, { as: bob.bearer })).code, 'not_found')
    assert.deepEqual((await call('GET', '/v1/tokens', { as: bob.bearer })).json, { items: [] })
    assert.equal((await call('GET', '/v1/me', { as: `Token ${String(token)}` })).json['id'], ann.id)
  })

  test('a token grants only what its maker may do', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer } = await person('ann')
    const maker = { name: 'maker', scopes: ['manage', 'read', 'manage'] }
    assert.equal((await call('POST', '/v1/tokens', { as: bearer, body: maker })).code, 'request_invalid')
    maker.scopes.pop()
    const made = (await call('POST', '/v1/tokens', { as: bearer, body: maker })).json
    assert.deepEqual(made['scopes'], ['read', 'manage'])
    const as = `Token ${String(made['token'])}`
    const more = await call('POST', '/v1/tokens', { as, body: { name: 'more', scopes: ['read', 'send'] } })
    assert.deepEqual([more.status, more.code], [403, 'scope_missing'])
    assert.match(String(more.json['detail']), /\bsend\b/)
    assert.equal((await call('POST', '/v1/tokens', { as, body: { name: 'same', scopes: ['read'] } })).status, 201)
  })

  test('a new password leaves tokens alone', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer } = await person('ann')
    const as = `Token ${String((await call('POST', '/v1/tokens', { as: bearer, body: SCRIPT })).json['token'])}`
    const body = { password: 'another password', currentPassword: 'correct horse battery staple' }
    assert.equal((await call('PATCH', '/v1/me', { as: bearer, body })).status, 200)
    assert.equal((await call('GET', '/v1/me', { as })).status, 200)
  })

  const bad: Record<string, object> = {
    '/body/name': { name: '' },
    '/body/name (blank)': { name: ' ' },
    '/body/name (a line break)': { name: 'a\nb' },
    '/body/scopes': { scopes: [] },
    '/body/scopes/0': { scopes: ['admin'] },
    '/body/scopes (twice)': { scopes: ['read', 'read'] },
    '/body/expiresAt': { expiresAt: '2026-01-01T00:00:00.000Z' },
    '/body/expiresAt (the past)': { expiresAt: '1999-01-01T00:00:00Z' },
    '/body/expiresAt (beyond what can be written)': { expiresAt: '9999-12-31T23:59:59-12:00' },
    '/body/expiresAt (no such day)': { expiresAt: '2026-02-30T00:00:00Z' },
    '/body/expiresAt (no offset)': { expiresAt: '2027-01-01T00:00:00' },
    '/body/expiresAt (a number)': { expiresAt: 1_800_000_000 },
    '/body/token': { token: 'pr_mine' },
  }
  for (const [what, fields] of Object.entries(bad)) {
    test(`refuses ${what}, says so, and stores nothing`, async (t) => {
      const { call, person } = await startAccountsServer(t)
      const { bearer: as } = await person('ann')
      const { code, json } = await call('POST', '/v1/tokens', { as, body: { ...SCRIPT, ...fields } })
      assert.equal(code, 'request_invalid')
      assert.ok(
        (json['errors'] as { where: string }[]).some(({ where }) => where === what.split(' ')[0]),
        JSON.stringify(json),
      )
      assert.deepEqual((await call('GET', '/v1/tokens', { as })).json, { items: [] })
    })
  }
})
