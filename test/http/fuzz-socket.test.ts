import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { Problem } from '../../src/http/problem.ts'
import { TIMEOUTS } from '../../src/http/server.ts'
import { listening } from '../support/http-server.ts'
import { startMessages } from '../support/messages.ts'
import { rawRequest } from '../support/raw-request.ts'
import { until } from '../support/until.ts'

/** For those who never finish; whoever does may be on a machine that is busy. */
const IMPATIENT = { headersMs: 150, requestMs: 300, lookEveryMs: 20 }

async function start(t: TestContext, timeouts = TIMEOUTS) {
  const api = await startMessages(t, { timeouts })
  const ann = await api.person('ann')
  const { port } = await listening(api.server)
  const body = JSON.stringify({ text: 'Hello.' })
  const request = [
    'POST /v1/messages HTTP/1.1',
    'Host: x',
    `Authorization: ${ann.as}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
  const stored = async (): Promise<number> => {
    const { json } = await api.call('GET', '/v1/messages?limit=200', { as: ann.as })
    return (json['items'] as []).length
  }
  const connections = () =>
    new Promise<number>((resolve, reject) =>
      api.server.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
  return { ...api, port, request, stored, connections }
}

describe('half a request', () => {
  test('cut at any byte stores nothing, and leaves no connection behind', async (t) => {
    const { port, request, stored, connections } = await start(t)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: request.length - 1 }), async (length) => {
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => undefined)
        await once(socket, 'connect')
        socket.write(request.slice(0, length))
        socket.destroy()
        await once(socket, 'close')
      }),
      { numRuns: 100 },
    )
    await until('every connection is gone', async () => (await connections()) === 0)
    assert.equal(await stored(), 0)
    assert.equal((await rawRequest(port, request)).status, 202)
  })

  for (const part of ['headers', 'body'] as const) {
    test(`whose ${part} never end gets our answer, stores nothing, and loses its connection`, async (t) => {
      const { port, request, stored, connections } = await start(t, IMPATIENT)
      const end = part === 'headers' ? request.indexOf('\r\n\r\n') : request.length - 3
      const answer = await rawRequest(port, request.slice(0, end))
      assert.equal(answer.status, 400)
      assert.equal((JSON.parse(answer.body) as Problem).code, 'request_invalid')
      await until('the connection is gone', async () => (await connections()) === 0)
      assert.equal(await stored(), 0)
    })
  }

  test('that never begins loses its connection', async (t) => {
    const { port, connections } = await start(t, IMPATIENT)
    await rawRequest(port, '')
    await until('the connection is gone', async () => (await connections()) === 0)
  })

  test('a slow body that arrives in time is taken', async (t) => {
    const { port, request, stored } = await start(t)
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    const answered = once(socket, 'data') as Promise<[Buffer]>
    const at = request.indexOf('\r\n\r\n') + 4
    for (const part of [request.slice(0, at), ...request.slice(at).split('')]) {
      socket.write(part)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const [answer] = await answered
    assert.match(answer.toString(), /^HTTP\/1\.1 202 /)
    assert.equal(await stored(), 1)
  })
})

describe('bytes of any kind', () => {
  const head = fc.constantFrom(
    '',
    'GET ',
    'POST /v1/messages HTTP/1.1\r\n',
    'POST /v1/messages HTTP/1.1\r\nHost: x\r\n',
  )
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((array) => Buffer.from(array).toString('latin1'))

  test('get a refusal of ours or nothing, never a fault, and the server lives on', async (t) => {
    const { port, request, stored } = await start(t)
    await fc.assert(
      fc.asyncProperty(head, bytes, async (begin, rest) => {
        const answer = await rawRequest(port, `${begin}${rest}\r\nConnection: close\r\n\r\n`)
        if (Number.isNaN(answer.status)) return
        assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status))
        assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/)
      }),
      { numRuns: 200 },
    )
    assert.equal(await stored(), 0)
    assert.equal((await rawRequest(port, request)).status, 202)
  })
})
