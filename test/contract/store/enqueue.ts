import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, NOW, type OpenStore, refusal } from './given.ts'

export function describeEnqueue(open: OpenStore): void {
  describe('enqueue', () => {
    test('accepts a message for the default chat and says which lane has work', async (t) => {
      const { store, bot, linkedUser, newMessage, message } = await given(open, t)
      const { user, peer, chat } = await linkedUser()
      const input = newMessage(user, { text: 'Привет 👋\nline', silent: true })
      const enqueued = await store.outbox.enqueue(input)
      assert.ok(!enqueued.replayed)
      assert.deepEqual(enqueued.wake, { botId: bot.id, peerId: peer.id, priority: 3 })
      assert.deepEqual(enqueued.message, {
        id: input.id,
        userId: user.id,
        chatId: chat.id,
        status: 'queued',
        text: 'Привет 👋\nline',
        silent: true,
        createdAtMs: NOW,
        deliveredAtMs: null,
        sendingSinceMs: null,
        endedAtMs: null,
        wasResent: false,
        telegramMessageId: null,
        attemptCount: 0,
        nextAttemptAtMs: null,
        waitingFor: null,
        error: null,
        possibleDuplicate: false,
        priority: 3,
        delivery: 'at_least_once',
        digest: 'when_behind',
        expiresAtMs: null,
        changeSeq: enqueued.message.changeSeq,
        number: enqueued.message.changeSeq,
        label: null,
      })
      assert.deepEqual(await message(user, input.id), { ...enqueued.message, attempts: [] })
    })

    test('stores nothing for a user without a chat, nor for a chat of somebody else', async (t) => {
      const { store, user, linkedUser, accept } = await given(open, t)
      const bob = await user()
      const { user: ann, chat } = await linkedUser()
      await assert.rejects(accept(bob), refusal('chat_not_linked'))
      await assert.rejects(accept(bob, { chatId: chat.id }), refusal('not_found'))
      await store.unlinkChat(ann.id, chat.id, { nowMs: NOW })
      await assert.rejects(accept(ann), refusal('chat_not_linked'))
      for (const { id } of [ann, bob]) {
        assert.deepEqual(await store.listMessages(id, { limit: 9, order: 'desc', nowMs: NOW }), [])
      }
    })

    test('keeps the order of the calls, awaited or not', async (t) => {
      const { store, linkedUser, newMessage, accept, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const first = await accept(user)
      const second = await accept(user)
      const many = Array.from({ length: 700 }, () => newMessage(user))
      await Promise.all(many.map((one) => store.outbox.enqueue(one)))
      assert.deepEqual(await lane(peer), [first.id, second.id, ...many.map(({ id }) => id)])
    })

    test('refuses the one that is over the limit of waiting messages, also among many at once', async (t) => {
      const { store, linkedUser, newMessage, send, accept } = await given(open, t)
      const { user } = await linkedUser()
      const { user: other } = await linkedUser()
      const batch = [...Array.from({ length: 8 }, () => newMessage(user, { queueLimit: 5 })), newMessage(other)]
      const all = await Promise.allSettled(batch.map((one) => store.outbox.enqueue(one)))
      assert.deepEqual(
        all.map(({ status }) => status === 'fulfilled'),
        [true, true, true, true, true, false, false, false, true],
      )
      await assert.rejects(accept(user, { queueLimit: 5 }), refusal('queue_full'))
      await send(batch[0]?.id ?? '', { event: 'deliver', telegramMessageId: 1 })
      await accept(user, { queueLimit: 5 })
      await accept(user, { queueLimit: 0 })
    })

    test('fails one message alone when the database does not take it', async (t) => {
      const { store, linkedUser, newMessage, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const good = newMessage(user)
      const batch = [good, { ...newMessage(user), id: good.id }, newMessage(user)]
      const all = await Promise.allSettled(batch.map((one) => store.outbox.enqueue(one)))
      assert.deepEqual(
        all.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      )
      assert.deepEqual(await lane(peer), [good.id, batch[2]?.id])
    })

    test('keeps the name and the language of the moment of acceptance', async (t) => {
      const { store, linkedUser, accept } = await given(open, t)
      const { user, peer } = await linkedUser()
      await accept(user)
      await store.updateUser(user.id, { name: 'Новая', locale: 'ru' })
      await accept(user)
      const names = (await store.outbox.waiting(peer.id, 9)).map(({ name, locale }) => [name, locale])
      assert.deepEqual(names, [
        [user.name, 'en'],
        ['Новая', 'ru'],
      ])
    })
  })

  describe('an idempotency key', () => {
    const idempotency = { key: 'order 7', fingerprint: 'f' }

    test('answers a repeated request with the message as it was first accepted', async (t) => {
      const { store, linkedUser, newMessage, accept, send, lane } = await given(open, t)
      const { user, peer, chat } = await linkedUser()
      await accept(user)
      const first = await accept(user, { idempotency })
      assert.equal(first.waitingFor, 'pace')
      await send(first.id, { event: 'deliver', telegramMessageId: 3 })
      await store.unlinkChat(user.id, chat.id, { nowMs: NOW })
      const again = await store.outbox.enqueue(newMessage(user, { idempotency, nowMs: NOW + 99, queueLimit: 1 }))
      assert.deepEqual(again, { replayed: true, message: first })
      assert.deepEqual(await lane(peer), [])
    })

    test('stores one message, however many requests come at once', async (t) => {
      const { store, linkedUser, newMessage, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const batch = Array.from({ length: 50 }, () => newMessage(user, { idempotency }))
      const all = await Promise.all(batch.map((one) => store.outbox.enqueue(one)))
      assert.equal(all.filter(({ replayed }) => !replayed).length, 1)
      assert.equal(new Set(all.map(({ message }) => message.id)).size, 1)
      assert.equal((await lane(peer)).length, 1)
    })

    test('refuses a different request', async (t) => {
      const { linkedUser, accept } = await given(open, t)
      const { user } = await linkedUser()
      await accept(user, { idempotency })
      const other = accept(user, { idempotency: { ...idempotency, fingerprint: 'g' } })
      await assert.rejects(other, refusal('idempotency_conflict'))
    })

    test('belongs to its user', async (t) => {
      const { linkedUser, accept } = await given(open, t)
      const [ann, bob] = [await linkedUser(), await linkedUser()]
      const first = await accept(ann.user, { idempotency })
      assert.notEqual((await accept(bob.user, { idempotency })).id, first.id)
    })

    test('is not used up by a request that was refused', async (t) => {
      const { store, user, peer, link, accept, newMessage } = await given(open, t)
      const ann = await user()
      await assert.rejects(accept(ann, { idempotency }), refusal('chat_not_linked'))
      await link(ann, await peer())
      const [one, other] = await Promise.allSettled([
        store.outbox.enqueue(newMessage(ann, { idempotency, chatId: 'cht_wrong' })),
        store.outbox.enqueue(newMessage(ann, { idempotency: { ...idempotency, fingerprint: 'g' } })),
      ])
      assert.deepEqual([one.status, other.status], ['rejected', 'fulfilled'])
    })
  })
}
