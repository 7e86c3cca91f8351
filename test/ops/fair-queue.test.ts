import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FairQueue } from '../../src/ops/fair-queue.ts'

function start(atOnce: number, mostWaiting = 100) {
  const queue = new FairQueue<'a' | 'b'>({ kinds: ['a', 'b'], atOnce, mostWaiting, refuse: () => new Error('full') })
  const order: string[] = []
  const add = (kind: 'a' | 'b', name: string): Promise<void> =>
    queue.run(kind, async () => {
      order.push(name)
      await Promise.resolve()
    })
  return { queue, order, add }
}

describe('fair queue', () => {
  test('kinds take turns, and each keeps its own order', async () => {
    const { order, add } = start(1)
    await Promise.all([add('a', 'a1'), add('a', 'a2'), add('a', 'a3'), add('a', 'a4'), add('b', 'b1'), add('b', 'b2')])
    assert.deepEqual(order, ['a1', 'b1', 'a2', 'b2', 'a3', 'a4'])
  })

  test('no more than so many run at once, and a failure makes room', async () => {
    const { queue } = start(2)
    let running = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      throw new Error('failed')
    }
    const ended = await Promise.allSettled(Array.from({ length: 9 }, () => queue.run('a', work)))
    assert.equal(most, 2)
    assert.ok(ended.every((it) => it.status === 'rejected' && String(it.reason).includes('failed')))
  })

  test('a full line refuses its own kind alone', async () => {
    const { queue, add, order } = start(1, 1)
    const accepted = [add('a', 'a1'), add('a', 'a2')]
    const refused = queue.run('a', async () => undefined)
    accepted.push(add('b', 'b1'))
    await assert.rejects(refused, /full/)
    await Promise.all(accepted)
    assert.deepEqual(order, ['a1', 'b1', 'a2'])
  })
})
