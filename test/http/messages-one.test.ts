import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startMessages } from '../support/messages.ts'

describe('GET /v1/messages/{id}', () => {
  test('shows a message with its attempts', async (t) => {
    const { call, person, callEnds, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    clock.advance(1000)
    await callEnds(String(json['id']), { event: 'deliver', telegramMessageId: 7 })
    const read = await call('GET', `/v1/messages/${String(json['id'])}`, { as: ann.as })
    assert.deepEqual(read.json, {
      ...json,
      status: 'delivered',
      deliveredAt: '2026-01-01T00:00:01.250Z',
      telegramMessageId: 7,
      attemptCount: 1,
      sendingSince: null,
      endedAt: '2026-01-01T00:00:01.250Z',
      resent: false,
      attempts: [
        {
          number: 1,
          part: 1,
          startedAt: '2026-01-01T00:00:01.000Z',
          finishedAt: '2026-01-01T00:00:01.250Z',
          outcome: 'delivered',
          reason: null,
          cause: null,
          waitMs: null,
        },
      ],
    })
  })

  test('shows since when its call is under way, while nobody knows how that ends', async (t) => {
    const { call, person, store, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    await store.outbox.markSending(String(json['id']), clock.now() + 10)
    const read = await call('GET', `/v1/messages/${String(json['id'])}`, { as: ann.as })
    const { status, sendingSince, attempts } = read.json
    assert.deepEqual([status, sendingSince, attempts], ['sending', '2026-01-01T00:00:00.010Z', []])
  })

  test('shows why a message waits, and until when', async (t) => {
    const { call, person, callEnds, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const nextAttemptAtMs = clock.now() + 4000
    await callEnds(String(json['id']), {
      event: 'retry',
      nextAttemptAtMs,
      countsAsAttempt: true,
      possibleDuplicate: true,
    })
    const read = await call('GET', `/v1/messages/${String(json['id'])}`, { as: ann.as })
    const { status, waitingFor, nextAttemptAt, possibleDuplicate, attemptCount } = read.json
    assert.deepEqual(
      { status, waitingFor, nextAttemptAt, possibleDuplicate, attemptCount },
      {
        status: 'queued',
        waitingFor: 'retry',
        nextAttemptAt: '2026-01-01T00:00:04.000Z',
        possibleDuplicate: true,
        attemptCount: 1,
      },
    )
  })

  test('shows why a message failed', async (t) => {
    const { call, person, callEnds } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const error = { code: 'text_refused', detail: 'Telegram refused the message: "too many entities".' } as const
    await callEnds(String(json['id']), { event: 'fail', error })
    const read = await call('GET', `/v1/messages/${String(json['id'])}`, { as: ann.as })
    assert.deepEqual(
      [read.json['status'], read.json['error']],
      ['failed', { ...error, cause: { code: 'message_refused_saying', values: { said: 'too many entities' } } }],
    )
  })

  test('shows when it ended without a call, and that it was asked for again', async (t) => {
    const { call, person, store, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const path = `/v1/messages/${String(json['id'])}`
    const ends = async () => {
      const { status, endedAt, resent, attempts } = (await call('GET', path, { as: ann.as })).json
      return { status, endedAt, resent, attempts }
    }
    assert.deepEqual(await ends(), { status: 'queued', endedAt: null, resent: false, attempts: [] })
    clock.advance(2000)
    const error = { code: 'chat_blocked', detail: 'The bot is blocked.' } as const
    await store.outbox.failWaiting(ann.peerId, error, clock.now())
    const endedAt = '2026-01-01T00:00:02.000Z'
    assert.deepEqual(await ends(), { status: 'failed', endedAt, resent: false, attempts: [] })
    clock.advance(2000)
    assert.equal((await call('POST', `${path}/resend`, { as: ann.as })).status, 202)
    assert.deepEqual(await ends(), { status: 'queued', endedAt: null, resent: true, attempts: [] })
    clock.advance(1000)
    assert.equal((await call('DELETE', path, { as: ann.as })).status, 204)
    const takenBackAt = '2026-01-01T00:00:05.000Z'
    assert.deepEqual(await ends(), { status: 'cancelled', endedAt: takenBackAt, resent: true, attempts: [] })
  })

  test("does not know another's message, in any way of asking", async (t) => {
    const { call, person } = await startMessages(t)
    const [ann, bob] = [await person('ann'), await person('bob')]
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const path = `/v1/messages/${String(json['id'])}`
    for (const [method, url] of [
      ['GET', path],
      ['DELETE', path],
      ['POST', `${path}/resend`],
    ] as const) {
      assert.equal((await call(method, url, { as: bob.as })).status, 404)
    }
    assert.equal((await call('GET', path, { as: ann.as })).json['status'], 'queued')
  })
})

describe('DELETE /v1/messages/{id}', () => {
  test('takes back a message that waits', async (t) => {
    const { call, person, store } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const path = `/v1/messages/${String(json['id'])}`
    assert.equal((await call('DELETE', path, { as: ann.as })).status, 204)
    assert.equal((await call('GET', path, { as: ann.as })).json['status'], 'cancelled')
    assert.deepEqual(await store.outbox.waiting(ann.peerId, 10), [])
    assert.equal((await call('DELETE', path, { as: ann.as })).code, 'message_not_waiting')
  })

  test('does not take back a message that is on its way', async (t) => {
    const { call, person, store, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    await store.outbox.markSending(String(json['id']), clock.now())
    const answer = await call('DELETE', `/v1/messages/${String(json['id'])}`, { as: ann.as })
    assert.equal(answer.code, 'message_not_waiting')
  })

  test('with a content type and no body, as many clients send it, works', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as, body: { text: 'x' } })
    const headers = { 'content-type': 'application/json' }
    assert.equal((await call('DELETE', `/v1/messages/${String(json['id'])}`, { as, headers })).status, 204)
  })
})

describe('POST /v1/messages/{id}/resend', () => {
  test('queues a failed message again, and wakes its lane', async (t) => {
    const { call, person, callEnds, wakes } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    await callEnds(String(json['id']), { event: 'fail', error: { code: 'text_refused', detail: 'No.' } })
    const again = await call('POST', `/v1/messages/${String(json['id'])}/resend`, { as: ann.as })
    assert.equal(again.status, 202)
    assert.deepEqual(again.json, json)
    assert.equal(wakes.length, 2)
  })

  test('refuses a message that waits or has arrived', async (t) => {
    const { call, person, callEnds, wakes } = await startMessages(t)
    const { as } = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as, body: { text: 'x' } })
    const path = `/v1/messages/${String(json['id'])}/resend`
    assert.equal((await call('POST', path, { as })).code, 'message_not_resendable')
    await callEnds(String(json['id']), { event: 'deliver', telegramMessageId: 7 })
    assert.equal((await call('POST', path, { as })).code, 'message_not_resendable')
    assert.equal(wakes.length, 1)
  })

  test('refuses a message whose chat was unlinked', async (t) => {
    const { call, person, callEnds, store, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    await callEnds(String(json['id']), { event: 'fail', error: { code: 'text_refused', detail: 'No.' } })
    await store.unlinkChat(ann.id, ann.chatId, { nowMs: clock.now() })
    const answer = await call('POST', `/v1/messages/${String(json['id'])}/resend`, { as: ann.as })
    assert.equal(answer.code, 'chat_not_linked')
  })
})
