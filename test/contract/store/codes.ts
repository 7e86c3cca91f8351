import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, NOW, type OpenStore } from './given.ts'

export function describeCodes(open: OpenStore): void {
  describe('codes', () => {
    test('of a hundred who take one code at the same time, one gets it', async (t) => {
      const { store, bot, user, peer } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      const { id: peerId } = await peer()
      await store.createAccountCode({ hash: 'a', userId: ann.id, botId: bot.id, expiresAtMs: NOW + 1 })
      await store.createChatCode({ hash: 'c', peerId, expiresAtMs: NOW + 1 })
      await store.createMove({ hash: 'm', peerId, toUserId: bob.id, expiresAtMs: NOW + 1 })
      const hundred = async (take: () => Promise<object | undefined>) =>
        (await Promise.all(Array.from({ length: 100 }, take))).filter((taken) => taken !== undefined)
      assert.deepEqual(await hundred(() => store.takeAccountCode(bot.id, 'a', NOW, peerId)), [{ userId: ann.id }])
      assert.deepEqual(await hundred(() => store.takeChatCode('c', NOW)), [{ peerId }])
      assert.deepEqual(await hundred(() => store.takeMove('m', peerId, NOW)), [{ toUserId: bob.id }])
    })

    test('a code is worth nothing from the moment of its expiry', async (t) => {
      const { store, bot, user, peer } = await given(open, t)
      const { id: userId } = await user()
      const { id: peerId } = await peer()
      await store.createAccountCode({ hash: 'a', userId, botId: bot.id, expiresAtMs: NOW })
      await store.createChatCode({ hash: 'c', peerId, expiresAtMs: NOW })
      await store.createMove({ hash: 'm', peerId, toUserId: userId, expiresAtMs: NOW })
      assert.equal(await store.takeAccountCode(bot.id, 'a', NOW, peerId), undefined)
      assert.equal(await store.takeChatCode('c', NOW), undefined)
      assert.equal(await store.takeMove('m', peerId, NOW), undefined)
    })

    test('an account code works with its own bot only, and a wrong try does not use it up', async (t) => {
      const { store, bot, user, peer } = await given(open, t)
      const { id: userId } = await user()
      const { id: peerId } = await peer()
      const other = await store.saveSharedBot({ id: 'bot_2', telegramBotId: 5, username: 'b', name: 'B' })
      await store.createAccountCode({ hash: 'a', userId, botId: bot.id, expiresAtMs: NOW + 1 })
      assert.equal(await store.takeAccountCode(other.id, 'a', NOW, peerId), undefined)
      assert.deepEqual(await store.takeAccountCode(bot.id, 'a', NOW, peerId), { userId })
    })

    test('an account code that is made again stays what it was', async (t) => {
      const { store, bot, user, peer } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      const { id: peerId } = await peer()
      const make = (userId: string) =>
        store.createAccountCode({ hash: 'a', userId, botId: bot.id, expiresAtMs: NOW + 5 })
      await make(ann.id)
      await make(bob.id)
      assert.deepEqual(await store.takeAccountCode(bot.id, 'a', NOW, peerId), { userId: ann.id })
      await make(ann.id)
      assert.equal(await store.takeAccountCode(bot.id, 'a', NOW, peerId), undefined)
    })

    test('a code that can be shown again is one for each user, also when many are made at once', async (t) => {
      const { store, bot, user } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      const code = (userId: string, seed: string) => ({
        hash: `h${seed}`,
        seed,
        userId,
        botId: bot.id,
        expiresAtMs: NOW + 5,
      })
      const made = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.showAccountCode(code(ann.id, `s${i}`), { nowMs: NOW })),
      )
      assert.equal(made.filter(Boolean).length, 1)
      const shown = await store.shownAccountCode(ann.id, NOW)
      assert.deepEqual(shown, { hash: `hs${made.indexOf(true)}`, seed: `s${made.indexOf(true)}` })
      assert.equal(await store.shownAccountCode(bob.id, NOW), undefined)
      assert.equal(await store.showAccountCode(code(bob.id, 'b'), { nowMs: NOW }), true)
      assert.equal(await store.showAccountCode(code(ann.id, 'new'), { nowMs: NOW, inPlaceOf: shown?.hash }), true)
      assert.deepEqual(await store.shownAccountCode(ann.id, NOW), { hash: 'hnew', seed: 'new' })
    })

    test('a code that can be shown again is so while it is good, and then while its chat is the user’s', async (t) => {
      const { store, bot, user, peer } = await given(open, t)
      const { id: userId } = await user()
      const { id: peerId } = await peer()
      const code = (seed: string) => ({ hash: `h${seed}`, seed, userId, botId: bot.id, expiresAtMs: NOW + 5 })
      const late = { nowMs: NOW + 5, keysBeforeMs: 0, updatesBeforeMs: 0 }
      await store.showAccountCode(code('a'), { nowMs: NOW })
      assert.equal(await store.shownAccountCode(userId, NOW + 5), undefined)
      assert.equal(await store.showAccountCode(code('b'), { nowMs: NOW + 5 }), true)
      assert.deepEqual(await store.takeAccountCode(bot.id, 'hb', NOW, peerId), { userId })
      assert.equal(await store.shownAccountCode(userId, NOW), undefined)
      const chat = await store.linkChat({ id: 'cht_1', userId, peerId, nowMs: NOW })
      await store.deleteExpired(late)
      assert.deepEqual(await store.shownAccountCode(userId, NOW + 5), { hash: 'hb', seed: 'b' })
      await store.unlinkChat(userId, chat.id, { nowMs: NOW })
      assert.equal(await store.shownAccountCode(userId, NOW), undefined)
      await store.showAccountCode(code('c'), { nowMs: NOW })
      assert.equal(await store.deleteExpired(late), 1)
    })

    test('the chat that used an account code can be told so again, and no other chat can', async (t) => {
      const { store, bot, user, peer } = await given(open, t)
      const { id: userId } = await user()
      const [here, there] = [await peer(), await peer()]
      await store.createAccountCode({ hash: 'a', userId, botId: bot.id, expiresAtMs: NOW + 5 })
      assert.equal(await store.usedAccountCode(bot.id, 'a', NOW, here.id), undefined)
      await store.takeAccountCode(bot.id, 'a', NOW, here.id)
      assert.deepEqual(await store.usedAccountCode(bot.id, 'a', NOW + 4, here.id), { userId })
      assert.equal(await store.usedAccountCode(bot.id, 'a', NOW + 4, there.id), undefined)
      assert.equal(await store.usedAccountCode(bot.id, 'a', NOW + 5, here.id), undefined)
    })

    test('an account code is known by its hash, used or not, and no other is', async (t) => {
      const { store, bot, user, peer } = await given(open, t)
      const [{ id: userId }, here] = [await user(), await peer()]
      assert.equal(await store.hasAccountCode('a'), false)
      await store.createAccountCode({ hash: 'a', userId, botId: bot.id, expiresAtMs: NOW + 5 })
      assert.equal(await store.hasAccountCode('a'), true)
      await store.takeAccountCode(bot.id, 'a', NOW, here.id)
      assert.deepEqual([await store.hasAccountCode('a'), await store.hasAccountCode('b')], [true, false])
    })

    test('using one code of a chat voids its other codes, and those of no other chat', async (t) => {
      const { store, peer } = await given(open, t)
      const [here, there] = [await peer(), await peer()]
      for (const hash of ['c1', 'c2']) await store.createChatCode({ hash, peerId: here.id, expiresAtMs: NOW + 1 })
      await store.createChatCode({ hash: 'd', peerId: there.id, expiresAtMs: NOW + 1 })
      assert.deepEqual(await store.takeChatCode('c2', NOW), { peerId: here.id })
      assert.equal(await store.takeChatCode('c1', NOW), undefined)
      assert.deepEqual(await store.takeChatCode('d', NOW), { peerId: there.id })
    })

    test('a move is taken by the chat that was asked, and by no other', async (t) => {
      const { store, user, peer } = await given(open, t)
      const { id: toUserId } = await user()
      const [asked, other] = [await peer(), await peer()]
      await store.createMove({ hash: 'm', peerId: asked.id, toUserId, expiresAtMs: NOW + 1 })
      assert.equal(await store.takeMove('m', other.id, NOW), undefined)
      assert.deepEqual(await store.takeMove('m', asked.id, NOW), { toUserId })
    })

    test('a move is found by the chat that was asked, as often as it looks, until it is taken or too old', async (t) => {
      const { store, user, peer } = await given(open, t)
      const { id: toUserId } = await user()
      const [asked, other] = [await peer(), await peer()]
      await store.createMove({ hash: 'm', peerId: asked.id, toUserId, expiresAtMs: NOW + 1 })
      for (let i = 0; i < 2; i++) {
        assert.deepEqual(await store.findMove('m', asked.id, NOW), { toUserId, expiresAtMs: NOW + 1 })
      }
      assert.equal(await store.findMove('m', asked.id, NOW + 1), undefined)
      assert.equal(await store.findMove('m', other.id, NOW), undefined)
      assert.equal(await store.findMove('n', asked.id, NOW), undefined)
      await store.takeMove('m', asked.id, NOW)
      assert.equal(await store.findMove('m', asked.id, NOW), undefined)
    })

    test('the codes of a chat can be voided, those of another chat stay', async (t) => {
      const { store, peer } = await given(open, t)
      const [here, there] = [await peer(), await peer()]
      for (const hash of ['c1', 'c2']) await store.createChatCode({ hash, peerId: here.id, expiresAtMs: NOW + 1 })
      await store.createChatCode({ hash: 'd', peerId: there.id, expiresAtMs: NOW + 1 })
      assert.deepEqual([await store.voidChatCodes(here.id), await store.voidChatCodes(here.id)], [2, 0])
      for (const hash of ['c1', 'c2']) assert.equal(await store.takeChatCode(hash, NOW), undefined)
      assert.deepEqual(await store.takeChatCode('d', NOW), { peerId: there.id })
    })

    test('a code that a rolled back transaction took is still good', async (t) => {
      const { store, peer } = await given(open, t)
      const { id: peerId } = await peer()
      await store.createChatCode({ hash: 'c', peerId, expiresAtMs: NOW + 1 })
      const failing = store.transaction(async (records) => {
        await records.takeChatCode('c', NOW)
        throw new Error('changed my mind')
      })
      await assert.rejects(failing, /changed my mind/)
      assert.deepEqual(await store.takeChatCode('c', NOW), { peerId })
    })
  })
}
