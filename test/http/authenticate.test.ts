import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { basic, PASSWORD, startAccountsServer } from '../support/accounts.ts'
import { listening } from '../support/http-server.ts'

describe('who asks', () => {
  test('one header for everything: access token, API token in two forms, login and password, or the cookie', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { id, bearer, accessToken } = await person('ann')
    const made = await call('POST', '/v1/tokens', { as: bearer, body: { name: 'script', scopes: ['read'] } })
    const token = String(made.json['token'])
    const ways = [
      { as: bearer },
      { as: `bearer ${accessToken}` },
      { as: `BEARER   ${accessToken} ` },
      { as: `Bearer ${token}` },
      { as: `Token ${token}` },
      { as: `token ${token}` },
      { as: basic('ann', PASSWORD) },
      { as: basic('ANN', PASSWORD) },
      { as: basic('ann', PASSWORD).replace('Basic', 'bAsIc') },
      { cookie: accessToken },
    ]
    for (const way of ways) {
      const { status, json } = await call('GET', '/v1/me', way)
      assert.deepEqual([status, json['id']], [200, id], JSON.stringify(way))
    }
  })

  test('missing or wrong is 401, and says which schemes there are', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { accessToken } = await person('ann')
    const wrong = [
      {},
      { as: '' },
      { as: 'Bearer' },
      { as: 'Bearer ' },
      { as: accessToken },
      { as: `Bearer ${accessToken} ${accessToken}` },
      { as: `Bearer ${accessToken.slice(0, -2)}xx` },
      { as: 'Bearer pr_0000000000000000000000000000000000000000' },
      { as: `Token ${accessToken}` },
      { as: 'Token pr_' },
      { as: `Digest ${accessToken}` },
      { as: 'Basic' },
      { as: 'Basic ann:secret' },
      { as: `Basic ${Buffer.from('no colon').toString('base64')}` },
      { as: basic('ann', 'not this one') },
      { as: basic('nobody', PASSWORD) },
      { as: basic('', '') },
      { as: basic('ann', 'p'.repeat(5000)) },
      { cookie: 'x' },
      { cookie: 'pr_0000000000000000000000000000000000000000' },
    ]
    for (const way of wrong) {
      const { status, code, headers } = await call('GET', '/v1/me', way)
      assert.deepEqual([status, code], [401, 'credentials_invalid'], JSON.stringify(way))
      const challenge = String(headers['www-authenticate'])
      assert.match(challenge, /^Bearer .*, Token .*, Basic .*charset="UTF-8"$/)
    }
  })

  test('a fetch of a page is not told of Basic, at which a browser would ask with a box of its own', async (t) => {
    const { call } = await startAccountsServer(t)
    const wrong = [{}, { as: basic('ann', 'not this one') }, { cookie: 'x' }]
    for (const way of wrong) {
      const answer = await call('GET', '/v1/me', { ...way, headers: { 'sec-fetch-dest': 'empty' } })
      assert.deepEqual([answer.status, answer.code], [401, 'credentials_invalid'], JSON.stringify(way))
      assert.match(String(answer.headers['www-authenticate']), /^Bearer realm="Postrider", Token realm="Postrider"$/)
    }
    const navigated = await call('GET', '/v1/me', { headers: { 'sec-fetch-dest': 'document' } })
    assert.match(String(navigated.headers['www-authenticate']), /Basic/)
  })

  test('a header that is wrong is not saved by a cookie that is right', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { accessToken } = await person('ann')
    assert.equal((await call('GET', '/v1/me', { as: 'Bearer wrong', cookie: accessToken })).status, 401)
  })

  test('an API token is no cookie', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer } = await person('ann')
    const made = await call('POST', '/v1/tokens', { as: bearer, body: { name: 'script', scopes: ['read'] } })
    assert.equal((await call('GET', '/v1/me', { cookie: String(made.json['token']) })).status, 401)
  })

  test('a password with colons and letters of any script travels as Basic', async (t) => {
    const { call } = await startAccountsServer(t)
    const table = [
      ['colon', 'a:b:c:d:e', 'utf8'],
      ['cyrillic', 'пароль:и ещё', 'utf8'],
      ['umlaut', 'größer als 8', 'utf8'],
      ['latin', 'größer als 8', 'latin1'],
    ] as const
    for (const [login, password, encoding] of table) {
      await call('POST', '/v1/users', { body: { login, password, name: login } })
      assert.equal((await call('GET', '/v1/me', { as: basic(login, password, encoding) })).status, 200, login)
    }
  })

  test('the right person with the wrong right is 403, and is told the right that is missing', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer } = await person('ann')
    const scoped = async (...scopes: string[]): Promise<string> => {
      const made = await call('POST', '/v1/tokens', { as: bearer, body: { name: scopes.join(' '), scopes } })
      return `Token ${String(made.json['token'])}`
    }
    const [send, read, manage] = [await scoped('send'), await scoped('read'), await scoped('manage')]
    const table = [
      [send, 'GET', '/v1/me', 'read'],
      [manage, 'GET', '/v1/tokens', 'read'],
      [read, 'PATCH', '/v1/me', 'manage'],
      [send, 'DELETE', '/v1/me', 'manage'],
      [read, 'POST', '/v1/tokens', 'manage'],
      [await scoped('send', 'read'), 'DELETE', '/v1/tokens/x', 'manage'],
      [read, 'POST', '/v1/messages', 'send'],
    ] as const
    for (const [as, method, path, scope] of table) {
      const { status, code, json } = await call(method, path, { as })
      assert.deepEqual([status, code], [403, 'scope_missing'], `${method} ${path}`)
      assert.match(String(json['detail']), new RegExp(`\\b${scope}\\b`))
    }
    assert.equal((await call('GET', '/v1/me', { as: read })).status, 200)
  })

  test('a stranger is refused before the body is read', async (t) => {
    const { call } = await startAccountsServer(t)
    assert.equal((await call('POST', '/v1/tokens', { body: '{"not": json' })).code, 'credentials_invalid')
    assert.equal((await call('PATCH', '/v1/me', { body: { whatever: true } })).code, 'credentials_invalid')
  })

  test('a header that is not right is 401, whatever it says, or 429 after too many', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { bearer } = await person('ann')
    const prefix = 'Bearer '.length
    const scheme = fc.constantFrom('Bearer', 'Token', 'Basic', 'basic', 'Digest', '', 'Bearer Bearer')
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.base64String(),
      fc.string({ unit: 'binary' }).map((pair) => Buffer.from(pair).toString('base64')),
      fc
        .tuple(fc.constantFrom('ann', 'bob', '\u0000'), fc.string({ unit: 'binary', maxLength: 20 }))
        .map(([login, password]) => Buffer.from(`${login}:${password}`).toString('base64')),
      // The right one, with one character missing.
      fc.integer({ min: prefix, max: bearer.length - 1 }).map((at) => bearer.slice(prefix, at) + bearer.slice(at + 1)),
      fc.string().map((tail) => `pr_${tail}`),
    )
    // What a header cannot hold never gets this far.
    const header = fc.tuple(scheme, text).map((parts) => parts.join(' ').replaceAll(/[^\t\u0020-\u007e]/g, ''))
    await fc.assert(
      fc.asyncProperty(header, async (as) => {
        const { status } = await call('GET', '/v1/me', { as })
        assert.ok(status === 401 || status === 429, `${status}`)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a cookie alone and writes from another site', () => {
  const SITE = 'https://post.example'
  const table = [
    // What the browser said, with PUBLIC_URL, allowed?
    [{ 'sec-fetch-site': 'same-origin' }, SITE, true],
    [{ 'sec-fetch-site': 'none' }, SITE, true],
    [{ 'sec-fetch-site': 'same-site' }, SITE, false],
    [{ 'sec-fetch-site': 'cross-site' }, SITE, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, SITE, false],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://sub.post.example' }, SITE, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'null' }, SITE, false],
    [{ origin: 'https://post.example' }, SITE, true],
    [{ origin: 'http://post.example' }, SITE, false],
    [{ origin: 'https://post.example:444' }, SITE, false],
    [{ origin: 'https://post.example.evil.example' }, SITE, false],
    [{ origin: 'null' }, SITE, false],
    [{ origin: '' }, SITE, false],
    [{}, SITE, true],
    // Without PUBLIC_URL the site is the host that the browser called.
    [{ origin: 'http://192.0.2.7:8000', host: '192.0.2.7:8000' }, undefined, true],
    [{ origin: 'http://192.0.2.7:9000', host: '192.0.2.7:8000' }, undefined, false],
    [{ origin: 'https://evil.example', host: '192.0.2.7:8000' }, undefined, false],
    [{ origin: 'http://192.0.2.7:8000', host: '192.0.2.7:8000', 'sec-fetch-site': 'cross-site' }, undefined, false],
    [{ origin: 'null', host: '192.0.2.7:8000' }, undefined, false],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8000', host: '127.0.0.1:8000' }, undefined, true],
    [{}, undefined, true],
  ] as const
  for (const [headers, publicUrl, allowed] of table) {
    const site = publicUrl === undefined ? 'without PUBLIC_URL' : `at ${publicUrl}`
    test(`${JSON.stringify(headers)} ${site} is ${allowed ? 'allowed' : 'refused'}`, async (t) => {
      const { call, person } = await startAccountsServer(t, publicUrl === undefined ? {} : { publicUrl })
      const { accessToken, bearer } = await person('ann')
      const body = { name: 'changed' }
      const { status, code } = await call('PATCH', '/v1/me', { cookie: accessToken, headers, body })
      assert.deepEqual([status, code], allowed ? [200, undefined] : [403, 'cross_site_refused'])
      const name = (await call('GET', '/v1/me', { cookie: accessToken, headers })).json['name']
      assert.equal(name, allowed ? 'changed' : 'ann', 'reading is always allowed, and a refused write changed nothing')
      // No other site can set a header, so one that is there settles it.
      assert.equal((await call('PATCH', '/v1/me', { as: bearer, cookie: accessToken, headers, body })).status, 200)
    })
  }

  test('holds for each method that writes', async (t) => {
    const { call, person } = await startAccountsServer(t)
    const { accessToken: cookie } = await person('ann')
    const headers = { 'sec-fetch-site': 'cross-site' }
    for (const [method, path] of [
      ['POST', '/v1/tokens'],
      ['PATCH', '/v1/me'],
      ['DELETE', '/v1/me'],
      ['DELETE', '/v1/tokens/x'],
      ['DELETE', '/v1/sessions/current'],
      ['POST', '/v1/messages'],
    ] as const) {
      assert.equal((await call(method, path, { cookie, headers })).code, 'cross_site_refused', `${method} ${path}`)
    }
    assert.equal((await call('GET', '/v1/me', { cookie })).status, 200)
  })
})

describe('on a real socket', () => {
  test('guesses are counted by the address that the connection has, whatever a header claims', async (t) => {
    const { server, person } = await startAccountsServer(t)
    await person('ann')
    const { url } = await listening(server)
    const guess = async (index: number): Promise<number> => {
      const headers = { authorization: basic('bob', 'not this one'), 'x-forwarded-for': `192.0.2.${index}` }
      const answer = await fetch(`${url}/v1/me`, { headers })
      await answer.arrayBuffer()
      return answer.status
    }
    const statuses: number[] = []
    for (let index = 0; index < 11; index++) statuses.push(await guess(index))
    assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 401), 429])
  })
})

describe('behind a reverse proxy that the operator named', () => {
  test('guesses are counted by the address that it forwards, so a stranger does not use up the owner’s', async (t) => {
    const { call, person } = await startAccountsServer(t, { trustedProxies: ['10.0.0.0/8'] })
    await person('ann')
    const guess = (from: string, forwarded: string): Promise<{ status: number }> =>
      call('GET', '/v1/me', {
        as: basic('ann', 'not this one'),
        from,
        headers: { 'x-forwarded-for': forwarded },
      })
    for (let index = 0; index < 10; index++) assert.equal((await guess('10.1.2.3', '192.0.2.1')).status, 401)
    assert.equal((await guess('10.1.2.3', '192.0.2.1')).status, 429)
    assert.equal((await guess('10.1.2.3', '192.0.2.2')).status, 401)
    assert.equal((await guess('192.0.2.1', '192.0.2.3')).status, 429, 'from anybody else the header is worth nothing')
  })
})
