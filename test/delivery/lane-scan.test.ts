import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { LaneScan } from '../../src/delivery/lane-scan.ts'
import type { WaitingLane } from '../../src/store/outbox.ts'
import { quietLog } from '../support/delivery.ts'
import { ManualClock } from '../support/manual-clock.ts'

const MINUTE = 60_000

/** Chats that wait, by their number; `find` is the memory. */
function scanOf(t: TestContext, count: number, find: (peerId: number) => boolean) {
  const clock = new ManualClock()
  const startMs = clock.now()
  const stopping = new AbortController()
  const all = Array.from({ length: count }, (_, index): WaitingLane => ({ peerId: index + 1, userId: 'ann' }))
  const pages: { afterPeerId: number; atMs: number }[] = []
  const outbox = {
    async lanes(_: string, { limit, afterPeerId }: { limit: number; afterPeerId: number }) {
      pages.push({ afterPeerId, atMs: clock.now() - startMs })
      return all.slice(afterPeerId, afterPeerId + limit)
    },
  }
  const parts = { botId: 'bot', outbox, clock, log: quietLog(), intervalMs: MINUTE, stopping: stopping.signal }
  const before = async () => undefined
  const scan = new LaneScan({ ...parts, before, find: ({ peerId }) => find(peerId) })
  const run = scan.run()
  t.after(async () => {
    stopping.abort()
    await run
  })
  /** Lets everything happen that waits for nothing but its turn. */
  const rest = () => new Promise((resolve) => setImmediate(resolve))
  const pass = async (ms: number): Promise<void> => {
    for (const endMs = clock.now() + ms; clock.now() < endMs; clock.advance(1)) await rest()
    await rest()
  }
  return { scan, pages, pass, rest, run, stopping }
}

describe('a look through the store', () => {
  test('finds every chat, a page at a time, and begins anew after the interval', async (t) => {
    const found: number[] = []
    const { pages, pass } = scanOf(t, 1200, (peerId) => found.push(peerId) > 0)
    await pass(10)
    assert.deepEqual(
      found,
      Array.from({ length: 1200 }, (_, index) => index + 1),
    )
    const inFirstRound = pages.length
    assert.ok(new Set(pages.map(({ atMs }) => atMs)).size === inFirstRound, 'time for others between two pages')
    await pass(MINUTE - 20)
    assert.equal(pages.length, inFirstRound)
    await pass(20)
    assert.ok(pages.length > inFirstRound)
  })

  test('looks at all before it waits for room, and then hands over one after the other as room is made', async (t) => {
    const seen: number[] = []
    const found = new Set<number>()
    let room = 2
    const { scan, pass, rest } = scanOf(t, 600, (peerId) => {
      seen.push(peerId)
      if (!found.has(peerId) && room === 0) return false
      if (!found.has(peerId)) room--
      found.add(peerId)
      return true
    })
    await pass(10)
    assert.ok(seen.includes(600))
    assert.deepEqual([...found], [1, 2])
    for (let made = 3; made <= 9; made++) {
      room++
      scan.roomMade()
      await rest()
      assert.equal([...found].at(-1), made)
    }
  })

  test('that waits for room looks at all again when it is asked to, and not more than once a second', async (t) => {
    let isWelcome = false
    const found = new Set<number>()
    const { scan, pass, pages } = scanOf(t, 5, (peerId) => {
      if (peerId === 5 && isWelcome) found.add(peerId)
      return found.has(peerId)
    })
    await pass(10)
    assert.deepEqual([...found], [])
    isWelcome = true
    scan.request()
    await pass(1000)
    assert.deepEqual([...found], [5])
    const before = pages.length
    for (let request = 0; request < 50; request++) {
      scan.request()
      await pass(10)
    }
    assert.ok(pages.length - before <= 2, `${pages.length - before}`)
  })

  test('ends with the stop, whatever it waits for', async (t) => {
    for (const [count, hasRoom] of [
      [5, true],
      [5, false],
      [1200, true],
    ] as const) {
      const { rest, run, stopping } = scanOf(t, count, () => hasRoom)
      await rest()
      stopping.abort()
      await run
    }
  })
})
