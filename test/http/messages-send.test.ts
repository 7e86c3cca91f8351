import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startMessages } from '../support/messages.ts'

const NOW = '2026-01-01T00:00:00.000Z'

describe('POST /v1/messages', () => {
  test('accepts a message with every field of the contract, and wakes its lane', async (t) => {
    const { call, person, wakes } = await startMessages(t)
    const ann = await person('ann')
    const { status, json, headers } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'Hello.' } })
    assert.equal(status, 202)
    assert.equal(headers['idempotency-replayed'], undefined)
    const { id, ...rest } = json
    assert.match(String(id), /^msg_[0-9a-z]{26}$/)
    assert.deepEqual(rest, {
      status: 'queued',
      chatId: ann.chatId,
      text: 'Hello.',
      createdAt: NOW,
      deliveredAt: null,
      telegramMessageId: null,
      attemptCount: 0,
      nextAttemptAt: null,
      waitingFor: null,
      error: null,
      possibleDuplicate: false,
      priority: 3,
      delivery: 'at_least_once',
      digest: 'when_behind',
      expiresAt: null,
    })
    assert.deepEqual(wakes, [{ botId: 'bot_shared', peerId: ann.peerId, priority: 3 }])
  })

  test('wakes the lane only when the message can be found in it', async (t) => {
    const { person, messages, store, wakes } = await startMessages(t)
    const ann = await person('ann')
    const seen: Promise<{ id: string }[]>[] = []
    wakes.push = ({ peerId }) => seen.push(store.outbox.waiting(peerId, 10))
    const { message } = await messages.enqueue({ userId: ann.id, text: 'x' })
    assert.deepEqual(
      (await seen[0])?.map(({ id }) => id),
      [message.id],
    )
  })

  test('sends to the chat that is named', async (t) => {
    const { call, person, linkedChat } = await startMessages(t)
    const ann = await person('ann')
    const other = await linkedChat(ann.id)
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x', chatId: other.chatId } })
    assert.equal(json['chatId'], other.chatId)
  })

  test("does not know another's chat, and stores nothing", async (t) => {
    const { call, person } = await startMessages(t)
    const [ann, bob] = [await person('ann'), await person('bob')]
    for (const chatId of [bob.chatId, 'cht_nonsense', ' ']) {
      const answer = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x', chatId } })
      assert.equal(answer.status, 404)
    }
    for (const { as } of [ann, bob]) assert.deepEqual((await call('GET', '/v1/messages', { as })).json['items'], [])
  })

  test('without a linked chat stores nothing', async (t) => {
    const { call, account, tokenFor, wakes } = await startMessages(t)
    const { as } = await tokenFor(await account('ann'))
    const answer = await call('POST', '/v1/messages', { as, body: { text: 'x' } })
    assert.equal(answer.code, 'chat_not_linked')
    assert.deepEqual((await call('GET', '/v1/messages', { as })).json['items'], [])
    assert.deepEqual(wakes, [])
  })

  test('refuses one more than may wait, and takes one again when one is cancelled', async (t) => {
    const { call, person } = await startMessages(t, { queueLimit: 2 })
    const { as } = await person('ann')
    const first = await call('POST', '/v1/messages', { as, body: { text: '1' } })
    await call('POST', '/v1/messages', { as, body: { text: '2' } })
    assert.equal((await call('POST', '/v1/messages', { as, body: { text: '3' } })).code, 'queue_full')
    await call('DELETE', `/v1/messages/${String(first.json['id'])}`, { as })
    assert.equal((await call('POST', '/v1/messages', { as, body: { text: '4' } })).status, 202)
  })
})
