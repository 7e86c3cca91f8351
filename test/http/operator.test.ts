import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { BotState } from '../../src/domain/bot.ts'
import { basic, PASSWORD } from '../support/accounts.ts'
import { dialectHouse } from '../support/dialect-house.ts'

const PATHS = [
  '/v1/operator/overview',
  '/v1/operator/users',
  '/v1/operator/bots',
  '/v1/operator/activity?by=minute',
  '/v1/operator/failures',
]
/** 2026-01-01T00:00:00.000Z, when each of these tests begins. */
const NOW = 1_767_225_600_000
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000]
const NOTHING = { accepted: 0, delivered: 0, failed: 0, uncertain: 0, expired: 0, throttled: 0 }

/** An operator, Olga, and an ordinary account, Ann, with a bot of her own and a linked chat. */
async function startOffice(t: TestContext) {
  const house = await dialectHouse(t)
  const register = async (login: string, name: string) =>
    (await house.ask({ method: 'POST', url: '/v1/users', body: { login, password: PASSWORD, name } })).json
  const [olga, ann] = [await register('olga', 'Olga'), await register('ann', 'Ann')]
  const as = (login: string) => ({ authorization: basic(login, PASSWORD) })
  const get = async (url: string, login = 'olga') => house.ask({ method: 'GET', url, headers: as(login) })
  const post = async (url: string, body: object, login = 'ann') =>
    (await house.ask({ method: 'POST', url, headers: as(login), body })).json
  async function addBot(username: string, login = 'ann') {
    const { token } = house.sandbox.control.createBot({ username })
    return { token, ...(await post('/v1/bots', { token }, login)) }
  }
  const serve = () => house.store.beat({ id: 'prc_1', leaseMs: 60_000 })
  return { house, olga, ann, as, get, post, addBot, serve }
}

type Office = Awaited<ReturnType<typeof startOffice>>
type Page = { items: Record<string, unknown>[]; nextCursor: string | null }
const botsOf = async ({ get }: Office, query = ''): Promise<Page> => (await get(`/v1/operator/bots${query}`)).json

describe('the operator’s view', () => {
  for (const path of PATHS) {
    test(`${path} is for operators alone, and with the right to read`, async (t) => {
      const { house, ann, get, post } = await startOffice(t)
      assert.equal((await get(path)).status, 200)
      const refused = await get(path, 'ann')
      assert.deepEqual([refused.status, refused.json.code], [403, 'operator_only'])
      assert.equal((await house.ask({ method: 'GET', url: path })).status, 401)
      const { token } = await post('/v1/tokens', { name: 'x', scopes: ['send'] }, 'olga')
      const bearer = { authorization: `Bearer ${token}` }
      assert.equal((await house.ask({ method: 'GET', url: path, headers: bearer })).json.code, 'scope_missing')
      await house.store.updateUser(ann.id, { role: 'operator' })
      assert.equal((await get(path, 'ann')).status, 200)
      await house.store.updateUser(ann.id, { role: 'user' })
      assert.equal((await get(path, 'ann')).json.code, 'operator_only')
    })
  }

  test('shows no text of a message, no secret and no chat’s title', async (t) => {
    const { house, get, post, addBot, serve } = await startOffice(t)
    const { token } = await addBot('anns_shop_bot')
    await house.link('ann')
    const group = { telegramChatId: -7, type: 'group', title: 'Private family group', username: null } as const
    const peer = await house.store.savePeer('bot_shared', group)
    const { user } = (await house.store.findUserByLogin('ann')) ?? assert.fail()
    await house.store.linkChat({ id: 'cht_group', userId: user.id, peerId: peer.id, nowMs: 0 })
    await post('/v1/messages', { text: 'The secret of the text' })
    await serve()
    for (const path of PATHS) {
      const { text } = await get(path)
      for (const secret of ['secret of the text', 'family group', token, token.split(':')[1] ?? '']) {
        assert.ok(!text.includes(secret), `${path}: ${secret}`)
      }
    }
  })

  test('the overview says what there is, what waits and since when', async (t) => {
    const { house, get, post, addBot, serve } = await startOffice(t)
    const { id } = await addBot('anns_shop_bot')
    await house.link('ann')
    const { createdAt } = await post('/v1/messages', { text: 'x' })
    await serve()
    await house.store.setBotState(id, 'running', null)
    const { json } = await get('/v1/operator/overview')
    const { database, telegram, version, startedAt, ...rest } = json
    assert.deepEqual(rest, {
      processes: [{ id: 'prc_1', bots: 2 }],
      counts: { users: 2, bots: 2, botsRunning: 1, chats: 1, waiting: 1, oldestWaitingAt: createdAt },
    })
    assert.match(version, /^\d+\.\d+\.\d+/)
    assert.equal(startedAt, '2026-01-01T00:00:00.000Z')
    const { sizeBytes, ...state } = database
    assert.deepEqual(state, { engine: 'sqlite', ok: true, latencyMs: 0 })
    assert.ok(sizeBytes > 10_000)
    assert.deepEqual(telegram, {
      isSandbox: true,
      apiRoot: new URL(house.sandbox.url).host,
      ok: true,
      reason: null,
      cause: null,
      lastAnswerAt: null,
    })
    const answer = { ...NOTHING, minuteMs: NOW, answeredMs: NOW + 5 }
    await house.store.addActivity('prc_1', { minutes: [answer], failures: [] })
    const later = (await get('/v1/operator/overview')).json
    assert.equal(later.telegram.lastAnswerAt, '2026-01-01T00:00:00.005Z')
  })

  test('the overview says that Telegram does not answer, and why, until one bot hears of it', async (t) => {
    const { house, get, addBot, serve } = await startOffice(t)
    const told = async () => {
      const { ok, reason } = (await get('/v1/operator/overview')).json.telegram
      return [ok, reason]
    }
    const { id } = await addBot('anns_shop_bot')
    assert.deepEqual(await told(), [false, 'No process serves a bot just now.'])
    await serve()
    assert.deepEqual(await told(), [false, 'No bot has heard of it yet.'])
    for (const one of [id, 'bot_shared']) await house.store.setBotState(one, 'unreachable', 'no way')
    assert.deepEqual(await told(), [false, 'no way'])
    await house.store.setBotState(id, 'rejected', 'the token is wrong')
    assert.deepEqual(await told(), [true, null])
  })

  test('the overview believes what its own process hears of Telegram before what was noted of its bots', async (t) => {
    const { house, get, addBot, serve } = await startOffice(t)
    const told = async () => {
      const { ok, reason, lastAnswerAt } = (await get('/v1/operator/overview')).json.telegram
      return [ok, reason, lastAnswerAt]
    }
    const { id } = await addBot('anns_shop_bot')
    await serve()
    await house.store.setBotState(id, 'running', null)
    house.contact.answered()
    assert.deepEqual(await told(), [true, null, '2026-01-01T00:00:00.000Z'])
    const written = { ...NOTHING, minuteMs: NOW - MINUTE, answeredMs: NOW - 5 }
    await house.store.addActivity('prc_1', { minutes: [written], failures: [] })
    house.contact.unanswered('no way')
    assert.deepEqual(await told(), [true, null, '2026-01-01T00:00:00.000Z'])
    house.contact.unanswered('no way')
    assert.deepEqual(await told(), [false, 'no way', '2026-01-01T00:00:00.000Z'])
    house.contact.answered()
    assert.equal((await told())[0], true)
  })

  test('accounts are listed with what they have, found by a part of their names, and paged', async (t) => {
    const { house, olga, ann, get, addBot } = await startOffice(t)
    await addBot('anns_shop_bot')
    await house.link('ann')
    const { json } = await get('/v1/operator/users?limit=1')
    const common = { name: 'Ann', role: 'user', createdAt: '2026-01-01T00:00:00.000Z' }
    assert.deepEqual(json.items, [{ id: ann.id, login: 'ann', ...common, bots: 1, chats: 1, waiting: 0 }])
    const next = (await get(`/v1/operator/users?limit=1&cursor=${json.nextCursor}`)).json
    assert.deepEqual([next.items[0].id, next.items[0].role, next.nextCursor], [olga.id, 'operator', null])
    const found = async (search: string) =>
      (await get(`/v1/operator/users?search=${search}`)).json.items.map(({ login }: { login: string }) => login)
    assert.deepEqual([await found('LG'), await found('nn'), await found('nobody')], [['olga'], ['ann'], []])
  })

  for (const path of ['/v1/operator/users', '/v1/operator/bots']) {
    test(`${path} refuses what it cannot understand`, async (t) => {
      const { get } = await startOffice(t)
      for (const query of ['cursor=eA', 'limit=0', 'limit=201', 'search=', 'search=%00', 'nothing=1']) {
        assert.equal((await get(`${path}?${query}`)).json.code, 'request_invalid', query)
      }
    })
  }

  test('bots are listed with their owners, what waits longest first, then those in trouble', async (t) => {
    const office = await startOffice(t)
    const { house, ann, post, addBot, serve } = office
    const [calm, troubled] = [await addBot('calm_bot'), await addBot('troubled_bot')]
    await house.link('ann')
    const { createdAt } = await post('/v1/messages', { text: 'x' })
    await post('/v1/messages', { text: 'y' })
    await serve()
    await house.store.setBotState(calm.id, 'running', null)
    await house.store.setBotState(troubled.id, 'rejected', 'Telegram does not accept the bot token.')
    const { items, nextCursor } = await botsOf(office)
    assert.deepEqual(
      items.map(({ username }) => username),
      ['rider_bot', 'troubled_bot', 'calm_bot'],
    )
    const [shared = {}, second = {}] = items
    assert.deepEqual([shared['owner'], shared['waiting'], shared['oldestWaitingAt']], [null, 2, createdAt])
    const { stateSince, ...rest } = second
    assert.deepEqual(rest, {
      id: troubled.id,
      username: 'troubled_bot',
      title: null,
      owner: { id: ann.id, login: 'ann' },
      active: true,
      state: 'rejected',
      stateReason: 'Telegram does not accept the bot token.',
      stateCause: { code: 'token_refused', values: {} },
      waiting: 0,
      oldestWaitingAt: null,
    })
    assert.ok(Date.parse(String(stateSince)) > 0)
    assert.equal(nextCursor, null)
  })

  test('bots are found by their state, by a part of their names and by their owners, page after page', async (t) => {
    const office = await startOffice(t)
    const { house, addBot, serve } = office
    const made = [await addBot('first_bot'), await addBot('second_bot'), await addBot('olgas_bot', 'olga')]
    await serve()
    for (const { id } of made) await house.store.setBotState(id, 'running', null)
    const names = async (query: string) => (await botsOf(office, query)).items.map(({ username }) => username)
    assert.deepEqual(new Set(await names('?state=running&search=ANN')), new Set(['first_bot', 'second_bot']))
    assert.deepEqual(await names('?search=@second'), ['second_bot'])
    assert.deepEqual(await names('?search=OLGA'), ['olgas_bot'])
    assert.deepEqual(await names(`?state=${'starting' satisfies BotState}`), ['rider_bot'])
    const seen = new Set<unknown>()
    let cursor: string | null = null
    do {
      const { items, nextCursor } = await botsOf(office, `?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`)
      for (const { id } of items) seen.add(id)
      cursor = nextCursor
    } while (cursor !== null && seen.size < 9)
    assert.deepEqual(seen, new Set(['bot_shared', ...made.map(({ id }) => id)]))
  })

  const periods = { minute: [60, MINUTE], hour: [48, HOUR], day: [30, DAY] } as const
  for (const [by, [count, sizeMs]] of Object.entries(periods)) {
    test(`the activity by the ${by} has every ${by} up to that of now, of all processes`, async (t) => {
      const { house, get } = await startOffice(t)
      const did = (atMs: number) => ({ minuteMs: atMs, ...NOTHING, accepted: 2, throttled: 1, answeredMs: null })
      const first = NOW - (count - 1) * sizeMs
      await house.store.addActivity('prc_1', { minutes: [did(NOW), did(first), did(first - MINUTE)], failures: [] })
      await house.store.addActivity('prc_2', { minutes: [did(NOW)], failures: [] })
      const { buckets } = (await get(`/v1/operator/activity?by=${by}`)).json
      assert.deepEqual(
        buckets,
        Array.from({ length: count }, (_, index) => {
          const times = index === 0 ? 1 : index === count - 1 ? 2 : 0
          const start = new Date(first + index * sizeMs).toISOString()
          return { start, ...NOTHING, accepted: 2 * times, throttled: times }
        }),
      )
    })
  }

  test('days begin where somebody is', async (t) => {
    const { get } = await startOffice(t)
    const starts = async (query: string) => {
      const { buckets } = (await get(`/v1/operator/activity?${query}`)).json
      return [buckets[0].start, buckets.at(-1).start]
    }
    assert.deepEqual(await starts('by=day&utcOffset=330'), ['2025-12-02T18:30:00.000Z', '2025-12-31T18:30:00.000Z'])
    assert.deepEqual(await starts('by=day&utcOffset=-300'), ['2025-12-02T05:00:00.000Z', '2025-12-31T05:00:00.000Z'])
    for (const query of ['', 'by=week', 'by=day&utcOffset=841', 'by=day&utcOffset=1.5']) {
      assert.equal((await get(`/v1/operator/activity?${query}`)).json.code, 'request_invalid', query)
    }
  })

  test('failures are told by reason, most first, with the bots that have most of them', async (t) => {
    const { house, get } = await startOffice(t)
    const bots = ['a', 'b', 'c', 'd', 'e', 'f']
    const blocked = bots.map((botId, index) => {
      return { hourMs: NOW, botId, code: 'chat_blocked', count: index + 1, lastMs: NOW + index } as const
    })
    const refused = { hourMs: NOW - DAY, botId: 'a', code: 'text_refused', count: 50, lastMs: NOW - DAY } as const
    const old = { ...refused, hourMs: NOW - DAY - HOUR, code: 'bot_deleted' } as const
    await house.store.addActivity('prc_1', { minutes: [], failures: [...blocked, refused, old] })
    const reasons = async (query = '') => (await get(`/v1/operator/failures${query}`)).json
    assert.deepEqual(await reasons(), {
      since: '2025-12-31T00:00:00.000Z',
      items: [
        { reason: 'text_refused', count: 50, lastAt: '2025-12-31T00:00:00.000Z', bots: ['a'] },
        { reason: 'chat_blocked', count: 21, lastAt: '2026-01-01T00:00:00.005Z', bots: ['f', 'e', 'd', 'c', 'b'] },
      ],
    })
    const since = await reasons('?since=2026-01-01T02:30:00%2B02:00')
    assert.deepEqual([since.since, since.items.length], ['2026-01-01T00:00:00.000Z', 1])
    assert.equal((await reasons('?since=2000-01-01T00:00:00Z')).items.length, 3)
    assert.equal((await reasons('?since=yesterday')).code, 'request_invalid')
  })
})
