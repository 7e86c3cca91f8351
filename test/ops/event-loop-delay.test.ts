import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventLoopDelay } from '../../src/ops/event-loop-delay.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { until } from '../support/until.ts'

const NEVER = new AbortController().signal

test('a loop that is free is not late, and one that is stuck is late by as much', async () => {
  const clock = new ManualClock()
  const delays: number[] = []
  const service = eventLoopDelay({ clock, observe: (delayMs) => void delays.push(delayMs) })
  await service.start()
  for (const passedMs of [100, 100, 350]) {
    const seen = delays.length
    await until('it sleeps', () => clock.sleeping === 1)
    clock.advance(passedMs)
    await until('it has looked', () => delays.length > seen)
  }
  await until('it sleeps again', () => clock.sleeping === 1)
  await service.stop(NEVER)
  await service.stop(NEVER)
  assert.equal(clock.sleeping, 0)
  assert.deepEqual(delays, [0, 0, 250])
})

test('a real loop that is stuck is seen, and the look that is under way ends with the stop', async () => {
  let longestMs = 0
  let looks = 0
  const observe = (delayMs: number): void => {
    longestMs = Math.max(longestMs, delayMs)
    looks++
  }
  const service = eventLoopDelay({ clock: systemClock, observe })
  await service.start()
  await until('it looks', () => looks > 0)
  const stuckUntilMs = systemClock.monotonic() + 300
  while (systemClock.monotonic() < stuckUntilMs);
  await until('it noticed', () => longestMs >= 150)
  await service.stop(NEVER)
})
