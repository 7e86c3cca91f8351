import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Message } from '../../../src/domain/message.ts'
import type { MessagePage } from '../../../src/store/store.ts'
import { given, NOW, type OpenStore } from './given.ts'

const FAILED = { event: 'fail', error: { code: 'text_refused', detail: 'no' } } as const

export function describeHistory(open: OpenStore): void {
  describe('the history', () => {
    test('is read page after page in both directions, with any filter', async (t) => {
      const { store, user, peer, link, accept, send } = await given(open, t)
      const ann = await user()
      const bob = await user()
      const chats = [await link(ann, await peer()), await link(ann, await peer(), NOW + 1)]
      await link(bob, await peer())
      const all: Message[] = []
      for (let i = 0; i < 23; i++) {
        all.push(await accept(ann, { chatId: chats[i % 2]?.id ?? '' }))
        await accept(bob)
      }
      for (const [i, { id }] of all.entries()) if (i % 3 === 0) await send(id, FAILED, 'refused')
      const chatId = chats[1]?.id ?? ''
      const failed = (_: Message, i: number) => i % 3 === 0
      const inChat = (m: Message) => m.chatId === chatId
      const cases: [Partial<MessagePage>, Message[]][] = [
        [{}, all],
        [{ status: 'failed' }, all.filter(failed)],
        [{ chatId }, all.filter(inChat)],
        [{ chatId, status: 'failed' }, all.filter(failed).filter(inChat)],
        [{ status: 'expired' }, []],
      ]
      for (const [filter, expected] of cases) {
        for (const order of ['asc', 'desc'] as const) {
          const read: string[] = []
          for (let page = await next(); page.length > 0; page = await next(read.at(-1))) read.push(...page)
          const ids = expected.map(({ id }) => id)
          assert.deepEqual(read, order === 'asc' ? ids : ids.toReversed())

          async function next(afterId?: string): Promise<string[]> {
            const page = { limit: 4, order, nowMs: NOW, ...filter, ...(afterId !== undefined && { afterId }) }
            return (await store.listMessages(ann.id, page)).map(({ id }) => id)
          }
        }
      }
    })

    test('can be entered anywhere by counting, and counted', async (t) => {
      const { store, linkedUser, accept, send } = await given(open, t)
      const [ann, bob] = [await linkedUser(), await linkedUser()]
      const ids: string[] = []
      for (let i = 0; i < 11; i++) {
        ids.push((await accept(ann.user)).id)
        await accept(bob.user)
      }
      for (const id of ids.slice(2, 5)) await send(id, FAILED, 'refused')
      for (const order of ['asc', 'desc'] as const) {
        const ordered = order === 'asc' ? ids : ids.toReversed()
        for (const [offset, limit] of [
          [0, 4],
          [3, 4],
          [9, 4],
          [10, 1],
          [11, 4],
          [1_000_000, 4],
        ] as const) {
          const page = await store.listMessages(ann.user.id, { limit, offset, order, nowMs: NOW })
          const expected = ordered.slice(offset, offset + limit)
          assert.deepEqual(
            page.map(({ id }) => id),
            expected,
          )
        }
      }
      assert.deepEqual([await store.countMessages(ann.user.id), await store.countMessages('usr_nobody')], [11, 0])
    })

    test('finds a message by its number too, and another’s never', async (t) => {
      const { store, linkedUser, accept, message } = await given(open, t)
      const [ann, bob] = [await linkedUser(), await linkedUser()]
      const [first, second] = [await accept(ann.user), await accept(ann.user)]
      assert.ok(first.number < second.number)
      assert.deepEqual(
        await store.getMessageByNumber(ann.user.id, second.number, NOW),
        await message(ann.user, second.id),
      )
      assert.equal(await store.getMessageByNumber(bob.user.id, second.number, NOW), undefined)
      assert.equal(await store.getMessageByNumber(ann.user.id, second.number + 1, NOW), undefined)
    })

    test('keeps the word that a sender put to a message', async (t) => {
      const { store, linkedUser, accept, newMessage } = await given(open, t)
      const { user } = await linkedUser()
      const idempotency = { key: 'k', fingerprint: 'f' }
      const labelled = await accept(user, { label: 'Document', idempotency })
      const plain = await accept(user)
      assert.deepEqual([labelled.label, plain.label], ['Document', null])
      const listed = await store.listMessages(user.id, { limit: 9, order: 'asc', nowMs: NOW })
      assert.deepEqual(
        listed.map(({ label, number }) => [label, number]),
        [labelled, plain].map(({ label, number }) => [label, number]),
      )
      const again = await store.outbox.enqueue(newMessage(user, { label: 'Document', idempotency }))
      assert.deepEqual([again.replayed, again.message.label, again.message.number], [true, 'Document', labelled.number])
    })

    test('of one user cannot be entered by the message of another', async (t) => {
      const { store, linkedUser, accept } = await given(open, t)
      const [ann, bob] = [await linkedUser(), await linkedUser()]
      await accept(ann.user)
      const { id } = await accept(bob.user)
      const page = { limit: 9, order: 'desc', nowMs: NOW, afterId: id } as const
      assert.deepEqual(await store.listMessages(ann.user.id, page), [])
      assert.equal(await store.getMessage(ann.user.id, id, NOW), undefined)
    })
  })

  describe('the backlog', () => {
    test('is counted for each bot, with the age of its oldest message', async (t) => {
      const { store, bot, linkedUser, accept, send } = await given(open, t)
      assert.deepEqual(await store.backlog(), [])
      const [ann, bob] = [await linkedUser(), await linkedUser()]
      const first = await accept(ann.user, { nowMs: NOW - 5000 })
      await accept(bob.user, { nowMs: NOW - 3000 })
      await accept(ann.user)
      assert.deepEqual(await store.backlog(), [{ botId: bot.id, waiting: 3, oldestMs: NOW - 5000 }])
      assert.deepEqual([await store.countWaiting(bot.id, 9), await store.countWaiting(bot.id, 2)], [3, 2])
      assert.equal(await store.countWaiting('bot_none', 9), 0)
      await send(first.id, { event: 'deliver', telegramMessageId: 1 })
      assert.deepEqual(await store.backlog(), [{ botId: bot.id, waiting: 2, oldestMs: NOW - 3000 }])
    })
  })

  describe('cancelling', () => {
    test('works while a message waits, and for its owner only', async (t) => {
      const { store, linkedUser, accept, message, lane } = await given(open, t)
      const [ann, bob] = [await linkedUser(), await linkedUser()]
      const { id } = await accept(ann.user)
      assert.equal(await store.cancelMessage(bob.user.id, id, NOW), 'not_found')
      assert.equal(await store.cancelMessage(ann.user.id, id, NOW), 'cancelled')
      assert.equal(await store.cancelMessage(ann.user.id, id, NOW), 'not_waiting')
      assert.equal((await message(ann.user, id)).status, 'cancelled')
      assert.deepEqual(await lane(ann.peer), [])
    })

    test('is too late once a call is under way', async (t) => {
      const { store, linkedUser, accept } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user)
      await store.outbox.markSending(id, NOW)
      assert.equal(await store.cancelMessage(user.id, id, NOW), 'not_waiting')
    })

    test('is too late between two parts of a long text: half of it stands there', async (t) => {
      const { store, linkedUser, accept, send, message } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user)
      await send(id, { event: 'part', telegramMessageId: 1 })
      assert.equal(await store.cancelMessage(user.id, id, NOW), 'not_waiting')
      assert.equal((await message(user, id)).status, 'queued')
    })

    test('and sending exclude each other, whoever is first', async (t) => {
      const { store, linkedUser, newMessage } = await given(open, t)
      const { user } = await linkedUser()
      const batch = Array.from({ length: 40 }, () => newMessage(user))
      await Promise.all(batch.map((one) => store.outbox.enqueue(one)))
      for (const [index, { id }] of batch.entries()) {
        const cancel = () => store.cancelMessage(user.id, id, NOW)
        const mark = () => store.outbox.markSending(id, NOW)
        const [cancelled, marked] =
          index % 2 === 0
            ? await Promise.all([cancel(), mark()])
            : await Promise.all([mark(), cancel()]).then(([m, c]) => [c, m] as const)
        assert.notEqual(cancelled === 'cancelled', marked)
      }
    })
  })

  describe('resending', () => {
    test('queues a failed message at the end of its lane, with fresh attempts and its place in the history', async (t) => {
      const { store, bot, linkedUser, accept, send, message, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const failed = await accept(user)
      const other = await accept(user)
      await send(failed.id, { event: 'part', telegramMessageId: 5 })
      await send(failed.id, FAILED, 'refused')
      const resent = await store.resendMessage(user.id, failed.id, NOW)
      assert.ok(resent.result === 'queued')
      assert.deepEqual(resent.wake, { botId: bot.id, peerId: peer.id, priority: 3 })
      const { status, attemptCount, error, waitingFor, attempts } = await message(user, failed.id)
      assert.deepEqual([status, attemptCount, error, waitingFor, attempts.length], ['queued', 0, null, 'pace', 2])
      assert.deepEqual(resent.message, { ...resent.message, status, attemptCount, error, waitingFor })
      assert.deepEqual(await lane(peer), [other.id, failed.id])
      assert.equal((await store.outbox.waiting(peer.id, 9))[1]?.partsDone, 1)
      const history = await store.listMessages(user.id, { limit: 9, order: 'asc', nowMs: NOW })
      assert.deepEqual(
        history.map(({ id }) => id),
        [failed.id, other.id],
      )
      assert.equal(await store.outbox.markSending(failed.id, NOW), true)
    })

    test('an uncertain message says that it may arrive twice', async (t) => {
      const { store, linkedUser, accept, send } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user)
      await send(id, { event: 'lose', error: { code: 'outcome_unknown', detail: 'cut' } }, 'unknown')
      const resent = await store.resendMessage(user.id, id, NOW)
      assert.ok(resent.result === 'queued' && resent.message.possibleDuplicate)
    })

    test('is for failed and uncertain messages of the user alone', async (t) => {
      const { store, linkedUser, accept, send } = await given(open, t)
      const [ann, bob] = [await linkedUser(), await linkedUser()]
      const [waits, done] = [await accept(ann.user), await accept(ann.user)]
      await send(done.id, { event: 'deliver', telegramMessageId: 1 })
      for (const { id } of [waits, done]) {
        assert.deepEqual(await store.resendMessage(ann.user.id, id, NOW), { result: 'not_resendable' })
        assert.deepEqual(await store.resendMessage(bob.user.id, id, NOW), { result: 'not_found' })
      }
    })
  })
}
