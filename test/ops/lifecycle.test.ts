import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lifecycle, type Service } from '../../src/ops/lifecycle.ts'

/** Patience that no test uses up. */
const PATIENT_MS = 60_000

interface Scripted extends Service {
  /** Ends the start or stop that waits. */
  release(): void
}

/** A service that writes down what happens to it. With `hangs`, a start or stop waits for `release` (a stop also for `hard`). */
function service(name: string, diary: string[], hangs: { start?: boolean; stop?: boolean } = {}): Scripted {
  const gate = Promise.withResolvers<void>()
  return {
    name,
    start: async () => {
      diary.push(`start ${name}`)
      if (hangs.start) await gate.promise
      diary.push(`started ${name}`)
    },
    stop: async (hard) => {
      diary.push(`stop ${name}`)
      if (hangs.stop && !hard.aborted) {
        hard.addEventListener('abort', () => gate.resolve(), { once: true })
        await gate.promise
      }
      diary.push(`stopped ${name}${hard.aborted ? ' hard' : ''}`)
    },
    release: () => gate.resolve(),
  }
}

test('services start in order and stop in the reverse order, each after the one before', async () => {
  const diary: string[] = []
  const lifecycle = new Lifecycle([service('store', diary), service('http', diary)], PATIENT_MS)
  await lifecycle.start()
  await lifecycle.stop()
  assert.deepEqual(diary, [
    'start store',
    'started store',
    'start http',
    'started http',
    'stop http',
    'stopped http',
    'stop store',
    'stopped store',
  ])
})

test('when one does not start, those that did are stopped and its own error is told', async () => {
  const diary: string[] = []
  const broken: Service = {
    name: 'broken',
    start: () => Promise.reject(new Error('port taken')),
    stop: async () => void diary.push('stop broken'),
  }
  const lifecycle = new Lifecycle([service('store', diary), broken, service('http', diary)], PATIENT_MS)
  await assert.rejects(lifecycle.start(), /port taken/)
  assert.deepEqual(diary, ['start store', 'started store', 'stop store', 'stopped store'])
})

test('a stop during the start waits for the service that is starting, stops it, and starts no other', async () => {
  const diary: string[] = []
  const slow = service('slow', diary, { start: true })
  const lifecycle = new Lifecycle([slow, service('http', diary)], PATIENT_MS)
  const starting = lifecycle.start()
  const stopping = lifecycle.stop()
  slow.release()
  await Promise.all([starting, stopping])
  assert.deepEqual(diary, ['start slow', 'started slow', 'stop slow', 'stopped slow'])
})

test('every caller of stop waits for the same stop', async () => {
  const diary: string[] = []
  const lifecycle = new Lifecycle([service('store', diary)], PATIENT_MS)
  await lifecycle.start()
  await Promise.all([lifecycle.stop(), lifecycle.stop()])
  await lifecycle.stop()
  assert.equal(diary.filter((line) => line === 'stop store').length, 1)
})

test('a stop before any start stops nothing, and a start after it starts nothing', async () => {
  const diary: string[] = []
  const lifecycle = new Lifecycle([service('store', diary)], PATIENT_MS)
  await lifecycle.stop()
  await lifecycle.start()
  assert.deepEqual(diary, [])
})

test('what does not end within the patience is cut, and the rest is stopped all the same', async () => {
  const diary: string[] = []
  const lifecycle = new Lifecycle([service('store', diary), service('sender', diary, { stop: true })], 1)
  await lifecycle.start()
  await lifecycle.stop()
  assert.deepEqual(diary.slice(4), ['stop sender', 'stopped sender hard', 'stop store', 'stopped store hard'])
})

test('work is cut a little before the time is over, so that what was cut can be written down in time', async (t) => {
  for (const [drainMs, cutMs] of [
    [300_000, 299_000],
    [10_000, 9_000],
    [505, 454],
    [0, 0],
  ] as const) {
    const diary: string[] = []
    const patience = new AbortController()
    const timeout = t.mock.method(AbortSignal, 'timeout', () => patience.signal)
    const lifecycle = new Lifecycle([service('sender', diary, { stop: true })], drainMs)
    await lifecycle.start()
    const stopping = lifecycle.stop()
    patience.abort()
    await stopping
    assert.deepEqual(timeout.mock.calls[0]?.arguments, [cutMs])
    assert.equal(diary.at(-1), 'stopped sender hard')
    timeout.mock.restore()
  }
})

test('a second signal cuts at once what the first one waits for', async () => {
  const diary: string[] = []
  const lifecycle = new Lifecycle([service('sender', diary, { stop: true })], PATIENT_MS)
  await lifecycle.start()
  const stopping = lifecycle.stop()
  lifecycle.cutShort()
  await stopping
  assert.deepEqual(diary.slice(2), ['stop sender', 'stopped sender hard'])
})

test('an unclean stop of one service is told after all others were stopped', async () => {
  const diary: string[] = []
  const sour: Service = {
    name: 'sour',
    start: () => Promise.resolve(),
    stop: () => Promise.reject(new Error('disk full')),
  }
  const lifecycle = new Lifecycle([service('store', diary), sour], PATIENT_MS)
  await lifecycle.start()
  await assert.rejects(lifecycle.stop(), (error: unknown) => {
    assert.ok(error instanceof AggregateError)
    assert.match(String(error.errors[0]), /disk full/)
    return true
  })
  assert.ok(diary.includes('stopped store'))
})
