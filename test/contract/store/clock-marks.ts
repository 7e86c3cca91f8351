import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, NOW, type OpenStore } from './given.ts'

const HOUR_MS = 3_600_000
const BOOT = { bootId: 'one', nowMs: NOW, uptimeMs: 1000 }
/** Ten seconds later, by a clock that was set meanwhile. */
const later = (setByMs: number) => ({ ...BOOT, nowMs: NOW + 10_000 + setByMs, uptimeMs: 11_000 })

export function describeClockMarks(open: OpenStore): void {
  /** A bot, a chat and a message that wait, for a minute each, since a second before `NOW`. */
  async function waiting(t: Parameters<OpenStore>[0]) {
    const all = await given(open, t)
    const { store, bot, linkedUser, accept, message } = all
    const { user, peer } = await linkedUser()
    const { id } = await accept(user)
    const [sinceMs, untilMs] = [NOW - 1000, NOW + 59_000]
    await store.outbox.markSending(id, sinceMs)
    const call = {
      startedAtMs: sinceMs,
      finishedAtMs: sinceMs,
      outcome: 'unknown',
      reason: 'x',
      waitMs: 60_000,
    } as const
    await store.outbox.settle({
      messageId: id,
      attempt: { part: 1, ...call },
      next: { event: 'retry', nextAttemptAtMs: untilMs, countsAsAttempt: true, possibleDuplicate: true },
    })
    await store.outbox.holdPeer(peer.id, { sinceMs, untilMs })
    await store.outbox.holdBot(bot.id, { sinceMs, untilMs })
    /** When each wait ends and began, beside what was to be without a set clock. */
    const shifts = async (nowMs: number): Promise<unknown[]> => {
      const [first] = await store.outbox.waiting(peer.id, 1)
      const { heldSinceMs = 0, notBeforeMs = 0 } = (await store.getPeer(peer.id)) ?? {}
      const held = await store.getBot(bot.id)
      const latestMs = Math.max(notBeforeMs, held?.notBeforeMs ?? 0, first?.nextAttemptAtMs ?? 0)
      assert.equal((await message(user, id, nowMs)).nextAttemptAtMs, latestMs)
      return [
        [notBeforeMs - untilMs, heldSinceMs - sinceMs],
        [(held?.notBeforeMs ?? 0) - untilMs, (held?.heldSinceMs ?? 0) - sinceMs],
        [(first?.nextAttemptAtMs ?? 0) - untilMs, (first?.waitsSinceMs ?? 0) - sinceMs],
      ]
    }
    return { ...all, peer, shifts }
  }

  describe('when the clock was set between two starts', () => {
    for (const byMs of [-2 * HOUR_MS, HOUR_MS]) {
      test(`by ${byMs} ms, every wait that is stored moves along, once`, async (t) => {
        const { store, shifts } = await waiting(t)
        assert.equal(await store.markClock(BOOT), 0)
        assert.equal(await store.markClock(later(byMs)), byMs)
        assert.equal(await store.markClock(later(byMs)), 0)
        const along = [byMs, byMs]
        assert.deepEqual(await shifts(NOW + byMs), [along, along, along])
      })
    }

    test('or not at all, or nobody can know, every wait stays', async (t) => {
      const { store, shifts } = await waiting(t)
      await store.markClock(BOOT)
      assert.equal(await store.markClock(later(0)), 0)
      assert.equal(await store.markClock({ ...later(HOUR_MS), bootId: 'two' }), 0)
      const none = [0, 0]
      assert.deepEqual(await shifts(NOW), [none, none, none])
    })

    test('what is by the new clock already stays', async (t) => {
      const { store, peer, shifts } = await waiting(t)
      await store.markClock(BOOT)
      const wait = { sinceMs: NOW + HOUR_MS, untilMs: NOW + HOUR_MS + 60_000 }
      await store.outbox.holdPeer(peer.id, wait)
      await store.markClock(later(HOUR_MS))
      assert.equal((await store.getPeer(peer.id))?.notBeforeMs, wait.untilMs)
      assert.deepEqual((await shifts(NOW)).slice(1), [
        [HOUR_MS, HOUR_MS],
        [HOUR_MS, HOUR_MS],
      ])
    })

    test('a wait that began in the future gives way to a shorter one, since its clock is no more', async (t) => {
      const { store, peer, bot } = await waiting(t)
      const wait = { sinceMs: NOW - HOUR_MS, untilMs: NOW - HOUR_MS + 5000 }
      await store.outbox.holdPeer(peer.id, wait)
      await store.outbox.holdBot(bot.id, wait)
      const held = [await store.getPeer(peer.id), await store.getBot(bot.id)]
      assert.deepEqual(
        held.map((one) => [one?.heldSinceMs, one?.notBeforeMs]),
        [
          [wait.sinceMs, wait.untilMs],
          [wait.sinceMs, wait.untilMs],
        ],
      )
    })
  })
}
