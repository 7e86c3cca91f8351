import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ALONE_TERMS, SHARED_TERMS, type Serving, shares } from '../../src/domain/ownership.ts'

const served = fc
  .uniqueArray(fc.record({ processId: fc.string({ minLength: 1 }), bots: fc.nat(50) }), {
    minLength: 1,
    selector: ({ processId }) => processId,
  })
  .chain((serving) =>
    fc.record({
      serving: fc.constant<Serving[]>(serving),
      botCount: fc.nat(100).map((free) => free + serving.reduce((sum, { bots }) => sum + bots, 0)),
    }),
  )

test('shares add up to all bots, and no two differ by more than one', () => {
  fc.assert(
    fc.property(served, ({ serving, botCount }) => {
      const all = [...shares(serving, botCount).values()]
      assert.equal(
        all.reduce((sum, share) => sum + share, 0),
        botCount,
      )
      assert.ok(Math.max(...all) - Math.min(...all) <= 1)
      assert.equal(all.length, serving.length)
    }),
  )
})

test('everybody comes to the same shares, in whatever order they see the others', () => {
  fc.assert(
    fc.property(served, fc.nat(), ({ serving, botCount }, turn) => {
      const place = turn % serving.length
      const turned = [...serving.slice(place), ...serving.slice(0, place)]
      assert.deepEqual(shares(turned, botCount), shares(serving, botCount))
    }),
  )
})

test('where bots are spread evenly, nobody has to move one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(100), fc.nat(), (processes, botCount, turn) => {
      const serving = Array.from({ length: processes }, (_, index) => {
        const place = (index + turn) % processes
        return { processId: `p${index}`, bots: Math.floor((botCount + place) / processes) }
      })
      const now = new Map(serving.map(({ processId, bots }) => [processId, bots]))
      assert.deepEqual(shares(serving, botCount), now)
    }),
  )
})

test('without processes nobody has a share', () => {
  assert.equal(shares([], 5).size, 0)
})

test('the terms leave time: three beats may be lost, and what a dead process served runs elsewhere within 10 s', () => {
  const { leaseMs, beatMs, marginMs } = SHARED_TERMS
  assert.ok(leaseMs - marginMs >= 3 * beatMs)
  assert.ok(leaseMs + beatMs <= 8000)
  assert.ok(ALONE_TERMS.leaseMs > 10 * 365 * 86_400_000)
})
