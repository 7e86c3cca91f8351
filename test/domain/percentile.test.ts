import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { percentile } from '../../src/domain/percentile.ts'

test('a percentile is the value at which that share of all values is reached', () => {
  const counted = new Map([
    [300, 1],
    [100, 2],
    [200, 1],
  ])
  assert.deepEqual(
    [0.5, 0.75, 0.95].map((share) => percentile(counted, share)),
    [100, 200, 300],
  )
  assert.equal(percentile(new Map(), 0.5), null)
})

test('of any values it is one of them, with the share at or below it and not yet below', () => {
  const values = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1 })
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, share) => {
      const counted = new Map<number, number>()
      for (const value of list) counted.set(value, (counted.get(value) ?? 0) + 1)
      const found = percentile(counted, share) ?? -1
      const below = list.filter((value) => value < found).length
      const upTo = list.filter((value) => value <= found).length
      assert.ok(below < Math.ceil(share * list.length) && upTo >= Math.ceil(share * list.length))
    }),
  )
})
