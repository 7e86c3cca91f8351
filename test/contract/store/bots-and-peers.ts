import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, NOW, type OpenStore } from './given.ts'

export function describeBotsAndPeers(open: OpenStore): void {
  describe('bots', () => {
    test('the shared bot is made once, and refreshed by its Telegram id', async (t) => {
      const { store, bot } = await given(open, t)
      await store.setUpdateOffset(bot.id, 77)
      await store.setBotState(bot.id, 'rejected', 'Telegram says 401.')
      const again = await store.saveSharedBot({ id: 'bot_other', telegramBotId: 4242, username: 'renamed', name: 'N' })
      const { stateSinceMs } = again
      const expected = { ...bot, username: 'renamed', name: 'N', updateOffset: 77, stateSinceMs }
      assert.deepEqual(again, expected)
      assert.deepEqual(await store.listBots(), [expected])
    })

    test('another shared bot takes over, and the former one becomes inactive', async (t) => {
      const { store, bot } = await given(open, t)
      const second = await store.saveSharedBot({ id: 'bot_2', telegramBotId: 5, username: 'second', name: 'Second' })
      assert.deepEqual([second.active, (await store.getBot(bot.id))?.active], [true, false])
    })

    test('a state and its reason are remembered', async (t) => {
      const { store, bot } = await given(open, t)
      await store.setBotState(bot.id, 'conflict', 'Somebody else polls.')
      const { state, stateReason } = (await store.getBot(bot.id)) ?? {}
      assert.deepEqual([state, stateReason], ['conflict', 'Somebody else polls.'])
      assert.equal(await store.getBot('bot_unknown'), undefined)
    })

    test('a wait that Telegram asked of a bot is never shortened', async (t) => {
      const { store, bot } = await given(open, t)
      await store.outbox.holdBot(bot.id, { sinceMs: NOW, untilMs: NOW + 100 })
      await store.outbox.holdBot(bot.id, { sinceMs: NOW, untilMs: NOW + 50 })
      assert.equal((await store.getBot(bot.id))?.notBeforeMs, NOW + 100)
    })
  })

  describe('peers', () => {
    test('a Telegram chat is one peer for each bot, with the title of now', async (t) => {
      const { store, bot } = await given(open, t)
      const chat = { telegramChatId: -100_123_456_789_012, type: 'group', title: 'Old', username: null } as const
      const first = await store.savePeer(bot.id, chat)
      const renamed = await store.savePeer(bot.id, { ...chat, title: 'New' })
      assert.deepEqual(renamed, { ...first, title: 'New' })
      const other = await store.saveSharedBot({ id: 'bot_2', telegramBotId: 5, username: 'b', name: 'B' })
      assert.notEqual((await store.savePeer(other.id, chat)).id, first.id)
      assert.deepEqual(await store.findPeer(bot.id, chat.telegramChatId), renamed)
      assert.deepEqual(await store.getPeer(first.id), renamed)
      assert.equal(await store.findPeer(bot.id, 1), undefined)
    })

    test('a chat that is blocked says so to every account that linked it, once', async (t) => {
      const { store, user, group, link } = await given(open, t)
      const peer = await group()
      const [ann, bob, eve] = [await user(), await user(), await user()]
      const chats = [await link(ann, peer), await link(bob, peer)]
      const before = await store.lastChange(eve.id)
      assert.equal(await store.setPeerStatus(peer.id, 'blocked', 'The bot was removed.', NOW + 5), true)
      assert.equal(await store.setPeerStatus(peer.id, 'blocked', 'Again.', NOW + 6), false)
      assert.equal((await store.getPeer(peer.id))?.statusReason, 'The bot was removed.')
      for (const chat of chats) {
        assert.equal((await store.getChat(chat.userId, chat.id))?.status, 'blocked')
        const changes = await store.changesSince(chat.userId, { afterSeq: 0, limit: 10, nowMs: NOW })
        const events = changes.flatMap((c) => (c.kind === 'account' ? [[c.type, c.atMs, c.data['chatId']]] : []))
        assert.deepEqual(events, [
          ['chat.linked', NOW, chat.id],
          ['chat.blocked', NOW + 5, chat.id],
        ])
      }
      assert.equal((await store.getPeer(peer.id))?.closedUntilMs, 0)
      assert.equal(await store.setPeerStatus(peer.id, 'blocked', 'Again.', NOW + 6, NOW + 60), false)
      assert.equal((await store.getPeer(peer.id))?.closedUntilMs, NOW + 60)
      assert.equal(await store.setPeerStatus(peer.id, 'active', null, NOW + 7), true)
      const { statusReason, closedUntilMs } = (await store.getPeer(peer.id)) ?? {}
      assert.deepEqual([statusReason, closedUntilMs], [null, 0])
      assert.equal(await store.lastChange(eve.id), before)
    })

    test('a wait that Telegram asked of a chat is never shortened', async (t) => {
      const { store, peer } = await given(open, t)
      const { id } = await peer()
      await store.outbox.holdPeer(id, { sinceMs: NOW, untilMs: NOW + 100 })
      await store.outbox.holdPeer(id, { sinceMs: NOW, untilMs: NOW + 50 })
      assert.equal((await store.getPeer(id))?.notBeforeMs, NOW + 100)
    })
  })
}
