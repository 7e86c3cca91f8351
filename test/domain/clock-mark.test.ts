import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClockMark, clockJumpMs } from '../../src/domain/clock-mark.ts'

const BEFORE: ClockMark = { bootId: 'one', nowMs: 1_000_000, uptimeMs: 50_000 }

for (const [what, after, jumpMs] of [
  ['ran on', { nowMs: 1_060_000, uptimeMs: 110_000 }, 0],
  ['was read a moment before the other one', { nowMs: 1_060_499, uptimeMs: 110_000 }, 0],
  ['was set forward', { nowMs: 4_660_000, uptimeMs: 110_000 }, 3_600_000],
  ['was set back', { nowMs: 460_000, uptimeMs: 110_000 }, -600_000],
  ['was set back to before the mark, at once', { nowMs: 990_000, uptimeMs: 50_000 }, -10_000],
  ['cannot be compared, since the machine was booted', { bootId: 'two', nowMs: 460_000, uptimeMs: 110_000 }, 0],
  ['cannot be compared, since a container counts anew', { nowMs: 4_660_000, uptimeMs: 49_999 }, 0],
] as const) {
  test(`a clock that ${what} was set by ${jumpMs} ms`, () => {
    assert.equal(clockJumpMs(BEFORE, { ...BEFORE, ...after }), jumpMs)
  })
}
