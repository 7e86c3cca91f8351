import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startMessages } from '../support/messages.ts'

describe('Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'order-17' }

  test('gives the same answer to the same request, marked, and wakes nobody again', async (t) => {
    const { call, person, wakes } = await startMessages(t)
    const { as } = await person('ann')
    const first = await call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    const second = await call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    assert.equal(second.status, 202)
    assert.equal(second.headers['idempotency-replayed'], 'true')
    assert.deepEqual(second.json, first.json)
    assert.equal(wakes.length, 1)
  })

  test('gives the same answer also after the message was delivered', async (t) => {
    const { call, person, callEnds } = await startMessages(t)
    const { as } = await person('ann')
    const first = await call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    await callEnds(String(first.json['id']), { event: 'deliver', telegramMessageId: 7 })
    const second = await call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    assert.deepEqual(second.json, first.json)
  })

  test('is refused with another request, and nothing is stored', async (t) => {
    const { call, person, linkedChat } = await startMessages(t)
    const ann = await person('ann')
    const { chatId } = await linkedChat(ann.id)
    await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' }, headers })
    for (const body of [{ text: 'y' }, { text: 'x', silent: true }, { text: 'x', chatId }]) {
      const answer = await call('POST', '/v1/messages', { as: ann.as, body, headers })
      assert.equal(answer.code, 'idempotency_conflict')
    }
    assert.equal(((await call('GET', '/v1/messages', { as: ann.as })).json['items'] as []).length, 1)
  })

  test('belongs to one account', async (t) => {
    const { call, person } = await startMessages(t)
    const [ann, bob] = [await person('ann'), await person('bob')]
    const first = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' }, headers })
    const second = await call('POST', '/v1/messages', { as: bob.as, body: { text: 'y' }, headers })
    assert.equal(second.status, 202)
    assert.notEqual(second.json['id'], first.json['id'])
  })

  test('used many times at once makes one message', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const post = () => call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    const answers = await Promise.all(Array.from({ length: 20 }, post))
    assert.equal(new Set(answers.map(({ json }) => json['id'])).size, 1)
    assert.equal(answers.filter((answer) => answer.headers['idempotency-replayed'] === undefined).length, 1)
  })

  test('is refused when it is no such key', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    for (const [name, key] of Object.entries({
      empty: '',
      'too long': 'x'.repeat(256),
      'with a blank': 'a b',
      'not ASCII': 'é',
    })) {
      await t.test(name, async () => {
        const answer = await call('POST', '/v1/messages', {
          as,
          body: { text: 'x' },
          headers: { 'idempotency-key': key },
        })
        assert.equal(answer.code, 'request_invalid')
      })
    }
  })

  test('may have 255 characters', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const answer = await call('POST', '/v1/messages', {
      as,
      body: { text: 'x' },
      headers: { 'idempotency-key': '~'.repeat(255) },
    })
    assert.equal(answer.status, 202)
  })
})
