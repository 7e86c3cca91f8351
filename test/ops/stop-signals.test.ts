import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { onStopSignals } from '../../src/ops/stop-signals.ts'

function listen() {
  const source = new EventEmitter()
  const heard: string[] = []
  const time = { nowMs: 1000 }
  const stopListening = onStopSignals(
    source,
    { soft: (signal) => heard.push(`soft ${signal}`), hard: (signal) => heard.push(`hard ${signal}`) },
    () => time.nowMs,
  )
  return { source, heard, time, stopListening }
}

test('the first signal stops softly, the second one hard', () => {
  const { source, heard, time } = listen()
  source.emit('SIGTERM', 'SIGTERM')
  time.nowMs += 2000
  source.emit('SIGINT', 'SIGINT')
  assert.deepEqual(heard, ['soft SIGTERM', 'hard SIGINT'])
})

test('one press of Ctrl-C that arrives twice, as through npm, is one signal', () => {
  const { source, heard, time } = listen()
  source.emit('SIGINT', 'SIGINT')
  time.nowMs += 20
  source.emit('SIGINT', 'SIGINT')
  assert.deepEqual(heard, ['soft SIGINT'])
})

test('afterwards nobody listens', () => {
  const { source, heard, stopListening } = listen()
  stopListening()
  source.emit('SIGTERM', 'SIGTERM')
  assert.deepEqual(heard, [])
  assert.deepEqual(source.eventNames(), [])
})
