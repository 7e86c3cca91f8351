import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { testSandbox } from '../support/sandbox.ts'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

/** A stop that used up `LONG_DRAIN` would not end within the test's patience. */
const LONG_DRAIN = '5m'
const PATIENCE_MS = 240_000

async function beginRequest(t: TestContext, url: string, bytes: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(bytes)
  return socket
}

test('half a request leaves the time of a stop to the deliveries: none is cut', async (t) => {
  const dataDir = temporaryFolder(t)
  const first = await startProgram(t, { dataDir })
  const ann = new Stranger(first.url, first.sandboxUrl, 'ann')
  const phone = await ann.person('Annie', 'en')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  await phone.start((await ann.ask('POST', '/v1/link-codes')).body.code)
  await until('the chat is linked', async () => (await phone.heard()).length > 0)
  // Of calls that begin while the stop waits for the requests, one would be under way when its time is over.
  await ann.telegram('add-fault', { method: 'sendMessage', action: { kind: 'delay', when: 'after', ms: 4000 } })
  for (const text of ['one', 'two', 'three', 'four']) await ann.ask('POST', '/v1/messages', { text, digest: 'never' })
  const messages = async (who: Stranger): Promise<{ status: string; possibleDuplicate: boolean }[]> =>
    (await who.ask('GET', '/v1/messages')).body.items
  await until('a call is under way', async () => (await messages(ann)).some(({ status }) => status === 'sending'))

  await beginRequest(t, first.url, 'POST /v1/users HTTP/1.1\r\nHost: x\r\n')
  const json = 'Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n'
  const half = await beginRequest(t, first.url, `POST /v1/users HTTP/1.1\r\nHost: x\r\n${json}`)
  await once(half, 'data')
  half.write('{')
  assert.equal(await first.end('SIGTERM'), 0)

  const second = await startProgram(t, { dataDir })
  const settled = await messages(new Stranger(second.url, second.sandboxUrl, 'ann'))
  assert.equal(settled.length, 4)
  assert.ok(settled.some(({ status }) => status === 'delivered'))
  assert.ok(settled.every(({ possibleDuplicate }) => !possibleDuplicate))
})

test('a Telegram that does not answer about the menu holds no stop', { timeout: PATIENCE_MS }, async (t) => {
  const sandbox = await testSandbox(t)
  const bot = sandbox.control.createBot({ username: 'courier_bot', name: 'Courier' })
  sandbox.control.addFault({ method: 'setMyCommands', action: { kind: 'delay', when: 'before', ms: 600_000 } })
  const env = { TELEGRAM_API_ROOT: sandbox.url, TELEGRAM_BOT_TOKEN: bot.token, DRAIN_TIMEOUT: LONG_DRAIN }
  const program = await startProgram(t, { dataDir: temporaryFolder(t), env: { ...env, SEND_TIMEOUT: LONG_DRAIN } })
  await until('the menu is being set', async () => sandbox.control.requests({ method: 'setMyCommands' }).length > 0)
  assert.equal(await program.end('SIGTERM'), 0)
  assert.doesNotMatch(program.output(), /menu|Error/)
})
