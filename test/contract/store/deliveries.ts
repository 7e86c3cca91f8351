import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { attempt, given, NOW, type OpenStore } from './given.ts'

const LATER = { event: 'retry', nextAttemptAtMs: NOW + 60, countsAsAttempt: true, possibleDuplicate: false } as const

export function describeDeliveries(open: OpenStore): void {
  describe('sending', () => {
    test('is marked once, by one of many', async (t) => {
      const { store, linkedUser, accept } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user)
      const marks = await Promise.all(Array.from({ length: 20 }, () => store.outbox.markSending(id, NOW)))
      assert.equal(marks.filter(Boolean).length, 1)
      assert.equal(await store.outbox.markSending('msg_unknown', NOW), false)
    })

    test('is refused for what was cancelled, unlinked or deleted meanwhile', async (t) => {
      const { store, linkedUser, accept } = await given(open, t)
      const [ann, bob, eve] = [await linkedUser(), await linkedUser(), await linkedUser()]
      const ids = await Promise.all([ann, bob, eve].map(async ({ user }) => (await accept(user)).id))
      await store.cancelMessage(ann.user.id, ids[0] ?? '', NOW)
      await store.unlinkChat(bob.user.id, bob.chat.id, { nowMs: NOW })
      await store.deleteUser(eve.user.id)
      assert.deepEqual(await Promise.all(ids.map((id) => store.outbox.markSending(id, NOW))), [false, false, false])
    })
  })

  describe('a number that is larger than any that we store', () => {
    test('can be read where an earlier version, or somebody’s hand, has stored it', async (t) => {
      const ABSURD = 1e17
      const { store, bot, linkedUser, accept, send, message, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const [arrived, waits] = [await accept(user), await accept(user)]
      await send(arrived.id, { event: 'deliver', telegramMessageId: ABSURD })
      await send(waits.id, { ...LATER, nextAttemptAtMs: ABSURD }, 'throttled')
      await store.outbox.holdPeer(peer.id, { sinceMs: NOW, untilMs: ABSURD })
      await store.outbox.holdBot(bot.id, { sinceMs: NOW, untilMs: ABSURD })
      for (const { id } of [arrived, waits]) assert.equal((await message(user, id)).id, id)
      assert.ok(((await message(user, waits.id)).nextAttemptAtMs ?? 0) > NOW)
      const next = await accept(user)
      assert.deepEqual(await lane(peer), [waits.id, next.id])
      assert.ok(((await store.getPeer(peer.id))?.notBeforeMs ?? 0) > NOW)
      assert.ok(((await store.getBot(bot.id))?.notBeforeMs ?? 0) > NOW)
      const renamed = { telegramChatId: peer.telegramChatId, type: peer.type, title: null, username: 'renamed' }
      assert.equal((await store.savePeer(bot.id, renamed)).username, 'renamed')
    })
  })

  describe('several that leave together', () => {
    test('are marked in their order, without those that are no longer to be sent', async (t) => {
      const { store, linkedUser, accept, message } = await given(open, t)
      const { user, peer } = await linkedUser()
      const [a, b, c, d] = [await accept(user), await accept(user), await accept(user), await accept(user)]
      const expired = await accept(user, { expiresAtMs: NOW + 1 })
      assert.deepEqual([await store.outbox.depth(peer.id, 100), await store.outbox.depth(peer.id, 3)], [5, 3])
      await store.cancelMessage(user.id, b.id, NOW)
      const ids = [c.id, b.id, a.id, expired.id]
      const marks = [store.outbox.markTogether(ids, NOW + 1), store.outbox.markTogether([a.id, d.id], NOW + 1)]
      assert.deepEqual(await Promise.all(marks), [[c.id, a.id], [d.id]])
      assert.equal((await message(user, expired.id)).status, 'queued')
      assert.equal(await store.outbox.depth(peer.id, 100), 1)
    })

    test('are settled together, each with its own end, and keep the Telegram message that they share', async (t) => {
      const { store, linkedUser, accept, message } = await given(open, t)
      const { user, peer } = await linkedUser()
      const [a, b, c] = [await accept(user), await accept(user), await accept(user)]
      await store.outbox.markTogether([a.id, b.id, c.id], NOW)
      const arrived = { event: 'deliver', telegramMessageId: 7 } as const
      await store.outbox.settle(
        { messageId: a.id, attempt: attempt(), next: arrived },
        { messageId: b.id, attempt: attempt(), next: arrived },
        { messageId: c.id, attempt: attempt('refused'), next: { ...LATER, alone: true } },
      )
      const [one, two] = [await message(user, a.id), await message(user, b.id)]
      assert.deepEqual([one.telegramMessageId, two.telegramMessageId], [7, 7])
      assert.deepEqual([one.attempts.length, two.attempts.length], [1, 1])
      const [waiting] = await store.outbox.waiting(peer.id, 9)
      assert.deepEqual([waiting?.id, waiting?.alone], [c.id, true])
    })
  })

  describe('a settlement', () => {
    test('ends what says since when a call is under way', async (t) => {
      const { store, linkedUser, accept, message } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user)
      const seen = async () =>
        (({ sendingSinceMs, attempts }) => [sendingSinceMs, attempts.length])(await message(user, id))
      await store.outbox.markSending(id, NOW + 10)
      assert.deepEqual(await seen(), [NOW + 10, 0])
      await store.outbox.settle({ messageId: id, attempt: attempt(), next: LATER })
      assert.deepEqual(await seen(), [null, 1])
    })

    test('of a delivery ends the message, with its attempt', async (t) => {
      const { linkedUser, accept, send, message, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const { id } = await accept(user)
      await send(id, { event: 'deliver', telegramMessageId: 777 })
      const { status, deliveredAtMs, telegramMessageId, attemptCount, attempts } = await message(user, id)
      assert.deepEqual(
        { status, deliveredAtMs, telegramMessageId, attemptCount, attempts },
        {
          status: 'delivered',
          deliveredAtMs: NOW + 50,
          telegramMessageId: 777,
          attemptCount: 1,
          attempts: [{ number: 1, ...attempt() }],
        },
      )
      assert.deepEqual(await lane(peer), [])
    })

    test('of a retry keeps every attempt, and counts those that count', async (t) => {
      const { linkedUser, accept, send, message } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user)
      await send(id, { ...LATER, countsAsAttempt: false }, 'throttled')
      await send(id, LATER, 'temporary')
      await send(id, { ...LATER, possibleDuplicate: true }, 'unknown')
      await send(id, LATER, 'temporary')
      const { status, attemptCount, nextAttemptAtMs, possibleDuplicate, attempts } = await message(user, id)
      assert.deepEqual([status, attemptCount, nextAttemptAtMs, possibleDuplicate], ['queued', 3, NOW + 60, true])
      assert.deepEqual(
        attempts.map(({ number, outcome }) => [number, outcome]),
        [
          [1, 'throttled'],
          [2, 'temporary'],
          [3, 'unknown'],
          [4, 'temporary'],
        ],
      )
    })

    test('of a part keeps its progress, and the message has the id of its first part', async (t) => {
      const { store, linkedUser, accept, send, message } = await given(open, t)
      const { user, peer } = await linkedUser()
      const { id } = await accept(user)
      await send(id, { event: 'part', telegramMessageId: 10 })
      await send(id, { event: 'part', telegramMessageId: 11 })
      const [waiting] = await store.outbox.waiting(peer.id, 1)
      assert.deepEqual([waiting?.partsDone, waiting?.telegramMessageId, waiting?.attemptCount], [2, 10, 0])
      await send(id, { event: 'deliver', telegramMessageId: 12 })
      const { status, telegramMessageId, attempts } = await message(user, id)
      assert.deepEqual([status, telegramMessageId, attempts.length], ['delivered', 10, 3])
    })

    test('of a failure or a loss says why', async (t) => {
      const { linkedUser, accept, send, message } = await given(open, t)
      const { user } = await linkedUser()
      const [one, two] = [await accept(user), await accept(user)]
      const refused = { code: 'text_refused', detail: 'Telegram says: too rude.' } as const
      const unknown = { code: 'outcome_unknown', detail: 'Cut off.' } as const
      await send(one.id, { event: 'fail', error: refused }, 'refused')
      await send(two.id, { event: 'lose', error: unknown }, 'unknown')
      const [failed, lost] = [await message(user, one.id), await message(user, two.id)]
      assert.deepEqual([failed.status, failed.error], ['failed', refused])
      assert.deepEqual([lost.status, lost.error], ['uncertain', unknown])
    })

    test('is ignored when the message is no longer on its way, or gone', async (t) => {
      const { store, linkedUser, accept, send, message } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user)
      const late = { messageId: id, attempt: attempt(), next: { event: 'deliver', telegramMessageId: 9 } } as const
      await store.outbox.settle(late)
      assert.deepEqual([(await message(user, id)).status, (await message(user, id)).attempts], ['queued', []])
      await send(id, { event: 'deliver', telegramMessageId: 1 })
      await store.outbox.settle({ ...late, next: LATER })
      const { status, telegramMessageId, attempts } = await message(user, id)
      assert.deepEqual([status, telegramMessageId, attempts.length], ['delivered', 1, 1])
      await store.outbox.settle({ ...late, messageId: 'msg_gone' })
    })

    test('counts once when it comes twice at the same time', async (t) => {
      const { store, linkedUser, accept, message } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user)
      await store.outbox.markSending(id, NOW)
      const settlement = {
        messageId: id,
        attempt: attempt(),
        next: { event: 'deliver', telegramMessageId: 9 },
      } as const
      await Promise.all([store.outbox.settle(settlement), store.outbox.settle(settlement)])
      assert.equal((await message(user, id)).attempts.length, 1)
    })

    test('of a retry ends as failed when the chat was unlinked during the call', async (t) => {
      const { store, linkedUser, accept, message, lane, link } = await given(open, t)
      const { user, peer, chat } = await linkedUser()
      const { id } = await accept(user)
      await store.outbox.markSending(id, NOW)
      await store.unlinkChat(user.id, chat.id, { nowMs: NOW })
      await link(user, peer)
      assert.equal(await store.outbox.settle({ messageId: id, attempt: attempt('temporary'), next: LATER }), 1)
      const { status, error } = await message(user, id)
      assert.deepEqual([status, error?.code], ['failed', 'chat_unlinked'])
      assert.deepEqual(await lane(peer), [])
    })

    test('of a failure says what may stand in the chat', async (t) => {
      const { store, linkedUser, accept, send, message } = await given(open, t)
      const { user, chat } = await linkedUser()
      const [cut, begun] = [await accept(user), await accept(user)]
      await send(cut.id, { ...LATER, possibleDuplicate: true }, 'unknown')
      const refused = { event: 'fail', error: { code: 'text_refused', detail: 'Refused.' } } as const
      await send(cut.id, refused, 'refused')
      await store.outbox.markSending(begun.id, NOW)
      await store.unlinkChat(user.id, chat.id, { nowMs: NOW })
      const part = { event: 'part', telegramMessageId: 9 } as const
      await store.outbox.settle({ messageId: begun.id, attempt: attempt(), next: part })
      const ends = [await message(user, cut.id), await message(user, begun.id)].map(({ error }) => error)
      const unlinked = 'The chat was unlinked from the account while the message was on its way.'
      assert.deepEqual(ends, [
        { code: 'text_refused', detail: 'Refused. An earlier call was cut off, so it may have arrived.' },
        { code: 'chat_unlinked', detail: `${unlinked} Its beginning has arrived, the rest has not.` },
      ])
    })

    test('of a delivery stands, even when the chat was unlinked during the call', async (t) => {
      const { store, linkedUser, accept, message } = await given(open, t)
      const { user, chat } = await linkedUser()
      const { id } = await accept(user)
      await store.outbox.markSending(id, NOW)
      await store.unlinkChat(user.id, chat.id, { nowMs: NOW })
      await store.outbox.settle({ messageId: id, attempt: attempt(), next: { event: 'deliver', telegramMessageId: 9 } })
      assert.equal((await message(user, id)).status, 'delivered')
    })

    test('of many at once is each its own', async (t) => {
      const { store, linkedUser, newMessage, message } = await given(open, t)
      const { user } = await linkedUser()
      const batch = Array.from({ length: 150 }, () => newMessage(user))
      await Promise.all(batch.map((one) => store.outbox.enqueue(one)))
      const marked = await Promise.all(batch.map(({ id }) => store.outbox.markSending(id, NOW)))
      assert.ok(marked.every(Boolean))
      const settle = (id: string, n: number) =>
        store.outbox.settle({
          messageId: id,
          attempt: attempt(n % 2 === 0 ? 'delivered' : 'temporary'),
          next: n % 2 === 0 ? { event: 'deliver', telegramMessageId: n } : { ...LATER, nextAttemptAtMs: NOW + n },
        })
      await Promise.all(batch.map(({ id }, n) => settle(id, n)))
      for (const [n, { id }] of batch.entries()) {
        const { telegramMessageId, nextAttemptAtMs } = await message(user, id)
        assert.deepEqual([telegramMessageId, nextAttemptAtMs], n % 2 === 0 ? [n, null] : [null, NOW + n])
      }
    })
  })

  describe('after a crash', () => {
    test('what was on its way is queued again in its place, marked, with an unknown attempt', async (t) => {
      const { store, bot, linkedUser, accept, message, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const [first, second] = [await accept(user), await accept(user)]
      await store.outbox.markSending(first.id, NOW + 1)
      assert.deepEqual(await store.outbox.recover('bot_other', NOW + 9), { queued: 0, lost: 0, calls: 0 })
      assert.deepEqual(await store.outbox.recover(bot.id, NOW + 9), { queued: 1, lost: 0, calls: 1 })
      assert.deepEqual(await store.outbox.recover(bot.id, NOW + 9), { queued: 0, lost: 0, calls: 0 })
      assert.deepEqual(await lane(peer), [first.id, second.id])
      const { status, possibleDuplicate, attemptCount, attempts } = await message(user, first.id)
      assert.deepEqual([status, possibleDuplicate, attemptCount], ['queued', true, 1])
      assert.deepEqual(
        attempts.map(({ number, outcome, startedAtMs, finishedAtMs }) => [number, outcome, startedAtMs, finishedAtMs]),
        [[1, 'unknown', NOW + 1, NOW + 9]],
      )
    })

    test('and without one, only what nobody works with comes back, as often as it may go', async (t) => {
      const { store, bot, linkedUser, accept, message } = await given(open, t)
      const { user } = await linkedUser()
      const [stray, carried, young] = [await accept(user), await accept(user), await accept(user)]
      await store.outbox.markTogether([stray.id, carried.id], NOW)
      await store.outbox.markSending(young.id, NOW + 5)
      const strays = { inHand: new Set([carried.id]), sinceBeforeMs: NOW + 5, maxAttempts: 2 }
      assert.deepEqual(await store.outbox.recoverStrays('bot_other', strays, NOW + 9), { queued: 0, lost: 0, calls: 0 })
      assert.deepEqual(await store.outbox.recoverStrays(bot.id, strays, NOW + 9), { queued: 1, lost: 0, calls: 1 })
      assert.deepEqual(await store.outbox.recoverStrays(bot.id, strays, NOW + 9), { queued: 0, lost: 0, calls: 0 })
      const statuses = [stray, carried, young].map(async ({ id }) => (await message(user, id)).status)
      assert.deepEqual(await Promise.all(statuses), ['queued', 'sending', 'sending'])
      assert.equal((await message(user, stray.id)).possibleDuplicate, true)
      await store.outbox.markSending(stray.id, NOW)
      assert.deepEqual(await store.outbox.recoverStrays(bot.id, strays, NOW + 9), { queued: 0, lost: 1, calls: 1 })
      assert.equal((await message(user, stray.id)).status, 'uncertain')
    })

    test('what was on its way to a chat that is unlinked by now is uncertain', async (t) => {
      const { store, bot, linkedUser, accept, message } = await given(open, t)
      const { user, chat } = await linkedUser()
      const { id } = await accept(user)
      await store.outbox.markSending(id, NOW)
      await store.unlinkChat(user.id, chat.id, { nowMs: NOW })
      assert.deepEqual(await store.outbox.recover(bot.id, NOW), { queued: 0, lost: 1, calls: 1 })
      const { status, error } = await message(user, id)
      assert.deepEqual([status, error?.code], ['uncertain', 'outcome_unknown'])
    })
  })
}
