import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import Fastify from 'fastify'
import { loadConfig } from '../src/config/load-config.ts'
import { HttpService, listenError } from '../src/http-service.ts'
import { ManualClock } from './support/manual-clock.ts'

for (const [drain, patienceMs] of [
  ['10s', 2000],
  ['4s', 1000],
] as const) {
  test(`half a request holds a stop of ${drain} for ${patienceMs} ms and no longer`, { timeout: 30_000 }, async (t) => {
    const clock = new ManualClock()
    const config = loadConfig({ PORT: '0', DRAIN_TIMEOUT: drain })
    const http = new HttpService(config, clock, async () => Fastify())
    await http.start()
    const socket = connect(http.port, '127.0.0.1').on('error', () => undefined)
    t.after(() => socket.destroy())
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n')
    await once(socket, 'data')
    socket.write('{')
    let isOver = false
    const stopped = http.stop(new AbortController().signal).then(() => (isOver = true))
    clock.advance(patienceMs - 1)
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(isOver, false)
    clock.advance(1)
    await stopped
  })
}

test('only the failure to listen is told as one of the port, not that of a file', () => {
  const at = { host: '127.0.0.1', port: 80, setting: 'SANDBOX_PORT' } as const
  const failure = (syscall: string): Error => Object.assign(new Error('denied'), { code: 'EACCES', syscall })
  assert.match(String(listenError(failure('listen'), at)), /SANDBOX_PORT/)
  const ofFile = failure('open')
  assert.equal(listenError(ofFile, at), ofFile)
})
