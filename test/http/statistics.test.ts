import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startMessages } from '../support/messages.ts'

const HOUR = 3_600_000
const NONE = { accepted: 0, delivered: 0, failed: 0, uncertain: 0, expired: 0, cancelled: 0, waiting: 0 }

type Bucket = typeof NONE & { start: string }

describe('GET /v1/statistics', () => {
  test('shows every hour of the last day, as what its messages are now', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    const other = await api.person('bob')
    const post = async (who = as) =>
      String((await api.call('POST', '/v1/messages', { as: who, body: { text: 'x' } })).json['id'])
    await post(other.as)
    const first = await post()
    api.clock.advance(2 * HOUR)
    const [failed, cancelled] = [await post(), await post()]
    await api.callEnds(first, { event: 'deliver', telegramMessageId: 1 })
    await api.callEnds(failed, { event: 'fail', error: { code: 'text_refused', detail: 'no' } })
    await api.call('DELETE', `/v1/messages/${cancelled}`, { as })
    api.clock.advance(HOUR / 2)
    await post()

    const { status, json } = await api.call('GET', '/v1/statistics', { as })
    assert.equal(status, 200)
    const { buckets, ...rest } = json
    const filled = (buckets as Bucket[]).filter(({ accepted }) => accepted > 0)
    assert.deepEqual(filled, [
      { start: '2026-01-01T00:00:00.000Z', ...NONE, accepted: 1, delivered: 1 },
      { start: '2026-01-01T02:00:00.000Z', ...NONE, accepted: 3, failed: 1, cancelled: 1, waiting: 1 },
    ])
    assert.deepEqual(rest, {
      by: 'hour',
      total: { ...NONE, accepted: 4, delivered: 1, failed: 1, cancelled: 1, waiting: 1 },
      waitingNow: 1,
      oldestWaitingAt: '2026-01-01T02:30:00.000Z',
      deliveryTime: { count: 1, p50Ms: 7_200_000, p95Ms: 7_200_000 },
    })
    const starts = (buckets as Bucket[]).map(({ start }) => Date.parse(start))
    assert.equal(starts.length, 24)
    assert.ok(starts.every((start, at) => at === 0 || start - (starts[at - 1] ?? 0) === HOUR))
  })

  test('shows the last thirty days as they are where the person is', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    await api.call('POST', '/v1/messages', { as, body: { text: 'x' } })
    api.clock.advance(26 * HOUR)
    const days = async (utcOffset: number) => {
      const { json } = await api.call('GET', `/v1/statistics?by=day&utcOffset=${utcOffset}`, { as })
      const buckets = json['buckets'] as Bucket[]
      assert.equal(buckets.length, 30)
      return [buckets.at(-1)?.start, buckets.find(({ accepted }) => accepted === 1)?.start]
    }
    assert.deepEqual(await days(0), ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z'])
    assert.deepEqual(await days(180), ['2026-01-01T21:00:00.000Z', '2025-12-31T21:00:00.000Z'])
    assert.deepEqual(await days(-300), ['2026-01-01T05:00:00.000Z', '2025-12-31T05:00:00.000Z'])
    api.clock.advance(29 * 24 * HOUR)
    assert.deepEqual((await days(0))[1], undefined)
  })

  test('of nobody yet are noughts', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    const { json } = await api.call('GET', '/v1/statistics?by=day', { as })
    assert.deepEqual(json['total'], NONE)
    assert.deepEqual([json['waitingNow'], json['oldestWaitingAt']], [0, null])
    assert.deepEqual(json['deliveryTime'], { count: 0, p50Ms: null, p95Ms: null })
  })

  test('needs the scope read, and a query that fits', async (t) => {
    const api = await startMessages(t)
    const { id, as } = await api.person('ann')
    const sender = await api.tokenFor(id, ['send'])
    assert.equal((await api.call('GET', '/v1/statistics')).status, 401)
    assert.equal((await api.call('GET', '/v1/statistics', { as: sender.as })).code, 'scope_missing')
    for (const query of ['by=week', 'by=', 'utcOffset=841', 'utcOffset=-841', 'utcOffset=1.5', 'x=1']) {
      assert.equal((await api.call('GET', `/v1/statistics?${query}`, { as })).code, 'request_invalid', query)
    }
  })
})
