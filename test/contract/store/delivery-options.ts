import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Priority } from '../../../src/domain/delivery-options.ts'
import { given, NOW, type OpenStore, refusal } from './given.ts'

const LATER = { event: 'retry', nextAttemptAtMs: NOW + 9, countsAsAttempt: true, possibleDuplicate: false } as const

export function describeDeliveryOptions(open: OpenStore): void {
  describe('the options of a message', () => {
    test('are kept, and told to whoever reads, sends or repeats it', async (t) => {
      const { store, linkedUser, newMessage, message } = await given(open, t)
      const { user, peer } = await linkedUser()
      const options = { priority: 5, delivery: 'at_most_once', digest: 'never', expiresAtMs: NOW + 1000 } as const
      const idempotency = { key: 'k', fingerprint: 'f' }
      const input = newMessage(user, { ...options, idempotency })
      const pick = (of: object) => Object.fromEntries(Object.keys(options).map((key) => [key, Reflect.get(of, key)]))
      assert.deepEqual(pick((await store.outbox.enqueue(input)).message), options)
      assert.deepEqual(pick(await message(user, input.id)), options)
      const [waiting] = await store.outbox.waiting(peer.id, 1)
      assert.deepEqual(pick(waiting ?? {}), options)
      const repeated = await store.outbox.enqueue({ ...input, id: 'msg_other' })
      assert.deepEqual([repeated.replayed, pick(repeated.message)], [true, options])
    })

    test('refuse what has expired already, but not the repetition of what was accepted in time', async (t) => {
      const { store, linkedUser, newMessage, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const late = newMessage(user, { expiresAtMs: NOW })
      await assert.rejects(store.outbox.enqueue(late), refusal('request_invalid'))
      assert.deepEqual(await lane(peer), [])
      const idempotency = { key: 'k', fingerprint: 'f' }
      const inTime = newMessage(user, { expiresAtMs: NOW + 1, idempotency })
      await store.outbox.enqueue(inTime)
      assert.equal((await store.outbox.enqueue({ ...inTime, id: 'msg_other', nowMs: NOW + 5 })).replayed, true)
    })
  })

  describe('priority', () => {
    test('orders a lane, and within it the order of acceptance holds', async (t) => {
      const { linkedUser, accept, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const accepted: { id: string; priority: Priority }[] = []
      for (const priority of [3, 1, 5, 3, 2, 5, 4, 1] as const) accepted.push(await accept(user, { priority }))
      const expected = accepted.toSorted((a, b) => b.priority - a.priority).map(({ id }) => id)
      assert.deepEqual(await lane(peer), expected)
    })

    test('waits for a message whose parts have begun', async (t) => {
      const { linkedUser, accept, send, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const long = await accept(user, { priority: 1 })
      await send(long.id, { event: 'part', telegramMessageId: 1 })
      const urgent = await accept(user, { priority: 5 })
      assert.deepEqual(await lane(peer), [long.id, urgent.id])
      await send(long.id, LATER, 'temporary')
      assert.deepEqual(await lane(peer), [long.id, urgent.id])
    })

    test('puts a resent message at the end of its own, parts begun or not', async (t) => {
      const { store, linkedUser, accept, send, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const again = await accept(user)
      const [low, other] = [await accept(user, { priority: 2 }), await accept(user)]
      await send(again.id, { event: 'part', telegramMessageId: 1 })
      await send(again.id, { event: 'lose', error: { code: 'outcome_unknown', detail: '?' } }, 'unknown')
      await store.resendMessage(user.id, again.id, NOW)
      assert.deepEqual(await lane(peer), [other.id, again.id, low.id])
    })

    test('says who waits for whom', async (t) => {
      const { linkedUser, accept, message } = await given(open, t)
      const { user } = await linkedUser()
      const low = await accept(user, { priority: 2 })
      const high = await accept(user, { priority: 4 })
      assert.equal(high.waitingFor, null)
      assert.equal((await accept(user, { priority: 4 })).waitingFor, 'pace')
      assert.equal((await message(user, high.id)).waitingFor, null)
      assert.equal((await message(user, low.id)).waitingFor, 'pace')
    })
  })

  describe('at most once', () => {
    test('ends as uncertain after a crash, while at least once goes again', async (t) => {
      const { store, bot, linkedUser, accept, message, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const [once, more] = [await accept(user, { delivery: 'at_most_once' }), await accept(user)]
      for (const { id } of [once, more]) await store.outbox.markSending(id, NOW)
      assert.deepEqual(await store.outbox.recover(bot.id, NOW), { queued: 1, lost: 1, calls: 1 })
      const { status, error, possibleDuplicate, attempts } = await message(user, once.id)
      assert.deepEqual([status, error?.code, possibleDuplicate], ['uncertain', 'outcome_unknown', false])
      assert.deepEqual(
        attempts.map(({ outcome }) => outcome),
        ['unknown'],
      )
      assert.deepEqual(await lane(peer), [more.id])
    })
  })

  describe('what expires', () => {
    test('ends with a reason wherever it waits, and nothing else does', async (t) => {
      const { store, bot, linkedUser, accept, send, message, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const expiresAtMs = NOW + 10
      const lasting = await accept(user)
      const later = await accept(user, { expiresAtMs: NOW + 11 })
      const behind = await accept(user, { expiresAtMs })
      const leaving = await accept(user, { expiresAtMs })
      const begun = await accept(user, { expiresAtMs })
      const retried = await accept(user, { expiresAtMs })
      await store.outbox.markSending(leaving.id, NOW)
      await send(begun.id, { event: 'part', telegramMessageId: 1 })
      await send(retried.id, { ...LATER, possibleDuplicate: true }, 'unknown')
      assert.equal(await store.outbox.nextExpiry(), expiresAtMs)
      assert.deepEqual(await store.outbox.expire(expiresAtMs - 1, 100), [])
      assert.deepEqual(await store.outbox.expire(expiresAtMs, 100), [{ botId: bot.id, count: 2 }])
      assert.deepEqual(await store.outbox.expire(expiresAtMs, 100), [])
      assert.equal(await store.outbox.nextExpiry(), NOW + 11)
      assert.deepEqual(await lane(peer), [begun.id, lasting.id, later.id])
      const gone = await message(user, behind.id)
      assert.deepEqual([gone.status, gone.error?.code, gone.nextAttemptAtMs], ['expired', 'expired', null])
      assert.match(gone.error?.detail ?? '', /it was not sent/)
      assert.match((await message(user, retried.id)).error?.detail ?? '', /may have arrived/)
      assert.equal((await message(user, leaving.id)).status, 'sending')
    })

    test('goes bit by bit, oldest first, and each one is seen', async (t) => {
      const { store, linkedUser, accept, message } = await given(open, t)
      const { user } = await linkedUser()
      const ids: string[] = []
      for (const expiresAtMs of [NOW + 3, NOW + 1, NOW + 2]) ids.push((await accept(user, { expiresAtMs })).id)
      const seen: string[] = []
      const stop = store.onChange((userId) => seen.push(userId))
      t.after(stop)
      assert.equal((await store.outbox.expire(NOW + 5, 2))[0]?.count, 2)
      const statuses = await Promise.all(ids.map(async (id) => (await message(user, id)).status))
      assert.deepEqual(statuses, ['queued', 'expired', 'expired'])
      assert.deepEqual(seen, [user.id])
    })

    test('may be resent after a failure, although its time is over', async (t) => {
      const { store, linkedUser, accept, send, message } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user, { expiresAtMs: NOW + 1 })
      await send(id, { event: 'fail', error: { code: 'text_refused', detail: 'no' } }, 'refused')
      await store.resendMessage(user.id, id, NOW + 5)
      assert.deepEqual(await store.outbox.expire(NOW + 5, 10), [])
      const { status, expiresAtMs } = await message(user, id)
      assert.deepEqual([status, expiresAtMs], ['queued', null])
    })
  })
}
