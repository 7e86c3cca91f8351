import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SENDING_TOKEN_NAME } from '../../../src/usecases/claim-chat-for-token.ts'
import { INVALID_TOKEN, person, enterCode, startDjangobot, linked } from '../../support/djangobot.ts'

describe('the bot_token of djangobot', () => {
  test('is 25 letters and digits, stands in no table, and is an API token that may send and nothing else', async (t) => {
    const { house, ask, botToken } = await linked(t)
    assert.match(botToken, /^[A-Za-z0-9]{25}$/)
    assert.ok(!house.everything().includes(botToken))
    const { items } = (await ask('GET', '/v1/tokens')).json
    const [token] = items
    assert.deepEqual([items.length, token.name, token.scopes], [1, SENDING_TOKEN_NAME, ['send']])
    assert.equal(token.hint, botToken.slice(-4))
    for (const word of ['Bearer', 'Token']) {
      const headers = { authorization: `${word} ${botToken}` }
      assert.equal((await ask('POST', '/v1/messages', { text: word }, headers)).status, 202)
      for (const url of ['/v1/messages', '/v1/tokens'])
        assert.equal((await ask('GET', url, undefined, headers)).status, 403)
      assert.equal((await ask('GET', '/api/cabinet', undefined, headers)).status, 403)
    }
  })

  test('is dead at once when the next one is made, and the messages go to the new chat', async (t) => {
    const { house, ann, ask, send, botToken } = await linked(t)
    assert.equal((await send(botToken)).status, 200)
    const { code, telegramChatId } = await house.codeFromBot()
    const next = String((await enterCode(house, ann, code)).json.bot_token)
    const told = await send(botToken)
    assert.deepEqual([told.status, told.json], [403, INVALID_TOKEN])
    assert.equal((await send(next)).status, 200)
    const peer = await house.store.findPeer('bot_shared', telegramChatId)
    assert.equal(house.wakes.at(-1)?.peerId, peer?.id)
    assert.equal((await ask('GET', '/v1/tokens')).json.items.length, 1)
  })

  test('is one, however many codes are entered at the same time', async (t) => {
    const { house, ann, ask, send } = await startDjangobot(t)
    const codes = await Promise.all([1, 2, 3].map(() => house.codeFromBot()))
    const told = await Promise.all(codes.map(({ code }) => enterCode(house, ann, code)))
    assert.equal((await ask('GET', '/v1/tokens')).json.items.length, 1)
    const sent = await Promise.all(told.map(({ json }) => send(json.bot_token)))
    assert.deepEqual(
      sent.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 403, 403],
    )
  })

  test('is left alone by a wrong code, and other API tokens are left alone by a right one', async (t) => {
    const { house, ann, ask, send, botToken } = await linked(t)
    await ask('POST', '/v1/tokens', { name: 'script', scopes: ['read'] })
    for (const code of ['0001', 1, 'abcd-efgh-jkmn']) {
      const { status, json } = await enterCode(house, ann, code)
      assert.deepEqual([status, json.error], [400, 'i dont understand why'])
    }
    const missing = await ask('POST', '/api/cabinet', {})
    const details = 'code: This field is required.'
    assert.deepEqual([missing.status, missing.json], [400, { error: 'i dont understand why', details }])
    assert.equal((await send(botToken)).status, 200)
    await enterCode(house, ann)
    assert.equal((await ask('GET', '/v1/tokens')).json.items.length, 2)
  })

  test('cannot be had with the code of another, twice with one code, or by guessing', async (t) => {
    const { house, ann, send } = await startDjangobot(t)
    const bob = await person(house, 'bob')
    const { code } = await house.codeFromBot()
    assert.equal((await enterCode(house, { headers: { authorization: 'Bearer x.y.z' } }, code)).status, 403)
    const { json } = await enterCode(house, bob, code)
    assert.equal((await enterCode(house, ann, code)).status, 400)
    assert.equal((await send(json.bot_token)).status, 200)
    let last = 400
    for (let i = 0; i < 12 && last === 400; i++) last = (await enterCode(house, ann, `code ${i}`)).status
    assert.equal(last, 429)
  })

  test('is not given to whoever may not send', async (t) => {
    const { house, ask } = await startDjangobot(t)
    const { token } = (await ask('POST', '/v1/tokens', { name: 'script', scopes: ['manage'] })).json
    const { code } = await house.codeFromBot()
    const told = await enterCode(house, { headers: { authorization: `Token ${token}` } }, code)
    assert.deepEqual([told.status, told.json.answer], [403, 'access denied'])
  })

  test('is dead when it is revoked, and useless when the chat is unlinked', async (t) => {
    const { ask, send, botToken } = await linked(t)
    const chats = (await ask('GET', '/v1/chats')).json.items
    await ask('DELETE', `/v1/chats/${chats[0].id}`)
    const unlinked = await send(botToken)
    assert.deepEqual([unlinked.status, unlinked.json.answer], [403, 'invalid token'])
    assert.match(unlinked.json.details, /enter a new code/)
    const tokens = (await ask('GET', '/v1/tokens')).json.items
    assert.equal((await ask('DELETE', `/v1/tokens/${tokens[0].id}`)).status, 204)
    const revoked = await send(botToken)
    assert.deepEqual([revoked.status, revoked.json], [403, INVALID_TOKEN])
  })
})

describe('messages of djangobot', () => {
  test('keep their type, which changes nothing about the text', async (t) => {
    const { house, ask, send, botToken } = await linked(t)
    for (const type of ['Text', 'Document', 'File']) {
      const told = await send(botToken, `a ${type}`, type)
      assert.deepEqual([told.status, told.json], [200, { answer: 'message was successfully send' }])
      house.clock.advance(1)
    }
    await ask('POST', '/v1/messages', { text: 'from elsewhere' })
    const { json } = await ask('GET', '/api/cabinet')
    assert.deepEqual(Object.keys(json), ['answer', 'messages', 'name'])
    assert.deepEqual([json.answer, json.name], ['success', 'ann'])
    assert.deepEqual(json.messages, [
      { time: '2026-01-01T00:00:00.003000Z', text: 'from elsewhere', type: 'Text' },
      { time: '2026-01-01T00:00:00.002000Z', text: 'a File', type: 'File' },
      { time: '2026-01-01T00:00:00.001000Z', text: 'a Document', type: 'Document' },
      { time: '2026-01-01T00:00:00.000000Z', text: 'a Text', type: 'Text' },
    ])
  })

  test('are two hundred in one answer, and the older ones are a step away', async (t) => {
    const { ask, send, botToken } = await linked(t)
    await Promise.all(Array.from({ length: 203 }, (_, i) => send(botToken, `number ${i}`)))
    assert.equal((await ask('GET', '/api/cabinet/')).json.messages.length, 200)
    assert.equal((await ask('GET', '/api/cabinet?offset=200')).json.messages.length, 3)
    assert.equal((await ask('GET', '/api/cabinet?limit=2')).json.messages.length, 2)
  })
})
