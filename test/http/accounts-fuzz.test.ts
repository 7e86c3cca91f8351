import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { REFUSALS } from '../../src/domain/refusals.ts'
import { PASSWORD, startAccountsServer } from '../support/accounts.ts'
import type { Call } from '../support/checked-calls.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** Every route that takes a body, and a body that it accepts. */
const ROUTES: readonly { method: Method; path: string; body: Record<string, unknown> }[] = [
  { method: 'POST', path: '/v1/users', body: { login: 'carl', password: PASSWORD, name: 'Carl', locale: 'ru' } },
  { method: 'POST', path: '/v1/sessions', body: { login: 'ann', password: PASSWORD } },
  {
    method: 'PATCH',
    path: '/v1/me',
    body: { name: 'A', locale: 'ru', password: 'next one', currentPassword: PASSWORD },
  },
  { method: 'DELETE', path: '/v1/me', body: { password: PASSWORD } },
  { method: 'POST', path: '/v1/tokens', body: { name: 'x', scopes: ['read'], expiresAt: '2030-01-01T00:00:00Z' } },
]

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300, size: 'max' }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\u2028',
    '__proto__',
    'constructor',
    '\ud83d\ude00',
    '\u200b',
    "'; DROP TABLE users; --",
  ),
)
const junk = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, 0, -1, 1e308, [], {}, [[]], [null]) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }) },
)

/** The whole body is something else, or one field is, or is gone, or is one too many. */
function brokenBody(good: Record<string, unknown>): fc.Arbitrary<unknown> {
  const field = fc.constantFrom(...Object.keys(good))
  return fc.oneof(
    junk,
    fc.tuple(field, junk).map(([name, value]) => ({ ...good, [name]: value })),
    fc.tuple(fc.subarray(Object.keys(good), { minLength: 1 }), junk).map(([names, value]) => ({
      ...good,
      ...Object.fromEntries(names.map((name) => [name, value])),
    })),
    field.map((gone) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== gone))),
    fc.tuple(text, junk).map(([name, value]) => ({ ...good, [`${name}?`]: value })),
  )
}

async function start(t: TestContext) {
  const { call, clock, person, store } = await startAccountsServer(t)
  const { bearer } = await person('ann')

  /** Everything of this slice that is stored, as far as it can be seen. */
  async function stored(): Promise<unknown> {
    const users = await store.listUsers({ limit: 100 })
    return Promise.all(users.map(async ({ id }) => [await store.getUser(id), await store.listApiTokens(id)]))
  }

  /** Sends it, and holds the answer to: stored as it was sent, or refused by the catalogue and nothing changed. */
  async function send(method: Method, path: string, request: Call): Promise<string> {
    const earlier = await stored()
    // Guesses would soon be slowed down, and nothing else would be seen.
    clock.advance(30_000)
    const { status, code, json } = await call(method, path, { as: bearer, ...request })
    if (status < 300) {
      for (const [name, value] of Object.entries(request.body ?? {})) {
        if (['login', 'name', 'locale', 'scopes'].includes(name) && name in json) assert.deepEqual(json[name], value)
      }
      return 'accepted'
    }
    assert.ok(typeof code === 'string' && Object.hasOwn(REFUSALS, code), `${status}`)
    assert.ok(status < 500, `${method} ${path}: ${status} ${code}`)
    assert.deepEqual(await stored(), earlier, `${method} ${path}: ${code} changed something`)
    return code
  }
  return { send }
}

describe('what anybody may send', () => {
  for (const { method, path, body } of ROUTES) {
    test(`${method} ${path}: a body that does not fit is refused, and nothing is stored`, async (t) => {
      const { send } = await start(t)
      const outcomes = new Set<string>()
      const property = fc.asyncProperty(brokenBody(body), async (broken) => {
        outcomes.add(await send(method, path, { body: broken }))
      })
      await fc.assert(property, { numRuns: 150 })
      assert.ok(outcomes.has('request_invalid'), [...outcomes].join(', '))
    })

    test(`${method} ${path}: bytes that are no JSON, or say that they are something else, are refused`, async (t) => {
      const { send } = await start(t)
      const type = fc.constantFrom(
        'application/json',
        'application/json; charset=utf-16',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/json-patch+json',
        '',
        '/',
      )
      const whole = JSON.stringify(body)
      const bytes = fc.oneof(
        fc.nat(whole.length - 1).map((length) => whole.slice(0, length)),
        fc.string({ unit: 'binary', maxLength: 100 }).map((noise) => `${whole}${noise}x`),
        fc.constantFrom('', '{', '[[[['.repeat(5000), '{"login":'.repeat(3000), 'NaN', '{"login":"\\ud800"}'),
        fc.constantFrom('{"__proto__":{"login":"x"}}', '{"constructor":{"prototype":{}}}', '{"login":1e999}'),
      )
      await fc.assert(
        fc.asyncProperty(type, bytes, async (contentType, payload) => {
          assert.notEqual(
            await send(method, path, { body: payload, headers: { 'content-type': contentType } }),
            'accepted',
          )
        }),
        { numRuns: 80 },
      )
    })
  }

  test('a token id that cannot be is not found', async (t) => {
    const { send } = await start(t)
    const outcomes = new Set<string>()
    const id = fc.oneof(text, fc.string()).map((raw) => encodeURIComponent(raw.toWellFormed()))
    const property = fc.asyncProperty(id, async (encoded) => {
      outcomes.add(await send('DELETE', `/v1/tokens/${encoded}`, {}))
    })
    await fc.assert(property, { numRuns: 150 })
    outcomes.delete('not_found')
    outcomes.delete('request_invalid')
    assert.deepEqual([...outcomes], [])
  })
})
