import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { basic, HOUR, PASSWORD, startAccountsServer } from '../support/accounts.ts'
import { listening } from '../support/http-server.ts'
import { until } from '../support/until.ts'

const MINUTE = 60_000
/** By then a use is written. */
const SOON = 250

type Server = Awaited<ReturnType<typeof startAccountsServer>>
type Item = Record<'id' | 'createdAt' | 'lastSeenAt' | 'expiresAt', string> & {
  userAgent: string | null
  current: boolean
}

async function logIn({ call }: Server, login: string, headers: Record<string, string> = {}) {
  const { json } = await call('POST', '/v1/sessions', { body: { login, password: PASSWORD }, headers })
  return `Bearer ${String(json['accessToken'])}`
}

async function sessionsOf({ call }: Server, as: string): Promise<Item[]> {
  const { status, json } = await call('GET', '/v1/sessions', { as })
  assert.equal(status, 200)
  return json['items'] as Item[]
}

async function statusOf({ call }: Server, as: string): Promise<number> {
  return (await call('GET', '/v1/me', { as })).status
}

describe('the list of sessions', () => {
  test('says when and by what each was begun, until when it holds, and which one asks', async (t) => {
    const server = await startAccountsServer(t)
    await server.call('POST', '/v1/users', { body: { login: 'ann', password: PASSWORD, name: 'Ann' } })
    const first = await logIn(server, 'ann', { 'user-agent': 'curl/8.15.0' })
    server.clock.advance(1000)
    const second = await logIn(server, 'ann', { 'user-agent': '' })
    const [newer, older, ...none] = await sessionsOf(server, first)
    assert.deepEqual(none, [])
    assert.match(String(older?.id), /^ses_/)
    const { id: olderId, ...known } = older ?? { id: '' }
    const at = (second: number, day = '01') => `2026-01-${day}T00:00:0${second}.000Z`
    const times = { createdAt: at(0), lastSeenAt: at(0), expiresAt: at(0, '02') }
    assert.deepEqual(known, { ...times, userAgent: 'curl/8.15.0', current: true })
    assert.deepEqual([newer?.createdAt, newer?.userAgent, newer?.current], [at(1), null, false])
    const asSecond = await sessionsOf(server, second)
    assert.deepEqual(
      asSecond.map(({ id, current }) => [id, current]),
      [
        [newer?.id, true],
        [olderId, false],
      ],
    )
  })

  test('has none that is over, none of another account, and marks none for a caller without a session', async (t) => {
    const server = await startAccountsServer(t)
    await server.person('bob')
    const ann = await server.person('ann')
    server.clock.advance(HOUR)
    await logIn(server, 'ann')
    const [one, two, ...none] = await sessionsOf(server, basic('ann', PASSWORD))
    assert.deepEqual([one?.current, two?.current, none], [false, false, []])
    server.clock.advance(23 * HOUR)
    assert.deepEqual(
      (await sessionsOf(server, basic('ann', PASSWORD))).map(({ id }) => id),
      [one?.id],
    )
    assert.equal(await statusOf(server, ann.bearer), 401)
  })

  test('keeps no more of a long name than it says', async (t) => {
    const server = await startAccountsServer(t)
    await server.person('ann')
    const as = await logIn(server, 'ann', { 'user-agent': `Ä${'x'.repeat(5000)}` })
    const found = (await sessionsOf(server, as)).find(({ current }) => current)
    assert.equal(found?.userAgent, `Ä${'x'.repeat(199)}`)
  })

  test('knows to the minute when each was last seen, also over a socket, and nobody waits for the write', async (t) => {
    const server = await startAccountsServer(t)
    const { bearer: as } = await server.person('ann')
    const { url } = await listening(server.server)
    const seen = async () => (await sessionsOf(server, basic('ann', PASSWORD)))[0]?.lastSeenAt
    server.clock.advance(MINUTE - 1)
    assert.equal(await statusOf(server, as), 200)
    assert.equal(server.clock.sleeping, 0, 'nothing is about to be written')
    server.clock.advance(1)
    const answer = await fetch(`${url}/v1/me`, {
      headers: { cookie: `postrider_session=${as.slice('Bearer '.length)}` },
    })
    assert.equal(answer.status, 200)
    server.clock.advance(SOON)
    await until('it was seen', async () => (await seen()) === '2026-01-01T00:01:00.000Z')
  })
})

describe('ending sessions', () => {
  test('one of them is dead at once, and the others go on', async (t) => {
    const server = await startAccountsServer(t)
    const ann = await server.person('ann')
    const other = await logIn(server, 'ann', { 'user-agent': 'other' })
    const found = (await sessionsOf(server, ann.bearer)).find(({ userAgent }) => userAgent === 'other')
    const { status, headers } = await server.call('DELETE', `/v1/sessions/${found?.id}`, { as: ann.bearer })
    assert.deepEqual([status, headers['set-cookie']], [204, undefined])
    assert.deepEqual([await statusOf(server, other), await statusOf(server, ann.bearer)], [401, 200])
    assert.equal((await server.call('DELETE', `/v1/sessions/${found?.id}`, { as: ann.bearer })).code, 'not_found')
  })

  test('the one that asks takes its cookie with it', async (t) => {
    const server = await startAccountsServer(t)
    const ann = await server.person('ann')
    const [own] = await sessionsOf(server, ann.bearer)
    const { status, headers } = await server.call('DELETE', `/v1/sessions/${own?.id}`, { cookie: ann.accessToken })
    assert.equal(status, 204)
    assert.match(String(headers['set-cookie']), /^postrider_session=; .*Expires=Thu, 01 Jan 1970/)
    assert.equal(await statusOf(server, ann.bearer), 401)
  })

  test('another account’s session is not there', async (t) => {
    const server = await startAccountsServer(t)
    const [ann, bob] = [await server.person('ann'), await server.person('bob')]
    const [hers] = await sessionsOf(server, ann.bearer)
    const { status, code } = await server.call('DELETE', `/v1/sessions/${hers?.id}`, { as: bob.bearer })
    assert.deepEqual([status, code], [404, 'not_found'])
    assert.equal((await server.call('DELETE', '/v1/sessions', { as: bob.bearer })).status, 204)
    assert.deepEqual([await statusOf(server, ann.bearer), await statusOf(server, bob.bearer)], [200, 401])
  })

  for (const keepCurrent of [false, true]) {
    test(`all of them end, ${keepCurrent ? 'but for the one that asks and wants to stay' : 'also the one that asks'}`, async (t) => {
      const server = await startAccountsServer(t)
      const ann = await server.person('ann')
      const others = [await logIn(server, 'ann'), await logIn(server, 'ann')]
      const url = keepCurrent ? '/v1/sessions?keepCurrent=true' : '/v1/sessions'
      const { status, headers } = await server.call('DELETE', url, { cookie: ann.accessToken })
      assert.equal(status, 204)
      assert.equal(headers['set-cookie'] === undefined, keepCurrent)
      assert.deepEqual(await Promise.all(others.map((as) => statusOf(server, as))), [401, 401])
      assert.equal(await statusOf(server, ann.bearer), keepCurrent ? 200 : 401)
    })
  }

  test('needs the right to manage, and no page of another site can do it', async (t) => {
    const server = await startAccountsServer(t)
    const ann = await server.person('ann')
    const made = await server.call('POST', '/v1/tokens', { as: ann.bearer, body: { name: 'x', scopes: ['read'] } })
    const as = `Token ${String(made.json['token'])}`
    const [own] = await sessionsOf(server, as)
    for (const url of ['/v1/sessions', `/v1/sessions/${own?.id}`]) {
      assert.equal((await server.call('DELETE', url, { as })).code, 'scope_missing')
      const lured = { cookie: ann.accessToken, headers: { 'sec-fetch-site': 'cross-site' } }
      assert.equal((await server.call('DELETE', url, lured)).code, 'cross_site_refused')
    }
    assert.equal(await statusOf(server, ann.bearer), 200)
  })
})
