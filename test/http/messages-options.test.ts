import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startMessages } from '../support/messages.ts'

const NOW = '2026-01-01T00:00:00.000Z'

describe('POST /v1/messages', () => {
  test('takes the wishes of the sender, and shows them', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const wishes = { priority: 5, delivery: 'at_most_once', digest: 'never' }
    const body = { text: 'x', ...wishes, expiresAt: '2030-01-01T02:00:00+02:00' }
    const posted = await call('POST', '/v1/messages', { as, body })
    assert.equal(posted.status, 202)
    const read = await call('GET', `/v1/messages/${String(posted.json['id'])}`, { as })
    for (const { json } of [posted, read]) {
      const { priority, delivery, digest, expiresAt } = json
      assert.deepEqual({ priority, delivery, digest, expiresAt }, { ...wishes, expiresAt: '2030-01-01T00:00:00.000Z' })
    }
  })

  test('refuses wishes that nobody can grant, and stores nothing', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    for (const [name, wish] of Object.entries<object>({
      'a priority of 0': { priority: 0 },
      'a priority of 6': { priority: 6 },
      'half a priority': { priority: 2.5 },
      'a priority in words': { priority: 'high' },
      'no priority': { priority: null },
      'exactly once': { delivery: 'exactly_once' },
      'another digest': { digest: 'always' },
      'a time that is now': { expiresAt: NOW },
      'a time in the past': { expiresAt: '2025-12-31T23:59:59.999Z' },
      'a day that does not exist': { expiresAt: '2030-02-30T00:00:00Z' },
      'a day without a time': { expiresAt: '2030-01-01' },
      'a time without an offset': { expiresAt: '2030-01-01T00:00:00' },
      'a number as a time': { expiresAt: 1_900_000_000_000 },
    })) {
      await t.test(name, async () => {
        const answer = await call('POST', '/v1/messages', { as, body: { text: 'x', ...wish } })
        assert.equal(answer.code, 'request_invalid')
        const [error] = answer.json['errors'] as { where: string }[]
        assert.equal(error?.where, `/body/${Object.keys(wish)[0]}`)
        assert.deepEqual((await call('GET', '/v1/messages', { as })).json['items'], [])
      })
    }
  })

  test('with a key that is repeated after its time was over gets the first answer, and other wishes are another request', async (t) => {
    const { call, person, clock } = await startMessages(t)
    const { as } = await person('ann')
    const headers = { 'idempotency-key': 'k' }
    const body = { text: 'x', expiresAt: '2026-01-01T00:00:01Z' }
    const first = await call('POST', '/v1/messages', { as, body, headers })
    clock.advance(5000)
    const again = await call('POST', '/v1/messages', { as, body, headers })
    assert.deepEqual([again.status, again.json['id']], [202, first.json['id']])
    const other = await call('POST', '/v1/messages', { as, body: { ...body, priority: 4 }, headers })
    assert.equal(other.code, 'idempotency_conflict')
    const usual = { as, body: { text: 'y' }, headers: { 'idempotency-key': 'usual' } }
    const plain = await call('POST', '/v1/messages', usual)
    const named = await call('POST', '/v1/messages', { ...usual, body: { text: 'y', priority: 3, expiresAt: null } })
    assert.equal(named.json['id'], plain.json['id'], 'a default that is named is the same request')
  })
})
