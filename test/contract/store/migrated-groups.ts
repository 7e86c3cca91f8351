import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, NOW, type OpenStore } from './given.ts'

export function describeMigratedGroups(open: OpenStore): void {
  describe('a group that became a supergroup', () => {
    const supergroup = { telegramChatId: -1_009_999, type: 'supergroup', title: 'Team', username: 'team' } as const

    test('keeps its links, what waits and its codes, under the new id', async (t) => {
      const { store, bot, user, group, link, accept, lane } = await given(open, t)
      const ann = await user()
      const peer = await group()
      const chat = await link(ann, peer)
      const { id } = await accept(ann)
      await store.createChatCode({ hash: 'c', peerId: peer.id, expiresAtMs: NOW + 1 })
      await store.outbox.holdPeer(peer.id, { sinceMs: NOW, untilMs: NOW + 7 })

      const moved = await store.migratePeer(bot.id, peer.telegramChatId, supergroup)
      assert.deepEqual([moved.telegramChatId, moved.type, moved.notBeforeMs], [-1_009_999, 'supergroup', NOW + 7])
      assert.equal(await store.findPeer(bot.id, peer.telegramChatId), undefined)
      assert.equal((await store.getChat(ann.id, chat.id))?.telegramChatId, -1_009_999)
      assert.deepEqual(await lane(moved), [id])
      assert.equal((await store.outbox.waiting(moved.id, 1))[0]?.telegramChatId, -1_009_999)
      assert.deepEqual(await store.takeChatCode('c', NOW), { peerId: moved.id })
    })

    test('may be told about twice', async (t) => {
      const { store, bot, group } = await given(open, t)
      const peer = await group()
      const first = await store.migratePeer(bot.id, peer.telegramChatId, supergroup)
      assert.deepEqual(await store.migratePeer(bot.id, peer.telegramChatId, supergroup), first)
    })

    test('is made when neither id is known', async (t) => {
      const { store, bot } = await given(open, t)
      const made = await store.migratePeer(bot.id, -5, supergroup)
      assert.deepEqual(await store.findPeer(bot.id, supergroup.telegramChatId), made)
    })

    test('becomes one with the peer that is there, lanes joined in the order of acceptance', async (t) => {
      const { store, bot, user, group, link, accept, lane, send, message } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      const from = await group()
      const to = await group(supergroup)
      await link(ann, from)
      const bobs = await link(bob, to)
      const first = await accept(ann)
      const second = await accept(bob)
      const third = await accept(ann)
      await store.createMove({ hash: 'm', peerId: from.id, toUserId: bob.id, expiresAtMs: NOW + 1 })
      await store.outbox.holdPeer(from.id, { sinceMs: NOW, untilMs: NOW + 9 })
      assert.equal(await store.outbox.markSending(first.id, NOW), true)

      const merged = await store.migratePeer(bot.id, from.telegramChatId, supergroup)
      assert.equal(await store.findPeer(bot.id, from.telegramChatId), undefined)
      assert.deepEqual(await lane(merged), [second.id, third.id])
      assert.deepEqual(await store.outbox.lanes(bot.id, { limit: 9, afterPeerId: 0 }), [
        { peerId: merged.id, userId: bob.id },
      ])
      assert.deepEqual((await store.chatsOfPeer(merged.id)).map((one) => one.user.id).sort(), [ann.id, bob.id].sort())
      assert.equal((await store.getChat(bob.id, bobs.id))?.peerId, merged.id)
      assert.equal(merged.notBeforeMs, NOW + 9)
      assert.deepEqual(await store.takeMove('m', merged.id, NOW), { toUserId: bob.id })
      // The call that was under way when the id changed.
      const next = { event: 'retry', nextAttemptAtMs: 0, countsAsAttempt: false, possibleDuplicate: false } as const
      const attempt = {
        part: 1,
        startedAtMs: NOW,
        finishedAtMs: NOW,
        outcome: 'migrated',
        reason: 'moved',
        waitMs: 0,
      } as const
      await store.outbox.settle({ messageId: first.id, attempt, next })
      assert.deepEqual(await lane(merged), [first.id, second.id, third.id])
      await send(first.id, { event: 'deliver', telegramMessageId: 1 })
      assert.equal((await message(ann, first.id)).status, 'delivered')
    })

    test('leaves one link to a user who had linked both, with the messages of both', async (t) => {
      const { store, bot, user, group, link, accept, lane, send } = await given(open, t)
      const ann = await user()
      const from = await group()
      const gone = await link(ann, from)
      const kept = await link(ann, await group(supergroup), NOW + 1)
      await store.renameChat(ann.id, gone.id, 'Alarms')
      const waits = await accept(ann, { chatId: gone.id })
      const also = await accept(ann, { chatId: kept.id })
      const failed = await accept(ann, { chatId: gone.id })
      await send(failed.id, { event: 'fail', error: { code: 'text_refused', detail: 'no' } }, 'refused')

      const merged = await store.migratePeer(bot.id, from.telegramChatId, supergroup)
      const chats = await store.listChats(ann.id)
      assert.deepEqual(
        chats.map(({ id, isDefault, name }) => [id, isDefault, name]),
        [[kept.id, true, 'Alarms']],
      )
      assert.deepEqual(await lane(merged), [waits.id, also.id])
      assert.equal(await store.outbox.markSending(waits.id, NOW), true)
      assert.equal((await store.resendMessage(ann.id, failed.id, NOW)).result, 'queued')
      assert.deepEqual(await lane(merged), [also.id, failed.id])
    })
  })
}
