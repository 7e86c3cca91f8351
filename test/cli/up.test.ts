import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import type { House, RunningApp } from '../../src/cli/house.ts'
import { run } from '../../src/cli/program.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { freePort } from '../support/free-port.ts'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

/** `up` around a program that starts and stops when the test says so. */
function upWith(app: Partial<RunningApp>) {
  const signals = new EventEmitter()
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const exits: number[] = []
  const running: RunningApp = {
    start: async () => undefined,
    stop: async () => undefined,
    cutShort: () => undefined,
    places: [{ what: 'API', where: 'http://127.0.0.1:1' }],
    ...app,
  }
  const unused = (): never => assert.fail('`up` needs no such thing')
  const house: House = {
    version: '0',
    clock: systemClock,
    createApp: async () => running,
    openDesk: unused,
    openMovable: unused,
    askBot: unused,
    startSandbox: unused,
  }
  const ended = run(['up'], { env: {}, stdin, stdout, stderr, signals, exit: (code) => exits.push(code) }, house)
  const end = async () => {
    const code = await ended
    stdout.end()
    stderr.end()
    return { code, stdout: await text(stdout), stderr: await text(stderr), exits }
  }
  return { signals, end }
}

async function untilListening(signals: EventEmitter): Promise<void> {
  while (signals.listenerCount('SIGTERM') === 0) await new Promise((resolve) => setImmediate(resolve))
}

test('it says where to look, and a signal stops it softly with exit 0', async () => {
  const started = Promise.withResolvers<void>()
  const { signals, end } = upWith({ start: async () => started.resolve() })
  await started.promise
  await new Promise((resolve) => setImmediate(resolve))
  signals.emit('SIGTERM', 'SIGTERM')
  const { code, stdout, stderr } = await end()
  assert.equal(code, 0)
  assert.match(stdout, /Postrider is up\.\n\n {2}API {3}http:\/\/127\.0\.0\.1:1\n/)
  assert.match(stderr, /^Stopping: finishing what is under way/)
  assert.deepEqual(signals.eventNames(), [])
})

test('behind a public address it says the local one too', async (t) => {
  const program = await startProgram(t, {
    dataDir: temporaryFolder(t),
    env: { PUBLIC_URL: 'https://post.example' },
  })
  assert.equal(program.url, 'https://post.example')
  const local = /^ {2}Here +(http:\/\/127\.0\.0\.1:\d+) /m.exec(program.output())?.[1]
  assert.equal((await fetch(`${local}/health/live`)).status, 200)
})

test('a signal during the start stops it, and nothing claims that it is up', async () => {
  const stopped = Promise.withResolvers<void>()
  const { signals, end } = upWith({
    start: () => stopped.promise,
    stop: async () => stopped.resolve(),
  })
  await untilListening(signals)
  signals.emit('SIGINT', 'SIGINT')
  const { code, stdout } = await end()
  assert.deepEqual([code, stdout], [0, ''])
})

test('a stop that is not clean is said, with exit 1', async () => {
  const { signals, end } = upWith({ stop: () => Promise.reject(new Error('the disk is gone')) })
  await untilListening(signals)
  signals.emit('SIGTERM', 'SIGTERM')
  const { code, stderr } = await end()
  assert.equal(code, 1)
  assert.match(stderr, /the disk is gone/)
  assert.doesNotMatch(stderr, /^ {4}at /m)
})

test('Ctrl-C twice in the real program cuts a call that hangs, and the next start sends the message', async (t: TestContext) => {
  const dataDir = temporaryFolder(t)
  const first = await startProgram(t, { dataDir, env: { DRAIN_TIMEOUT: '5m' } })
  const ann = new Stranger(first.url, first.sandboxUrl, 'ann')
  const phone = await ann.person('Annie', 'en')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  await phone.start((await ann.ask('POST', '/v1/link-codes')).body.code)
  await until('the chat is linked', async () => (await phone.heard()).length > 0)
  await ann.telegram('add-fault', { method: 'sendMessage', action: { kind: 'delay', when: 'before', ms: 600_000 } })
  const { body: message } = await ann.ask('POST', '/v1/messages', { text: 'hold on' })
  await until(
    'the call is under way',
    async () => (await ann.ask('GET', `/v1/messages/${message.id}`)).body.status === 'sending',
  )

  first.process.kill('SIGINT')
  await until('the first Ctrl-C is heard', async () => first.output().includes('Stopping'))
  // A second press of a person comes later than the copy of the first one that npm passes on.
  await new Promise((resolve) => setTimeout(resolve, 600))
  assert.equal(first.process.exitCode, null)
  await first.end('SIGINT')

  const second = await startProgram(t, { dataDir })
  const again = new Stranger(second.url, second.sandboxUrl, 'ann')
  const settled = await until('it is delivered after all', async () => {
    const { body } = await again.ask('GET', `/v1/messages/${message.id}`)
    return body.status === 'delivered' && body
  })
  assert.equal(settled.possibleDuplicate, true)
})

test('the port that the sandbox would take by itself may be taken: it finds another', async (t) => {
  const neighbours = await twoNeighbours()
  t.after(() => neighbours.second.close())
  const program = await startProgram(t, {
    dataDir: temporaryFolder(t),
    env: { PORT: String(neighbours.firstPort), SANDBOX_PORT: '' },
  })
  assert.equal(program.url, `http://127.0.0.1:${neighbours.firstPort}`)
  assert.notEqual(program.sandboxUrl, `http://127.0.0.1:${neighbours.firstPort + 1}`)
  assert.equal((await fetch(`${program.sandboxUrl}/_sandbox/state`)).status, 200)
})

/** A port that is free, and a server on the one after it. */
async function twoNeighbours(): Promise<{ firstPort: number; second: Server }> {
  for (;;) {
    const firstPort = await freePort()
    const second = createServer().listen(firstPort + 1, '127.0.0.1')
    const isFree = await once(second, 'listening').then(
      () => true,
      () => false,
    )
    if (isFree) return { firstPort, second }
  }
}
