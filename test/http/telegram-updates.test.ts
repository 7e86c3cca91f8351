import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { ServerDeps } from '../../src/http/server.ts'
import { openApiDocument } from '../../src/http/openapi.ts'
import { listening, serverWith } from '../support/http-server.ts'

type Posted = NonNullable<ServerDeps['telegramUpdates']>

const PATH = '/v1/telegram/updates/bot_1/mark'
const SECRET = { 'x-telegram-bot-api-secret-token': 'right' }

async function webhookServer(t: TestContext, receive?: Posted['receive']) {
  const updates: [botId: string, update: object][] = []
  const server = await serverWith(t, {
    telegramUpdates: {
      isFromTelegram: async (botId, secret) => botId === 'bot_1' && secret === 'right',
      receive:
        receive ??
        (async (...posted) => {
          updates.push(posted)
          return { done: true }
        }),
    },
  })
  return { server, updates, ...(await listening(server)) }
}

function post(url: string, headers: Record<string, string>, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
}

test('an update is handed over as it came, and the answer is an empty 200', async (t) => {
  const { url, updates } = await webhookServer(t)
  const update = { update_id: 5, message: { text: 'é 😀', of_the_future: [1, { a: null }] } }
  const answer = await post(url + PATH, SECRET, JSON.stringify(update))
  assert.deepEqual([answer.status, await answer.text()], [200, ''])
  assert.deepEqual(updates, [['bot_1', update]])
})

test('what is not done is a 503 that says when to come again', async (t) => {
  const { url } = await webhookServer(t, async () => ({ done: false, retryAfterSeconds: 5 }))
  const answer = await post(url + PATH, SECRET, '{"update_id":5}')
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5'])
})

test('whoever does not know the secret learns nothing, not even that there is something', async (t) => {
  const { url, updates } = await webhookServer(t)
  const elsewhere = await post(`${url}/v1/nothing/here`, {}, '{"update_id":5}')
  const expected = [elsewhere.status, await elsewhere.text(), [...elsewhere.headers.keys()].sort()]
  assert.equal(elsewhere.status, 404)
  const wrong: [string, Record<string, string>][] = [
    [PATH, {}],
    [PATH, { 'x-telegram-bot-api-secret-token': '' }],
    [PATH, { 'x-telegram-bot-api-secret-token': 'wrong' }],
    [PATH, { 'x-telegram-bot-api-secret-token': 'right, right' }],
    ['/v1/telegram/updates/bot_2/mark', SECRET],
  ]
  for (const [path, headers] of wrong) {
    for (const body of ['{"update_id":5}', 'no JSON']) {
      const answer = await post(url + path, headers, body)
      assert.deepEqual([answer.status, await answer.text(), [...answer.headers.keys()].sort()], expected)
    }
  }
  assert.deepEqual(updates, [])
})

test('a stranger is refused before the body is read', async (t) => {
  const { port } = await webhookServer(t)
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n{`,
  )
  const head = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))))
  socket.destroy()
  assert.match(head, /^HTTP\/1\.1 404 /)
})

test('a large update is taken, one beyond all that Telegram sends is not', async (t) => {
  const { url, updates } = await webhookServer(t)
  const ofSize = (bytes: number): string => JSON.stringify({ update_id: 5, filling: 'x'.repeat(bytes) })
  assert.equal((await post(url + PATH, SECRET, ofSize(4 * 2 ** 20 - 100))).status, 200)
  assert.equal((await post(url + PATH, SECRET, ofSize(4 * 2 ** 20))).status, 413)
  assert.equal(updates.length, 1)
})

test('what is no update is refused', async (t) => {
  const { url, updates } = await webhookServer(t)
  for (const body of ['no JSON', '', '[]', '{}', '{"update_id":"5"}', '{"update_id":-1}', '{"update_id":1.5}']) {
    assert.equal((await post(url + PATH, SECRET, body)).status, 400, body)
  }
  assert.deepEqual(updates, [])
})

test('it is in no documentation, and where updates are polled it is not there at all', async (t) => {
  const { server } = await webhookServer(t)
  assert.doesNotMatch(JSON.stringify(openApiDocument(server)), /telegram\/updates/)
  const polling = await listening(await serverWith(t))
  assert.equal((await post(polling.url + PATH, SECRET, '{"update_id":5}')).status, 404)
})
