import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Signal } from '../../../src/domain/signal.ts'
import type { Change } from '../../../src/store/store.ts'
import { given, NOW, type OpenStore } from './given.ts'

export function describeChanges(open: OpenStore): void {
  describe('changes', () => {
    test('come oldest first, messages as they are now, each once', async (t) => {
      const { store, linkedUser, accept, send } = await given(open, t)
      const { user, chat } = await linkedUser()
      const [one, two] = [await accept(user), await accept(user)]
      await send(one.id, { event: 'deliver', telegramMessageId: 1 })
      const changes = await store.changesSince(user.id, { afterSeq: 0, limit: 100, nowMs: NOW })
      assert.deepEqual(changes.map(brief), [
        ['chat.linked', chat.id],
        ['queued', two.id],
        ['delivered', one.id],
      ])
      assert.equal(await store.lastChange(user.id), changes.at(-1)?.seq)
      const messages = changes.flatMap((change) => (change.kind === 'message' ? [change] : []))
      for (const { seq, message } of messages) assert.equal(message.changeSeq, seq)
    })

    test('are read page after page without a gap, whatever changed them', async (t) => {
      const { store, linkedUser, newMessage } = await given(open, t)
      const { user, peer, chat } = await linkedUser()
      const batch = Array.from({ length: 90 }, () => newMessage(user))
      await Promise.all(batch.map((one) => store.outbox.enqueue(one)))
      await Promise.all(batch.slice(0, 30).map(({ id }) => store.outbox.markSending(id, NOW)))
      await store.outbox.failWaiting(peer.id, { code: 'chat_blocked', detail: 'x' }, NOW)
      await store.outbox.recover(chat.botId, NOW)
      await store.unlinkChat(user.id, chat.id, { nowMs: NOW })
      const seen: Change[] = []
      for (let page = await next(0); page.length > 0; page = await next(seen.at(-1)?.seq ?? 0)) seen.push(...page)
      const ids = seen.flatMap((change) => (change.kind === 'message' ? [change.message.id] : []))
      assert.deepEqual(ids.sort(), batch.map(({ id }) => id).sort())
      assert.deepEqual(seen.filter(({ kind }) => kind === 'account').map(brief), [
        ['chat.linked', chat.id],
        ['chat.unlinked', chat.id],
      ])

      async function next(afterSeq: number): Promise<Change[]> {
        return await store.changesSince(user.id, { afterSeq, limit: 7, nowMs: NOW })
      }
    })

    test('have growing numbers, and a deleted one never comes back', async (t) => {
      const { store, linkedUser, accept, user } = await given(open, t)
      const { user: ann } = await linkedUser()
      const { changeSeq } = await accept(ann)
      await store.deleteUser(ann.id)
      const { user: bob } = await linkedUser()
      assert.ok((await accept(bob)).changeSeq > changeSeq + 1)
      assert.equal(await store.lastChange((await user()).id), 0)
    })

    test('of every kind give the message a new number', async (t) => {
      const { store, bot, linkedUser, accept, message } = await given(open, t)
      const { user, peer } = await linkedUser()
      const { id, changeSeq } = await accept(user)
      const seen = [changeSeq]
      const step = async (work: () => Promise<unknown>) => {
        await work()
        seen.push((await message(user, id)).changeSeq)
      }
      await step(() => store.outbox.markSending(id, NOW))
      await step(() => store.outbox.recover(bot.id, NOW))
      await step(() => store.outbox.failWaiting(peer.id, { code: 'chat_blocked', detail: '' }, NOW))
      await step(() => store.resendMessage(user.id, id, NOW))
      await step(() => store.cancelMessage(user.id, id, NOW))
      assert.deepEqual(
        seen,
        [...new Set(seen)].sort((a, b) => a - b),
      )
    })
  })

  describe('a signal', () => {
    test('is heard at once by all who listen, until they stop', async (t) => {
      const { store } = await given(open, t)
      const heard: Signal[] = []
      const stop = store.onSignal((signal) => heard.push(signal) > 0)
      store.onSignal((signal) => {
        heard.push(signal)
        return false
      })
      const signal = { kind: 'wake', botId: 'bot_x', peerId: 7 } as const
      store.signal(signal)
      assert.deepEqual(heard, [signal, signal])
      stop()
      store.signal(signal)
      assert.equal(heard.length, 3)
    })
  })

  describe('a listener', () => {
    test('hears of each commit that changed something for a user, after it, until it stops', async (t) => {
      const { store, linkedUser, accept, send } = await given(open, t)
      const { user } = await linkedUser()
      const heard: string[] = []
      const stop = store.onChange((userId) => heard.push(userId))
      const { id } = await accept(user)
      await settled()
      assert.deepEqual(heard, [user.id])
      await store.getMessage(user.id, id, NOW)
      await store.listBots()
      await settled()
      assert.equal(heard.length, 1)
      await send(id, { event: 'deliver', telegramMessageId: 1 })
      await settled()
      assert.equal(heard.length, 3)
      stop()
      await accept(user)
      await settled()
      assert.equal(heard.length, 3)
    })

    test('hears nothing of a transaction that was rolled back', async (t) => {
      const { store, user, peer } = await given(open, t)
      const [ann, { id: peerId }] = [await user(), await peer()]
      const heard: string[] = []
      store.onChange((userId) => heard.push(userId))
      const failing = store.transaction(async (records) => {
        await records.linkChat({ id: 'cht_x', userId: ann.id, peerId, nowMs: NOW })
        throw new Error('no')
      })
      await assert.rejects(failing)
      await settled()
      assert.deepEqual(heard, [])
    })
  })
}

function brief(change: Change): (string | null | undefined)[] {
  return change.kind === 'message' ? [change.message.status, change.message.id] : [change.type, change.data['chatId']]
}

/** Listeners are called in the same turn of the event loop as the commit's answer. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
