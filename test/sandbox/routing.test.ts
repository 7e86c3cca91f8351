import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { readAnswer, startedPair, testSandbox, WireBot } from '../support/sandbox.ts'

const get = async (sandbox: Sandbox, path: string) => await readAnswer(await fetch(`${sandbox.url}${path}`))

/** Sends raw bytes and answers everything that comes back until the server closes or has answered once. */
async function raw(sandbox: Sandbox, request: string): Promise<string> {
  const { hostname, port } = new URL(sandbox.url)
  const socket = connect(Number(port), hostname)
  socket.end(request)
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  await once(socket, 'close')
  return answer
}

test('R1: a method is found in any case, by GET and by POST', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  for (const spelling of ['getMe', 'getme', 'GETME']) {
    const byGet = await get(sandbox, `/bot${bot.view.token}/${spelling}`)
    assert.deepEqual(byGet.body, (await bot.call(spelling)).body)
    assert.equal(byGet.line, '200')
  }
})

test('R1: any other verb is 501 with an empty body', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const response = await fetch(`${sandbox.url}/bot${bot.view.token}/getMe`, { method })
    assert.equal(response.status, 501)
    assert.equal(await response.text(), '')
  }
})

test('R2: a path that is no method of a bot is 404', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  for (const path of ['/', '/getMe', '/bots', `/bot${bot.view.token}`, `/x/bot${bot.view.token}/getMe`]) {
    assert.equal((await get(sandbox, path)).line, '404 Not Found', path)
  }
})

test('R3: a malformed token is 404 in the cloud profile', async (t) => {
  const sandbox = await testSandbox(t, { cloud: true })
  for (const token of ['', 'abc', '0123:abc', '123', '123:', '123:a!b', `1:${'a'.repeat(80)}`]) {
    assert.equal((await get(sandbox, `/bot${token}/getMe`)).line, '404 Not Found', token)
  }
})

test('R3: a malformed token is 401 on a local server', async (t) => {
  const sandbox = await testSandbox(t)
  for (const token of ['abc', '0123:abc', '123:a!b', `1:${'a'.repeat(80)}`]) {
    assert.equal((await get(sandbox, `/bot${token}/getMe`)).line, '401 Unauthorized: invalid token specified', token)
  }
})

test('R4: a well-formed token that is unknown or revoked is 401', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  assert.equal((await get(sandbox, '/bot123456:ABC-def_1/getMe')).line, '401 Unauthorized')
  sandbox.control.revokeToken(bot.view.id)
  assert.equal(await bot.line('getMe'), '401 Unauthorized')
})

test('R5: the test environment is a world of its own', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  assert.equal((await get(sandbox, `/bot${bot.view.token}/test/getMe`)).line, '401 Unauthorized')
  const tested = sandbox.control.testEnvironment.createBot({ username: 'pair_bot' })
  assert.equal((await get(sandbox, `/bot${tested.token}/test/getMe`)).line, '200')
  assert.equal((await get(sandbox, `/bot${tested.token}/getMe`)).line, '401 Unauthorized')
})

test('R6: an unknown method is 404, but only for a known bot', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  assert.equal(await bot.line('sendTelepathy'), '404 Not Found: method not found')
  assert.equal((await get(sandbox, '/bot123456:ABC/sendTelepathy')).line, '401 Unauthorized')
})

test('R6: an empty method is taken from the parameter of that name', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  assert.equal((await get(sandbox, `/bot${bot.view.token}/?method=getMe`)).line, '200')
})

test('R7: answers are JSON with a length on a connection that stays, and 429 says when in its header', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  const fine = await bot.call('getMe')
  assert.equal(fine.headers.get('content-type'), 'application/json')
  assert.equal(Number(fine.headers.get('content-length')), JSON.stringify(fine.body).length)
  assert.equal(fine.headers.get('connection'), 'keep-alive')
  sandbox.control.addFault({ action: { kind: 'too_many_requests', retryAfterSeconds: 7 } })
  const throttled = await bot.call('getMe')
  assert.equal(throttled.status, throttled.body.error_code)
  assert.equal(throttled.headers.get('retry-after'), '7')
  assert.deepEqual(throttled.body.parameters, { retry_after: 7 })
  assert.deepEqual(Object.keys(throttled.body), ['ok', 'error_code', 'description', 'parameters'])
})

test('R8: a file is served to the bot that knows it, and to no other', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const content = Buffer.from('the bytes')
  const sent = sandbox.control.send({
    user: user.id,
    bot: bot.view.id,
    document: { name: 'a.txt', content: content.toString('base64') },
  })
  const { file_path: path } = await bot.ok('getFile', { file_id: sent.message.document?.file_id })
  const file = await fetch(`${sandbox.url}/file/bot${bot.view.token}/${path}`)
  assert.deepEqual(Buffer.from(await file.arrayBuffer()), content)
  assert.equal((await get(sandbox, `/file/bot${bot.view.token}/documents/none.txt`)).status, 404)
  assert.equal((await get(sandbox, `/file/bot1:abc/${path}`)).status, 401)
  const other = new WireBot(sandbox, sandbox.control.createBot({ username: 'other_bot' }))
  assert.equal((await get(sandbox, `/file/bot${other.view.token}/${path}`)).status, 404)
})

test('headers of more than 256 KiB are 431 with an empty body', async (t) => {
  const sandbox = await testSandbox(t)
  const answer = await raw(sandbox, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(300_000)}\r\n\r\n`)
  assert.match(answer, /^HTTP\/1\.1 431 /)
})

test('P2: a transfer encoding other than chunked is 501', async (t) => {
  const sandbox = await testSandbox(t)
  const answer = await raw(sandbox, 'POST /bot1:a/getMe HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n')
  assert.match(answer, /^HTTP\/1\.1 501 /)
  assert.match(answer, /\r\n\r\n$/)
})

test('a token never stands in the record of requests', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  await bot.call('getMe')
  await get(sandbox, `/bot${bot.view.token.replace(':', '%3A')}/getMe`)
  await get(sandbox, `/bot${bot.view.token}`)
  const secret = bot.view.token.split(':')[1] ?? ''
  assert.equal(sandbox.control.requests().length, 3)
  assert.ok(!JSON.stringify(sandbox.control.requests()).includes(secret))
})
