import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, NOW, type OpenStore, refusal } from './given.ts'

export function describeChats(open: OpenStore): void {
  describe('chats', () => {
    test('a link is a chat of its user, with what Telegram tells about it', async (t) => {
      const { store, bot, linkedUser, user } = await given(open, t)
      const { user: ann, peer, chat } = await linkedUser()
      assert.deepEqual(chat, {
        id: chat.id,
        userId: ann.id,
        botId: bot.id,
        peerId: peer.id,
        telegramChatId: peer.telegramChatId,
        type: 'private',
        title: null,
        username: 'ann',
        status: 'active',
        isDefault: true,
        name: null,
        linkedAtMs: NOW,
      })
      assert.deepEqual(await store.listChats(ann.id), [chat])
      assert.deepEqual(await store.chatsOfPeer(peer.id), [{ chat, user: ann }])
      assert.equal(await store.getChat((await user()).id, chat.id), undefined)
    })

    test('linking the same chat again is the first link', async (t) => {
      const { store, linkedUser, link } = await given(open, t)
      const { user, peer, chat } = await linkedUser()
      const seq = await store.lastChange(user.id)
      assert.deepEqual(await link(user, peer, NOW + 9), chat)
      assert.equal(await store.lastChange(user.id), seq)
    })

    test('of fifty users who link one private chat at the same time, one gets it', async (t) => {
      const { store, user, peer, link } = await given(open, t)
      const target = await peer()
      const users = await Promise.all(Array.from({ length: 50 }, () => user()))
      const all = await Promise.allSettled(users.map((one) => link(one, target)))
      assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1)
      assert.equal((await store.chatsOfPeer(target.id)).length, 1)
    })

    test('a group may belong to several accounts', async (t) => {
      const { store, user, group, link } = await given(open, t)
      const peer = await group()
      for (let i = 0; i < 3; i++) await link(await user(), peer, NOW + i)
      assert.equal((await store.chatsOfPeer(peer.id)).length, 3)
    })

    test('a chat has the name that its own account gives it, also when the chat is linked again', async (t) => {
      const { store, user, group, link } = await given(open, t)
      const peer = await group()
      const [ann, bob] = [await user(), await user()]
      const [anns, bobs] = [await link(ann, peer), await link(bob, peer)]
      assert.equal((await store.renameChat(ann.id, anns.id, 'Alarms'))?.name, 'Alarms')
      assert.equal(await store.renameChat(ann.id, bobs.id, 'mine'), undefined)
      assert.deepEqual(
        (await store.chatsOfPeer(peer.id)).map(({ chat }) => chat.name),
        ['Alarms', null],
      )
      assert.equal((await link(ann, peer)).name, 'Alarms')
      assert.equal((await store.renameChat(ann.id, anns.id, null))?.name, null)
    })

    test('a user has one default chat: the first, until another is chosen', async (t) => {
      const { store, linkedUser, peer, link, user } = await given(open, t)
      const { user: ann, chat: first } = await linkedUser()
      const second = await link(ann, await peer(), NOW + 1)
      assert.deepEqual([first.isDefault, second.isDefault], [true, false])
      assert.equal((await store.setDefaultChat(ann.id, second.id))?.isDefault, true)
      const defaults = (await store.listChats(ann.id)).map(({ isDefault }) => isDefault)
      assert.deepEqual(defaults, [false, true])
      assert.equal(await store.setDefaultChat((await user()).id, first.id), undefined)
    })

    test('a new chat becomes the default when the bot of the old default is not active', async (t) => {
      const { store, linkedUser } = await given(open, t)
      const { user, chat: old } = await linkedUser()
      const bot = await store.saveSharedBot({ id: 'bot_2', telegramBotId: 5, username: 'b', name: 'B' })
      const chat = { telegramChatId: 1, type: 'private', title: null, username: null } as const
      const { id: peerId } = await store.savePeer(bot.id, chat)
      const fresh = await store.linkChat({ id: 'cht_new', userId: user.id, peerId, nowMs: NOW })
      assert.deepEqual([fresh.isDefault, (await store.getChat(user.id, old.id))?.isDefault], [true, false])
    })

    test('unlinking ends what waits, keeps the history and chooses another default', async (t) => {
      const { store, linkedUser, peer, link, accept, send, message, lane } = await given(open, t)
      const { user, peer: firstPeer, chat } = await linkedUser()
      const other = await link(user, await peer(), NOW + 1)
      const delivered = await accept(user)
      await send(delivered.id, { event: 'deliver', telegramMessageId: 5 })
      const waits = await accept(user)
      const elsewhere = await accept(user, { chatId: other.id })

      assert.deepEqual(await store.unlinkChat(user.id, chat.id, { nowMs: NOW }), { failed: 1 })
      assert.equal(await store.unlinkChat(user.id, chat.id, { nowMs: NOW }), undefined)
      const states = await Promise.all([delivered, waits, elsewhere].map(({ id }) => message(user, id)))
      assert.deepEqual(
        states.map(({ status, error }) => [status, error?.code]),
        [
          ['delivered', undefined],
          ['failed', 'chat_unlinked'],
          ['queued', undefined],
        ],
      )
      assert.deepEqual(await lane(firstPeer), [])
      assert.equal((await store.listMessages(user.id, { limit: 9, order: 'desc', nowMs: NOW })).length, 3)
      assert.equal((await store.getChat(user.id, other.id))?.isDefault, true)
      assert.equal(await store.outbox.markSending(waits.id, NOW), false)
    })

    test('unlinking touches no other account of the same group', async (t) => {
      const { store, user, group, link, accept, lane } = await given(open, t)
      const peer = await group()
      const [ann, bob] = [await user(), await user()]
      const annsLink = await link(ann, peer)
      await link(bob, peer)
      await accept(ann)
      const { id } = await accept(bob)
      await store.unlinkChat(ann.id, annsLink.id, { nowMs: NOW })
      assert.deepEqual(await lane(peer), [id])
    })

    test('what waited before an unlink stays failed when the chat is linked again', async (t) => {
      const { store, linkedUser, accept, message, lane, link } = await given(open, t)
      const { user, peer, chat } = await linkedUser()
      const { id } = await accept(user)
      await store.unlinkChat(user.id, chat.id, { nowMs: NOW })
      await link(user, peer)
      assert.equal((await message(user, id)).status, 'failed')
      assert.deepEqual(await lane(peer), [])
      assert.deepEqual(await store.resendMessage(user.id, id, NOW), { result: 'chat_not_linked' })
    })

    test('a chat moves to another account in one transaction, and the former one is told', async (t) => {
      const { store, linkedUser, user, accept, message } = await given(open, t)
      const { user: ann, peer, chat } = await linkedUser()
      const bob = await user()
      const { id } = await accept(ann)
      await store.transaction(async (records) => {
        await records.unlinkChat(ann.id, chat.id, { nowMs: NOW, movedTo: bob.name })
        await records.linkChat({ id: 'cht_bob', userId: bob.id, peerId: peer.id, nowMs: NOW })
      })
      assert.equal((await message(ann, id)).error?.code, 'chat_unlinked')
      const [last] = (await store.changesSince(ann.id, { afterSeq: 0, limit: 99, nowMs: NOW })).slice(-1)
      assert.ok(last?.kind === 'account')
      assert.deepEqual([last.type, last.data['movedTo'], last.data['chatId']], ['chat.moved', bob.name, chat.id])
      assert.deepEqual(
        (await store.chatsOfPeer(peer.id)).map((one) => one.user.id),
        [bob.id],
      )
    })

    test('a link of another account to a private chat must go first', async (t) => {
      const { linkedUser, user, link, accept } = await given(open, t)
      const { peer } = await linkedUser()
      const bob = await user()
      await assert.rejects(link(bob, peer), /linked to another account/)
      await assert.rejects(accept(bob), refusal('chat_not_linked'))
    })
  })
}
