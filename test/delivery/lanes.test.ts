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

  test('are occupied only where nobody has work or waits for a turn, and forgotten when nothing came', () => {
    const lanes = new Lanes(2)
    const lane = lanes.occupy(1, 'ann')
    assert.ok(lane)
    assert.equal(lanes.occupy(1, 'ann'), undefined)
    assert.equal(lanes.take(0), undefined)
    lanes.finish(lane)
    assert.equal(lanes.size, 0)
    lanes.wake(2)
    assert.equal(lanes.occupy(1, 'ann'), undefined)
    const other = take(lanes)
    const again = lanes.occupy(1, 'ann')
    assert.ok(again)
    assert.equal(lanes.occupy(3, 'bob'), undefined)
    lanes.wake(1)
    lanes.finish(again)
    assert.equal(take(lanes), again)
    lanes.finish(other)
  })

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

  test('on disk are refused beyond the capacity until there is room; new work gets in a little longer', () => {
    const lanes = new Lanes(2)
    assert.deepEqual(
      [1, 2, 3, 2].map((peerId) => lanes.find(peerId, 'ann')),
      [true, true, false, true],
    )
    assert.deepEqual(
      [3, 4].map((peerId) => lanes.wake(peerId)),
      [true, false],
    )
    for (let finished = 0; finished < 2; finished++) {
      const lane = take(lanes)
      lane.again = false
      lanes.finish(lane)
    }
    assert.equal(lanes.find(4, 'ann'), true)
  })

  test('that were stirred come back at once and once', () => {
    const lanes = new Lanes(10)
    lanes.wake(1)
    lanes.sleep(take(lanes), 500)
    lanes.stir(1)
    lanes.stir(2)
    const lane = take(lanes, 0)
    assert.equal(lane.peerId, 1)
    lanes.sleep(lane, 900)
    assert.equal(lanes.take(500), undefined, 'the moment before it was stirred no longer counts')
    assert.equal(take(lanes, 900).peerId, 1)
  })
})

describe('users', () => {
  /** Takes turns until `turns` of them were real ones; the owner of a chat is its number modulo `users`. */
  function serve(lanes: Lanes, ownerOf: (peerId: number) => string, turns: number): string[] {
    const seen: string[] = []
    while (seen.length < turns) {
      const lane = lanes.take(0)
      if (lane === undefined) break
      const owner = ownerOf(lane.peerId)
      if (!lanes.belongsTo(lane, owner)) continue
      seen.push(owner)
      lanes.requeue(lane)
    }
    return seen
  }

  test('take turns, however many chats each has: nobody waits longer than a round', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 8 }), (chats) => {
        const lanes = new Lanes(10_000)
        const owners = new Map<number, string>()
        for (const [user, count] of chats.entries()) {
          for (let chat = 0; chat < count; chat++) owners.set(owners.size + 1, `user ${user}`)
        }
        for (const peerId of owners.keys()) lanes.wake(peerId)
        const seen = serve(lanes, (peerId) => owners.get(peerId) ?? '', chats.length * 50)
        for (let round = 1; round < 50; round++) {
          const turns = seen.slice(round * chats.length, (round + 1) * chats.length)
          assert.equal(new Set(turns).size, chats.length, turns.join())
        }
      }),
    )
  })

  test('with one message wait one round at most behind a user who floods a thousand chats', () => {
    const lanes = new Lanes(10_000)
    for (let peerId = 1; peerId <= 1000; peerId++) lanes.wake(peerId)
    const ownerOf = (peerId: number) => (peerId > 1000 ? 'quiet' : 'noisy')
    serve(lanes, ownerOf, 100)
    lanes.wake(1001)
    assert.ok(serve(lanes, ownerOf, 2).includes('quiet'))
  })

  test('find room even when another one fills it, whose chats then wait on disk; memory stays what it was', () => {
    const lanes = new Lanes(100)
    for (let peerId = 1; peerId <= 5000; peerId++) lanes.find(peerId, 'noisy')
    const ownerOf = (peerId: number) => (peerId > 5000 ? `quiet ${peerId}` : 'noisy')
    serve(lanes, ownerOf, 100)
    for (let peerId = 5001; peerId <= 5010; peerId++) assert.equal(lanes.wake(peerId), true)
    const seen = serve(lanes, ownerOf, 22)
    assert.equal(new Set(seen).size, 11)
    assert.ok(lanes.size <= 100)
  })

  test('whose chats are found on disk share the room, whatever the order and whatever their chats are doing', () => {
    const mostlyNoisy = fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3, 4, 5)
    const found = fc.array(fc.tuple(mostlyNoisy, fc.constantFrom('line', 'asleep', 'busy')), {
      size: 'max',
      maxLength: 200,
    })
    fc.assert(
      fc.property(found, fc.integer({ min: 40, max: 60 }), (chats, capacity) => {
        const lanes = new Lanes(capacity)
        const busy: (string | undefined)[] = []
        const look = (): void => {
          for (const [index, [user, then]] of chats.entries()) {
            if (!lanes.find(index + 1, `user ${user}`) || then === 'line' || (then === 'busy' && busy.length >= 5))
              continue
            const lane = lanes.take(0)
            if (lane !== undefined && then === 'asleep') lanes.sleep(lane, 1000)
            if (lane !== undefined && then === 'busy') busy.push(lane.userId)
          }
        }
        look()
        look()
        assert.ok(lanes.size <= capacity)
        const inMemory = [...busy]
        for (let lane = lanes.take(1000); lane; lane = lanes.take(1000)) inMemory.push(lane.userId)
        for (const [userId, all] of Map.groupBy(chats, ([user]) => `user ${user}`)) {
          const share = Math.min(all.length, Math.floor(capacity / 6) - 1)
          const count = inMemory.filter((one) => one === userId).length
          assert.ok(count >= share, `${userId} has ${count} and not ${share}`)
        }
      }),
    )
  })

  test('hold no more messages in memory than a few, whatever the number of chats', () => {
    const lanes = new Lanes(10_000)
    const message = { userId: 'noisy' } as Parameters<Lanes['requeue']>[0]['buffer'][number]
    for (let peerId = 1; peerId <= 5000; peerId++) lanes.wake(peerId)
    for (let turn = 0; turn < 20_000; turn++) {
      const lane = take(lanes)
      lane.buffer = Array.from({ length: 8 }, () => message)
      if (lanes.belongsTo(lane, 'noisy')) lanes.requeue(lane)
      assert.ok(turn % 1000 > 0 || lanes.held <= 800, `${lanes.held}`)
    }
    function take(from: Lanes) {
      const lane = from.take(0)
      assert.ok(lane)
      return lane
    }
  })
})
