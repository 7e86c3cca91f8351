import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockJumpMs } from '../../src/domain/clock-mark.ts'
import { markClock } from '../../src/ops/machine-boot.ts'
import { systemClock } from '../../src/ops/system-clock.ts'

test('two marks of one boot tell by how much the clock was set between them', {
  skip: process.platform !== 'linux',
}, () => {
  const before = markClock(systemClock)
  const after = markClock({ now: () => systemClock.now() - 3_600_000 })
  assert.ok(before !== undefined && after !== undefined)
  const jumpMs = clockJumpMs(before, after)
  assert.ok(Math.abs(jumpMs + 3_600_000) < 60_000, `${jumpMs}`)
})

test('where the system does not say which boot this is, there is no mark', () => {
  assert.equal(markClock(systemClock, '/there/is/no/such/file'), undefined)
})
