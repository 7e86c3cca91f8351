import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Tally, TallySearch } from '../../../src/store/store.ts'
import { attempt, type Given, given, NOW, type OpenStore } from './given.ts'

const HOUR = 3_600_000
const SPAN = { sinceMs: NOW - HOUR, untilMs: NOW + 3 * HOUR, slotMs: HOUR, offsetMs: 0, lookThrough: 100 }
const SLOT = NOW / HOUR
const FAILED = { event: 'fail', error: { code: 'text_refused', detail: 'no' } } as const

export function describeTallies(open: OpenStore): void {
  describe('what became of messages', () => {
    test('is counted by when they were accepted, by state and by how long delivery took', async (t) => {
      const here = await given(open, t)
      const [ann, bob] = [await here.linkedUser(), await here.linkedUser()]
      const accept = async (nowMs: number) => (await here.accept(ann.user, { nowMs })).id
      await delivered(here, await accept(NOW - HOUR - 1), 5)
      await delivered(here, await accept(NOW - HOUR), 0)
      for (const took of [99, 347, 349, 1_999, 123_456_789, -5]) await delivered(here, await accept(NOW), took)
      await here.send(await accept(NOW + HOUR), FAILED, 'refused')
      await here.store.cancelMessage(ann.user.id, await accept(NOW + HOUR), NOW)
      await here.store.outbox.markSending(await accept(NOW + 2 * HOUR), NOW)
      await accept(NOW + 2 * HOUR)
      await accept(NOW + 3 * HOUR)
      await here.accept(bob.user)
      assert.deepEqual(await tallied(here, ann.user.id, SPAN), [
        [-1, 'delivered', 0, 1],
        [0, 'delivered', 0, 1],
        [0, 'delivered', 99, 1],
        [0, 'delivered', 340, 2],
        [0, 'delivered', 1_900, 1],
        [0, 'delivered', 120_000_000, 1],
        [1, 'cancelled', null, 1],
        [1, 'failed', null, 1],
        [2, 'queued', null, 1],
        [2, 'sending', null, 1],
      ])
      const waits = { count: 3, oldestMs: NOW + 2 * HOUR }
      assert.deepEqual(await here.store.waitingOf(ann.user.id, 9), waits)
      assert.deepEqual(await here.store.waitingOf(ann.user.id, 2), { ...waits, count: 2 })
      assert.deepEqual(await here.store.waitingOf('usr_nobody', 9), { count: 0, oldestMs: null })
      assert.deepEqual(await tallied(here, 'usr_nobody', SPAN), [])
    })

    test('has slots that begin where the clock of its person says', async (t) => {
      const here = await given(open, t)
      const { user } = await here.linkedUser()
      for (const minute of [-31, -30, 29, 30]) await here.accept(user, { nowMs: NOW + minute * 60_000 })
      const slots = async (offsetMs: number) =>
        (await tallied(here, user.id, { ...SPAN, offsetMs })).map(([slot, , , count]) => [slot, count])
      assert.deepEqual(await slots(0), [
        [-1, 2],
        [0, 2],
      ])
      assert.deepEqual(await slots(30 * 60_000), [
        [-1, 1],
        [0, 2],
        [1, 1],
      ])
      assert.deepEqual(await slots(-30 * 60_000), [
        [-2, 1],
        [-1, 2],
        [0, 1],
      ])
    })

    test('is the same in stretches of any length', async (t) => {
      const here = await given(open, t)
      const { user } = await here.linkedUser()
      for (let at = 0; at < 17; at++) {
        const { id } = await here.accept(user, { nowMs: NOW + at * 11 * 60_000 })
        if (at % 3 === 0) await here.send(id, FAILED, 'refused')
        if (at % 3 === 1) await delivered(here, id, at * 100)
      }
      const whole = await tallied(here, user.id, SPAN)
      assert.equal(
        whole.reduce((sum, [, , , count]) => sum + count, 0),
        17,
      )
      for (const lookThrough of [1, 2, 5, 16, 17, 18]) {
        assert.deepEqual(await tallied(here, user.id, { ...SPAN, lookThrough }), whole)
      }
    })
  })
}

async function delivered({ store }: Given, id: string, tookMs: number): Promise<void> {
  await store.outbox.markSending(id, NOW)
  const { created } = await createdOf(store, id)
  const next = { event: 'deliver', telegramMessageId: 1 } as const
  await store.outbox.settle({ messageId: id, attempt: { ...attempt(), finishedAtMs: created + tookMs }, next })
}

async function createdOf(store: Given['store'], id: string): Promise<{ created: number }> {
  for (const user of await store.listUsers({ limit: 9 })) {
    const message = await store.getMessage(user.id, id, NOW)
    if (message) return { created: message.createdAtMs }
  }
  throw new Error(`there is no message ${id}`)
}

/** Slots are told from that of NOW. */
async function tallied({ store }: Given, userId: string, search: TallySearch) {
  const sums = new Map<string, Tally>()
  let after = {}
  for (;;) {
    const { tallies, lookedThrough } = await store.tallyMessages(userId, { ...search, ...after })
    for (const one of tallies) {
      const key = [one.slot, one.status, one.deliveryMs].join(' ')
      const sum = sums.get(key)
      if (sum) sum.count += one.count
      else sums.set(key, { ...one })
    }
    if (lookedThrough === undefined) break
    after = { afterNumber: lookedThrough }
  }
  return [...sums.values()]
    .sort((a, b) => a.slot - b.slot || a.status.localeCompare(b.status) || (a.deliveryMs ?? 0) - (b.deliveryMs ?? 0))
    .map(({ slot, status, deliveryMs, count }) => [slot - SLOT, status, deliveryMs, count] as const)
}
