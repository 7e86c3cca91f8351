import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { recentLook } from '../../src/usecases/recent-look.ts'
import { ManualClock } from '../support/manual-clock.ts'

/** Says how often it was asked, after so much time. */
function counting(clock: ManualClock, takesMs = 0) {
  let looks = 0
  const look = recentLook(async () => {
    looks++
    clock.advance(takesMs)
    return looks
  }, clock)
  return look
}

describe('a look that many ask for', () => {
  test('is one look within two seconds, also of those who ask at the same moment', async () => {
    const clock = new ManualClock()
    const look = counting(clock)
    assert.deepEqual(await Promise.all([look(), look()]), [1, 1])
    clock.advance(1999)
    assert.equal(await look(), 1)
    clock.advance(1)
    assert.equal(await look(), 2)
  })

  test('takes a hundredth of the time at most', async () => {
    const clock = new ManualClock()
    const look = counting(clock, 50)
    await look()
    clock.advance(4949)
    assert.equal(await look(), 1)
    clock.advance(1)
    assert.equal(await look(), 2)
  })

  test('is tried again at once when it failed', async () => {
    let works = false
    const look = recentLook(async () => {
      if (!works) throw new Error('no database')
      return 'seen'
    }, new ManualClock())
    await assert.rejects(look(), /no database/)
    works = true
    assert.equal(await look(), 'seen')
  })
})
