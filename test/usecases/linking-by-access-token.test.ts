import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Linking } from '../support/linking.ts'
import { startLinking, telegramChat, TTL_MS } from '../support/linking.ts'

const [CHAT, OTHER_CHAT] = [telegramChat(1001), telegramChat(1002)]

/** A chat shows an access token to the shared bot. */
const show = (house: Linking, code: string, chat = CHAT) => house.linkChat({ botId: house.bot.id, chat, code })

describe('an access token that is sent to the bot', () => {
  test('links the chat to the account that logged in', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann', 'Ann')
    const { accessToken } = await house.session(ann.id)
    assert.deepEqual(await show(house, `"Bearer ${accessToken}"`), { result: 'linked', accountName: 'Ann' })
    assert.deepEqual(
      (await house.listChats(ann.id)).map(({ telegramChatId }) => telegramChatId),
      [1001],
    )
  })

  test('links one chat and no second one, also when two show it at once', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann', 'Ann')
    const { accessToken } = await house.session(ann.id)
    const chats = [1, 2, 3, 4].map((id) => telegramChat(id))
    const outcomes = await Promise.all(chats.map((chat) => show(house, accessToken, chat)))
    assert.deepEqual(outcomes.map(({ result }) => result).sort(), [
      'code_invalid',
      'code_invalid',
      'code_invalid',
      'linked',
    ])
    assert.equal((await house.listChats(ann.id)).length, 1)
  })

  test('is answered the same when the same chat shows it again, and links nothing after an unlink', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann', 'Ann')
    const { accessToken } = await house.session(ann.id)
    await show(house, accessToken)
    assert.deepEqual(await show(house, accessToken), { result: 'already_linked', accountName: 'Ann' })
    const [chat] = await house.listChats(ann.id)
    assert.ok(chat)
    await house.unlinkChat({ userId: ann.id, chatId: chat.id })
    assert.deepEqual(await show(house, accessToken), { result: 'code_invalid' })
  })

  test('does nothing when its session has ended, by time or by a log-out, or when it is not ours', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann', 'Ann')
    const [expired, loggedOut, changed] = [
      await house.session(ann.id, 1000),
      await house.session(ann.id),
      await house.session(ann.id),
    ]
    house.clock.advance(1000)
    await house.store.deleteSession(loggedOut.id)
    const forged = changed.accessToken.replace(/\.[\w-]+$/, `.${'A'.repeat(43)}`)
    for (const token of [expired.accessToken, loggedOut.accessToken, forged]) {
      assert.deepEqual(await show(house, token), { result: 'code_invalid' })
    }
    assert.deepEqual(await house.listChats(ann.id), [])
  })

  test('moves no chat of another account before the person said yes', async (t) => {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann', 'Ann'), await house.person('bob', 'Bob')]
    await house.link(ann.id, CHAT)
    const { accessToken } = await house.session(bob.id)
    const asked = await show(house, accessToken)
    assert.ok(asked.result === 'asks')
    assert.deepEqual([asked.fromName, asked.toName, asked.expiresAtMs], ['Ann', 'Bob', house.clock.now() + TTL_MS])
    assert.deepEqual(await show(house, accessToken), asked)
    assert.deepEqual((await house.listChats(bob.id)).length, 0)
    const { secret } = asked
    const moved = await house.confirmMove({ botId: house.bot.id, chat: CHAT, secret, answer: 'move' })
    assert.equal(moved.result, 'moved')
    assert.equal((await house.listChats(bob.id)).length, 1)
    assert.deepEqual(await show(house, accessToken, OTHER_CHAT), { result: 'code_invalid' })
  })

  test('links nothing through the bot of another account', async (t) => {
    const house = await startLinking(t)
    const [ann, eve] = [await house.person('ann', 'Ann'), await house.person('eve', 'Eve')]
    const token = { telegramBotId: 7, username: 'eves_bot', name: 'Eve', tokenSealed: 'sealed', tokenHint: 'aled' }
    const how = { title: null, active: true, echo: false, takeOver: false, nowMs: house.clock.now(), limit: 5 }
    const bot = await house.store.addBot({ id: 'bot_eve', userId: eve.id, ...token, ...how })
    const { accessToken } = await house.session(ann.id)
    const chat = CHAT
    assert.deepEqual(await house.linkChat({ botId: bot.id, chat, code: accessToken }), { result: 'code_invalid' })
    assert.deepEqual(await show(house, accessToken), { result: 'linked', accountName: 'Ann' })
    const { accessToken: hers } = await house.session(eve.id)
    const linked = await house.linkChat({ botId: bot.id, chat: OTHER_CHAT, code: hers })
    assert.deepEqual(linked, { result: 'linked', accountName: 'Eve' })
  })

  test('cannot be guessed at leisure', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann', 'Ann')
    const { accessToken } = await house.session(ann.id)
    const head = accessToken.slice(0, accessToken.lastIndexOf('.'))
    for (let i = 0; i < 5; i++) {
      assert.deepEqual(await show(house, `${head}.${String(i).repeat(43)}`), { result: 'code_invalid' })
    }
    assert.equal((await show(house, accessToken)).result, 'wait')
    assert.equal((await show(house, accessToken, OTHER_CHAT)).result, 'linked')
  })
})
