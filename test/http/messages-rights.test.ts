import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startMessages } from '../support/messages.ts'

describe('scopes', () => {
  test('send may not look, and read may not send', async (t) => {
    const { call, person, tokenFor } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const path = `/v1/messages/${String(json['id'])}`
    const send = await tokenFor(ann.id, ['send'])
    const read = await tokenFor(ann.id, ['read'])
    const asked = async (method: 'GET' | 'POST' | 'DELETE', url: string, as: string) =>
      (await call(method, url, { as })).code
    assert.equal(await asked('GET', path, send.as), 'scope_missing')
    assert.equal(await asked('GET', '/v1/messages', send.as), 'scope_missing')
    assert.equal(await asked('GET', '/v1/events', send.as), 'scope_missing')
    assert.equal(await asked('POST', '/v1/messages', read.as), 'scope_missing')
    assert.equal(await asked('POST', `${path}/resend`, read.as), 'scope_missing')
    assert.equal(await asked('DELETE', path, read.as), 'scope_missing')
    assert.equal((await call('GET', path, { as: read.as })).json['status'], 'queued')
    assert.equal((await call('DELETE', path, { as: send.as })).status, 204)
  })

  test('without credentials nothing is said, not even about the body', async (t) => {
    const { call } = await startMessages(t)
    for (const [method, url] of [
      ['GET', '/v1/messages'],
      ['POST', '/v1/messages'],
      ['GET', '/v1/events'],
      ['DELETE', '/v1/messages/x'],
    ] as const) {
      const answer = await call(method, url, method === 'POST' ? { body: '{' } : {})
      assert.equal(answer.code, 'credentials_invalid')
      assert.ok(answer.headers['www-authenticate'])
    }
  })
})
