import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { openApiDocument } from '../../src/http/openapi.ts'
import { checkAnswer } from '../support/answer-schema.ts'
import { recordingLog, serverWith } from '../support/http-server.ts'

async function health(t: TestContext, path: string, reasons: string[] | Error) {
  const whyNotReady = async () => {
    if (reasons instanceof Error) throw reasons
    return reasons
  }
  const metrics = async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' })
  const server = await serverWith(t, { log: recordingLog(), health: { whyNotReady, metrics } })
  const answer = await server.inject(path)
  checkAnswer(openApiDocument(server), 'GET', path, answer)
  return answer
}

test('a process is alive whatever is wrong with what it needs', async (t) => {
  const answer = await health(t, '/health/live', ['database'])
  assert.equal(answer.statusCode, 200)
})

test('a process without complaints is ready', async (t) => {
  const answer = await health(t, '/health/ready', [])
  assert.equal(answer.statusCode, 200)
  assert.deepEqual(answer.json(), { status: 'ready' })
})

test('a process that is not ready says why', async (t) => {
  const answer = await health(t, '/health/ready', ['database', 'stopping'])
  assert.equal(answer.statusCode, 503)
  assert.deepEqual(answer.json(), { status: 'not_ready', reasons: ['database', 'stopping'] })
})

test('a question about readiness that breaks is not an answer of ready', async (t) => {
  const answer = await health(t, '/health/ready', new Error('broken'))
  assert.equal(answer.statusCode, 500)
})

test('metrics go out as they come in', async (t) => {
  const answer = await health(t, '/metrics', [])
  assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  assert.equal(answer.body, 'up 1\n')
})
