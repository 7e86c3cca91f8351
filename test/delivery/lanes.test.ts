import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { DueQueue } from '../../src/delivery/due-queue.ts'
import { Lanes } from '../../src/delivery/lanes.ts'

test('a due queue gives back everything, earliest first, and nothing before it is due', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1000 })), fc.integer({ min: 0, max: 1000 }), (times, nowMs) => {
      const queue = new DueQueue<number>()
      for (const time of times) queue.push(time, time)
      const due: number[] = []
      for (let first = queue.shiftDue(nowMs); first !== undefined; first = queue.shiftDue(nowMs)) due.push(first.item)
      assert.deepEqual(
        due,
        times.filter((time) => time <= nowMs).toSorted((a, b) => a - b),
      )
      assert.equal(queue.size, times.length - due.length)
      assert.equal(queue.nextMs, Math.min(...times.filter((time) => time > nowMs)))
    }),
  )
})

describe('lanes', () => {
  const take = (lanes: Lanes, nowMs = 0) => {
    const lane = lanes.take(nowMs)
    assert.ok(lane)
    return lane
  }

  test('take turns', () => {
    const lanes = new Lanes(10)
    for (const peerId of [1, 2, 3]) lanes.wake(peerId)
    const seen: number[] = []
    for (let turn = 0; turn < 6; turn++) {
      const lane = take(lanes)
      seen.push(lane.peerId)
      lanes.requeue(lane)
    }
    assert.deepEqual(seen, [1, 2, 3, 1, 2, 3])
  })

  test('are there once, however often they are woken', () => {
    const lanes = new Lanes(10)
    for (let wake = 0; wake < 5; wake++) lanes.wake(1)
    take(lanes)
    lanes.wake(1)
    assert.equal(lanes.take(0), undefined)
    assert.equal(lanes.size, 1)
  })

  test('that sleep come back when they are due, and not because of new work', () => {
    const lanes = new Lanes(10)
    lanes.wake(1)
    lanes.sleep(take(lanes), 500)
    lanes.wake(1)
    assert.equal(lanes.take(499), undefined)
    assert.equal(lanes.nextDueMs, 500)
    assert.equal(take(lanes, 500).peerId, 1)
    assert.equal(lanes.nextDueMs, Number.POSITIVE_INFINITY)
  })

  test('that ran dry are forgotten, unless work came meanwhile', () => {
    const lanes = new Lanes(10)
    lanes.wake(1)
    const lane = take(lanes)
    lane.again = false
    lanes.wake(1)
    lanes.finish(lane)
    assert.equal(lanes.size, 1)
    const again = take(lanes)
    again.again = false
    lanes.finish(again)
    assert.equal(lanes.size, 0)
  })

  test('beyond the capacity are refused until there is room', () => {
    const lanes = new Lanes(2)
    assert.deepEqual(
      [1, 2, 3, 2].map((peerId) => lanes.wake(peerId)),
      [true, true, false, true],
    )
    const lane = take(lanes)
    lane.again = false
    lanes.finish(lane)
    assert.equal(lanes.wake(3), true)
  })
})
