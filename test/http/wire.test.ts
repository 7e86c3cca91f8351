import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wireTime, wireTimeOrNull } from '../../src/http/wire.ts'

test('a moment that no date can hold is the last one that can be written, and no error', () => {
  assert.equal(wireTime(0), '1970-01-01T00:00:00.000Z')
  assert.equal(wireTime(Date.UTC(9999, 11, 31, 23, 59, 59, 999)), '9999-12-31T23:59:59.999Z')
  for (const absurd of [Date.UTC(10_000, 0), 1e16, Number.MAX_SAFE_INTEGER]) {
    assert.equal(wireTime(absurd), '9999-12-31T23:59:59.999Z')
    assert.equal(wireTimeOrNull(absurd), '9999-12-31T23:59:59.999Z')
  }
})
