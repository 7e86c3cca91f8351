import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'node:test'
import { inPieces } from '../../src/usecases/in-pieces.ts'
import { ManualClock } from '../support/manual-clock.ts'

const SIZES = { first: 100, least: 10, most: 1000 }

/** The sizes that pieces are told when each unit of them takes so long. */
async function sizes(msPerUnit: number, meanwhile = async () => {}): Promise<number[]> {
  const clock = new ManualClock()
  const piece = inPieces(clock, SIZES)
  const told: number[] = []
  for (let count = 0; count < 6; count++) {
    await piece(async (size) => {
      told.push(size)
      await meanwhile()
      clock.advance(size * msPerUnit)
    })
  }
  return told
}

test('pieces grow while they are short, up to the most', async () => {
  assert.deepEqual(await sizes(0.001), [100, 200, 400, 800, 1000, 1000])
})

test('pieces that hold up the process become shorter at once, down to the least', async () => {
  assert.deepEqual(await sizes(0.5), [100, 12, 12, 12, 12, 12])
  assert.deepEqual(await sizes(10), [100, 10, 10, 10, 10, 10])
})

test('pieces during which others have their turn may take as long as they like', async () => {
  assert.deepEqual(await sizes(10, nextTurn), [100, 200, 400, 800, 1000, 1000])
})

test('others have their turn between two pieces', async () => {
  const piece = inPieces(new ManualClock(), SIZES)
  const order: string[] = []
  const others = async () => {
    for (let count = 0; count < 5; count++) {
      await nextTurn()
      order.push('others')
    }
  }
  const pieces = async () => {
    for (let count = 0; count < 5; count++) await piece(async () => void order.push('piece'))
  }
  await Promise.all([others(), pieces()])
  assert.ok(!order.join(' ').includes('piece piece'), order.join(' '))
})
