import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Alarm } from '../../src/domain/alarm.ts'
import { ManualClock } from '../support/manual-clock.ts'

/** An alarm, the moments at which it rang, and time that passes for all who sleep. */
function start() {
  const clock = new ManualClock()
  const beganMs = clock.monotonic()
  const rang: number[] = []
  const alarm = new Alarm(clock, () => rang.push(clock.monotonic() - beganMs))
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms)
    await nextTurn()
  }
  return { rang, pass, set: (inMs: number) => alarm.set(clock.monotonic() + inMs), cancel: () => alarm.cancel() }
}

test('an alarm rings once, at the earliest moment for which it was set', async () => {
  const { rang, pass, set } = start()
  for (const inMs of [300, 100, 200]) set(inMs)
  await pass(99)
  assert.deepEqual(rang, [])
  for (let ms = 0; ms < 400; ms += 50) await pass(ms === 0 ? 1 : 50)
  assert.deepEqual(rang, [100])
})

test('an alarm that rang, or was cancelled, can be set again, and infinity sets none', async () => {
  const { rang, pass, set, cancel } = start()
  set(100)
  await pass(100)
  set(100)
  cancel()
  await pass(100)
  assert.deepEqual(rang, [100])
  set(Number.POSITIVE_INFINITY)
  set(50)
  await pass(50)
  assert.deepEqual(rang, [100, 250])
})
