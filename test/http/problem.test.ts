import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { REFUSALS, Refusal, type RefusalCode } from '../../src/domain/refusals.ts'
import type { Problem } from '../../src/http/problem.ts'
import { listening, recordingLog, serverWith } from '../support/http-server.ts'
import { rawRequest } from '../support/raw-request.ts'

/** What a thrown value looks like to a caller. */
async function answerTo(t: TestContext, thrown: unknown) {
  const log = recordingLog()
  const server = await serverWith(t, { log })
  server.get('/throws', async () => {
    throw thrown
  })
  const answer = await server.inject('/throws')
  return { answer, problem: answer.json<Problem>(), log }
}

describe('a refusal', () => {
  for (const code of Object.keys(REFUSALS) as RefusalCode[]) {
    test(`${code} is answered with its status, title and explanation`, async (t) => {
      const { answer, problem } = await answerTo(t, new Refusal(code, { detail: 'Because.' }))
      const { status, title } = REFUSALS[code]
      assert.equal(answer.statusCode, status)
      assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
      const told = { type: `/docs/errors#${code}`, title, status, code, detail: 'Because.' }
      // A request that was not understood always says where, if only "the whole of it".
      const errors = [{ where: '/', what: 'Because.' }]
      assert.deepEqual(problem, code === 'request_invalid' ? { ...told, errors } : told)
    })
  }

  for (const code of Object.keys(REFUSALS) as RefusalCode[]) {
    test(`${code} has advice where nothing more can be said`, async (t) => {
      const { problem } = await answerTo(t, new Refusal(code))
      assert.equal(problem.detail, REFUSALS[code].advice)
    })
  }

  test('leads to its explanation, on this server', async (t) => {
    const server = await serverWith(t)
    const page = await server.inject('/docs/errors')
    assert.equal(page.statusCode, 200)
    for (const code of Object.keys(REFUSALS)) assert.match(page.body, new RegExp(`<h2 id="${code}">`))
  })

  test('says in whole seconds when to come back, never too early', async (t) => {
    const { answer } = await answerTo(t, new Refusal('too_many_requests', { retryAfterSeconds: 2.1 }))
    assert.equal(answer.headers['retry-after'], '3')
  })

  test('of credentials says how to prove oneself', async (t) => {
    const { answer } = await answerTo(t, new Refusal('credentials_invalid'))
    assert.match(String(answer.headers['www-authenticate']), /Bearer .*Token .*Basic /)
  })

  test('never tells its cause', async (t) => {
    const { answer } = await answerTo(t, new Refusal('store_unavailable', { cause: new Error('SECRET') }))
    assert.doesNotMatch(answer.body, /SECRET/)
  })
})

describe('what nobody expected', () => {
  const cases = {
    'an error': new Error('SECRET'),
    'a text': 'SECRET',
    null: null,
    'an object with a status': { statusCode: 503, message: 'SECRET' },
  }
  for (const [name, thrown] of Object.entries(cases)) {
    test(`${name} is internal: logged, and not told`, async (t) => {
      const { answer, problem, log } = await answerTo(t, thrown)
      assert.equal(answer.statusCode, 500)
      assert.equal(problem.code, 'internal')
      assert.doesNotMatch(answer.body, /SECRET/)
      const errors = log.lines.filter(({ level }) => level === 'error')
      assert.deepEqual(
        errors.map(({ fields }) => (fields as { err: unknown }).err),
        [thrown],
      )
    })
  }
})

describe('what the framework refuses', () => {
  test('a path that does not exist is not_found', async (t) => {
    const server = await serverWith(t)
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS'] as const) {
      const answer = await server.inject({ method, url: '/v1/nothing/here' })
      assert.equal(answer.json<Problem>().code, 'not_found')
    }
  })

  test('a path with a broken escape is request_invalid', async (t) => {
    const server = await serverWith(t)
    assert.equal((await server.inject('/v1/%zz')).json<Problem>().code, 'request_invalid')
  })

  test('a known path with another method is method_not_allowed, and says which ones there are', async (t) => {
    const server = await serverWith(t)
    const answer = await server.inject({
      method: 'PUT',
      url: '/v1/messages',
      payload: '{',
      headers: { 'content-type': 'x' },
    })
    assert.equal(answer.statusCode, 405)
    assert.equal(answer.json<Problem>().code, 'method_not_allowed')
    assert.deepEqual(String(answer.headers['allow']).split(', ').sort(), ['GET', 'HEAD', 'POST'])
  })

  test('a body beyond 512 KiB is body_too_large', async (t) => {
    const server = await serverWith(t, { authenticate: async () => ({}) as never })
    const answer = await server.inject({
      method: 'POST',
      url: '/v1/messages',
      payload: { text: 'x'.repeat(512 * 1024) },
    })
    assert.equal(answer.json<Problem>().code, 'body_too_large')
  })

  test('each wrong field is named, and its value never repeated', async (t) => {
    const server = await serverWith(t, { authenticate: async () => ({}) as never })
    const answer = await server.inject({
      method: 'POST',
      url: '/v1/messages',
      payload: { chatId: 5, silent: 'SECRET', 'a/b~c': 'SECRET' },
    })
    const where = answer.json<Problem>().errors?.map((fault) => fault.where)
    assert.deepEqual(where?.sort(), ['/body/a~1b~0c', '/body/chatId', '/body/silent', '/body/text'])
    assert.doesNotMatch(answer.body, /SECRET/)
  })

  test('the answer does not grow with what a stranger sent', async (t) => {
    const server = await serverWith(t, { authenticate: async () => ({}) as never })
    const junk = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`field-${at}-${'x'.repeat(70)}`, 1]))
    const answer = await server.inject({ method: 'POST', url: '/v1/messages', payload: junk })
    assert.equal(answer.statusCode, 400)
    assert.ok(answer.body.length < 5_000, `${answer.body.length} bytes`)
  })
})

describe('a request that expects too much', () => {
  test('is answered without it', async (t) => {
    const { port } = await listening(await serverWith(t))
    const head = 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: the-unexpected\r\n\r\n'
    assert.equal((await rawRequest(port, head)).status, 200)
  })
})

describe('what is no request', () => {
  const cases: Record<string, string> = {
    garbage: 'garbage\r\n\r\n',
    'TLS at the plain port': '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n',
    'headers beyond 16 KiB': `GET /health/live HTTP/1.1\r\nHost: x\r\nX-Junk: ${'x'.repeat(20_000)}\r\n\r\n`,
    'two different lengths': 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
    'a length and chunks at once':
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx',
    'a version that does not exist': 'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
    'no host': 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n',
  }
  for (const [name, bytes] of Object.entries(cases)) {
    test(`${name} gets our answer, and the server lives on`, async (t) => {
      const server = await serverWith(t)
      const { port, url } = await listening(server)
      const answer = await rawRequest(port, bytes)
      assert.equal(answer.status, 400)
      assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/)
      assert.equal((JSON.parse(answer.body) as Problem).code, 'request_invalid')
      assert.equal((await fetch(`${url}/health/live`)).status, 200)
    })
  }
})
