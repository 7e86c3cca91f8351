import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Refusal } from '../../src/domain/refusals.ts'
import { startLinking, TTL_MS, telegramChat } from '../support/linking.ts'

const CHAT = telegramChat(5001)
const GROUP = telegramChat(-700, 'group', 'Team')

const refused = (code: string) => (error: Refusal) => error.code === code

describe('a code of an account', () => {
  test('links the chat that sends it, and is a deep link of the shared bot', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    const { code, deepLink, botUsername, expiresAtMs } = await house.createLinkCode({ userId: ann.id })
    assert.equal(deepLink, `https://t.me/PostriderBot?start=${code}`)
    assert.equal(botUsername, 'PostriderBot')
    assert.equal(expiresAtMs, house.clock.now() + TTL_MS)
    assert.match(code, /^[\w-]{20,64}$/)
    const outcome = await house.linkChat({ botId: house.bot.id, chat: CHAT, code: ` ${code.toUpperCase()} ` })
    assert.deepEqual(outcome, { result: 'linked', accountName: 'ann' })
    const [chat] = await house.listChats(ann.id)
    assert.equal(chat?.telegramChatId, CHAT.telegramChatId)
    assert.equal(chat?.isDefault, true)
  })

  test('works once', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    const { code } = await house.createLinkCode({ userId: ann.id })
    await house.linkChat({ botId: house.bot.id, chat: CHAT, code })
    const again = await house.linkChat({ botId: house.bot.id, chat: telegramChat(5002), code })
    assert.deepEqual(again, { result: 'code_invalid' })
    assert.equal((await house.listChats(ann.id)).length, 1)
  })

  test('is not looked at when it comes one moment too late', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    const { code } = await house.createLinkCode({ userId: ann.id })
    house.clock.advance(TTL_MS)
    assert.deepEqual(await house.linkChat({ botId: house.bot.id, chat: CHAT, code }), { result: 'code_invalid' })
    assert.deepEqual(await house.listChats(ann.id), [])
  })

  test('belongs to one bot', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    const { code } = await house.createLinkCode({ userId: ann.id })
    const other = await house.store.saveSharedBot({
      id: 'bot_b',
      telegramBotId: 2,
      username: 'OtherBot',
      name: 'Other',
    })
    assert.deepEqual(await house.linkChat({ botId: other.id, chat: CHAT, code }), { result: 'code_invalid' })
    assert.equal((await house.linkChat({ botId: house.bot.id, chat: CHAT, code })).result, 'linked')
  })

  test('that comes again from the chat that used it is answered as before, and not after an unlink', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    const { code } = await house.createLinkCode({ userId: ann.id })
    const redeem = () => house.linkChat({ botId: house.bot.id, chat: CHAT, code })
    await redeem()
    assert.deepEqual(await redeem(), { result: 'already_linked', accountName: 'ann' })
    const [chat] = await house.listChats(ann.id)
    await house.unlinkChat({ userId: ann.id, chatId: chat?.id ?? '' })
    assert.deepEqual(await redeem(), { result: 'code_invalid' })
    assert.deepEqual(await house.listChats(ann.id), [])
  })

  test('of an account that is gone links nothing', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    const { code } = await house.createLinkCode({ userId: ann.id })
    await house.store.deleteUser(ann.id)
    assert.deepEqual(await house.linkChat({ botId: house.bot.id, chat: CHAT, code }), { result: 'code_invalid' })
  })

  test('is made for no bot that is not there, is retired, or is another account’s', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    await assert.rejects(house.createLinkCode({ userId: ann.id, botId: 'bot_none' }), refused('not_found'))
    await house.store.saveSharedBot({ id: 'bot_b', telegramBotId: 2, username: 'OtherBot', name: 'Other' })
    await assert.rejects(house.createLinkCode({ userId: ann.id, botId: house.bot.id }), refused('not_found'))
    assert.equal((await house.createLinkCode({ userId: ann.id })).botUsername, 'OtherBot')
  })
})

describe('a code of a chat', () => {
  test('entered in an account links the chat, however it is typed, once', async (t) => {
    const house = await startLinking(t)
    const user = await house.person('ann')
    const { code, expiresAtMs } = await house.offerChatCode({ botId: house.bot.id, chat: CHAT })
    assert.match(code, /^[0-9a-z]{4}(-[0-9a-z]{4}){2}$/)
    assert.equal(expiresAtMs, house.clock.now() + TTL_MS)
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')} `
    const chat = await house.claimChat({ user, code: typed, address: '::1' })
    assert.equal(chat.telegramChatId, CHAT.telegramChatId)
    await assert.rejects(house.claimChat({ user, code, address: '::1' }), refused('link_code_invalid'))
    assert.deepEqual(await house.listChats(user.id), [chat])
    // The chat hears of it, once, and of wrong codes nothing.
    assert.deepEqual(house.announced, [{ chat, user }])
  })

  test('links at once, however long it takes to tell the chat', async (t) => {
    const house = await startLinking(t, undefined, { announce: () => new Promise<never>(() => undefined) })
    const user = await house.person('ann')
    const { code } = await house.offerChatCode({ botId: house.bot.id, chat: CHAT })
    const chat = await house.claimChat({ user, code, address: '::1' })
    assert.deepEqual(await house.listChats(user.id), [chat])
  })

  test('expires', async (t) => {
    const house = await startLinking(t)
    const user = await house.person('ann')
    const { code } = await house.offerChatCode({ botId: house.bot.id, chat: CHAT })
    house.clock.advance(TTL_MS)
    await assert.rejects(house.claimChat({ user, code, address: '::1' }), refused('link_code_invalid'))
  })

  test('is one of several, and using one voids the others', async (t) => {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    const first = await house.offerChatCode({ botId: house.bot.id, chat: GROUP })
    const second = await house.offerChatCode({ botId: house.bot.id, chat: GROUP })
    await house.claimChat({ user: ann, code: first.code, address: '::1' })
    await assert.rejects(
      house.claimChat({ user: bob, code: second.code, address: '::1' }),
      refused('link_code_invalid'),
    )
    assert.deepEqual(await house.listChats(bob.id), [])
  })

  test('is void once an account’s code has linked or moved the private chat, even after an unlink', async (t) => {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    const offer = async () => (await house.offerChatCode({ botId: house.bot.id, chat: CHAT })).code
    const enter = (code: string) => house.claimChat({ user: bob, code, address: '::1' })
    const first = await offer()
    await house.link(ann.id, CHAT)
    await house.unlinkChat({ userId: ann.id, chatId: (await house.listChats(ann.id))[0]?.id ?? '' })
    await assert.rejects(enter(first), refused('link_code_invalid'))

    await house.link(ann.id, CHAT)
    const second = await offer()
    const question = await house.link(bob.id, CHAT)
    assert.ok(question.result === 'asks')
    await house.confirmMove({ botId: house.bot.id, chat: CHAT, secret: question.secret, answer: 'move' })
    await house.unlinkChat({ userId: bob.id, chatId: (await house.listChats(bob.id))[0]?.id ?? '' })
    await assert.rejects(enter(second), refused('link_code_invalid'))
    assert.equal((await enter(await offer())).telegramChatId, CHAT.telegramChatId)
  })

  test('stays good in a group that an account’s code has linked', async (t) => {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    const { code } = await house.offerChatCode({ botId: house.bot.id, chat: GROUP })
    await house.link(ann.id, GROUP)
    await house.claimChat({ user: bob, code, address: '::1' })
    assert.equal((await house.listChats(bob.id)).length, 1)
  })

  test('does not take a private chat from the account that linked it meanwhile', async (t) => {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    await house.link(ann.id, CHAT)
    const { code } = await house.offerChatCode({ botId: house.bot.id, chat: CHAT })
    await assert.rejects(house.claimChat({ user: bob, code, address: '::1' }), refused('link_code_invalid'))
    assert.equal((await house.listChats(ann.id)).length, 1)
    assert.deepEqual(await house.listChats(bob.id), [])
  })
})
