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

describe('guessing', () => {
  test('five wrong codes make a chat wait, a good one is then not looked at, and other chats do not notice', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    const { code } = await house.createLinkCode({ userId: ann.id })
    const redeem = (typed: string, chat = CHAT) => house.linkChat({ botId: house.bot.id, chat, code: typed })
    for (let i = 0; i < 5; i++) assert.equal((await redeem(`${i}`.repeat(26))).result, 'code_invalid')
    assert.deepEqual(await redeem(code), { result: 'wait', seconds: 60 })
    house.clock.advance(59_000)
    assert.deepEqual(await redeem(code), { result: 'wait', seconds: 1 })
    assert.equal((await redeem('0'.repeat(26), telegramChat(5002))).result, 'code_invalid')
    house.clock.advance(1000)
    assert.equal((await redeem(code)).result, 'linked')
  })

  test('at the same moment is no way around the limit', async (t) => {
    const house = await startLinking(t)
    const guesses = Array.from({ length: 20 }, (_, i) => String.fromCharCode(97 + (i % 8)).repeat(26))
    const outcomes = await Promise.all(guesses.map((code) => house.linkChat({ botId: house.bot.id, chat: CHAT, code })))
    assert.equal(outcomes.filter(({ result }) => result === 'code_invalid').length, 5)
    assert.equal(outcomes.filter(({ result }) => result === 'wait').length, 15)
  })

  test('good codes cost nothing', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    for (let i = 0; i < 20; i++) assert.notEqual((await house.link(ann.id, CHAT)).result, 'wait')
  })

  test('an account that enters wrong codes waits, and so does an address with many accounts', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    const enter = (user = ann, address = '192.0.2.1') => house.claimChat({ user, code: 'wrong', address })
    for (let i = 0; i < 10; i++) await assert.rejects(enter(), refused('link_code_invalid'))
    await assert.rejects(enter(), (error: Refusal) => {
      return error.code === 'too_many_requests' && error.retryAfterSeconds === 30
    })
    for (let i = 0; i < 4; i++) {
      const other = await house.person(`other-${i}`)
      for (let j = 0; j < 10; j++) await assert.rejects(enter(other), refused('link_code_invalid'))
    }
    const fresh = await house.person('fresh')
    await assert.rejects(enter(fresh), refused('too_many_requests'))
    await assert.rejects(enter(fresh, '192.0.2.2'), refused('link_code_invalid'))
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

describe('several chats of one account', () => {
  test('have one default, which can be changed, and which passes on when it is unlinked', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    await house.link(ann.id, CHAT)
    await house.link(ann.id, GROUP)
    const [first, second] = await house.listChats(ann.id)
    assert.ok(first && second)
    assert.deepEqual([first.isDefault, second.isDefault], [true, false])
    assert.equal((await house.setDefaultChat({ userId: ann.id, chatId: second.id })).isDefault, true)
    assert.equal((await house.send(ann.id, 'hello')).chatId, second.id)
    assert.equal(await house.unlinkChat({ userId: ann.id, chatId: second.id }), true)
    assert.equal(await house.unlinkChat({ userId: ann.id, chatId: second.id }), false)
    assert.equal((await house.send(ann.id, 'hello')).chatId, first.id)
  })

  test('are nobody else’s', async (t) => {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    await house.link(ann.id, CHAT)
    const chatId = (await house.listChats(ann.id))[0]?.id ?? ''
    await assert.rejects(house.setDefaultChat({ userId: bob.id, chatId }), refused('not_found'))
    await assert.rejects(house.getChat({ userId: bob.id, chatId }), refused('not_found'))
    assert.equal(await house.unlinkChat({ userId: bob.id, chatId }), false)
  })
})

describe('a private chat that belongs to an account', () => {
  async function asked(t: Parameters<typeof startLinking>[0]) {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    await house.link(ann.id, CHAT)
    const question = await house.link(bob.id, CHAT)
    assert.ok(question.result === 'asks')
    const answer = (how: 'move' | 'keep', chat = CHAT) =>
      house.confirmMove({ botId: house.bot.id, chat, secret: question.secret, answer: how })
    const owner = async () => {
      const { links } = await house.findLinks({ botId: house.bot.id, telegramChatId: CHAT.telegramChatId })
      assert.equal(links.length, 1)
      return links[0]?.user.login
    }
    return { house, ann, bob, question, answer, owner }
  }

  test('is asked about and stays where it is until the answer', async (t) => {
    const { question, owner } = await asked(t)
    assert.equal(question.fromName, 'ann')
    assert.equal(question.toName, 'bob')
    assert.ok(Buffer.byteLength(`mv:${question.secret}`) <= 64)
    assert.equal(await owner(), 'ann')
  })

  test('moves on a yes, once, and the former account learns it', async (t) => {
    const { house, ann, answer, owner } = await asked(t)
    const before = await house.send(ann.id, 'still waiting')
    const outcome = await answer('move')
    assert.equal(outcome.result, 'moved')
    assert.equal(await owner(), 'bob')
    assert.deepEqual(await house.listChats(ann.id), [])
    const changes = await house.store.changesSince(ann.id, { afterSeq: 0, limit: 50, nowMs: house.clock.now() })
    const moved = changes.find((change) => change.kind === 'account' && change.type === 'chat.moved')
    assert.ok(moved?.kind === 'account')
    assert.equal(moved.data['movedTo'], 'bob')
    const message = await house.store.getMessage(ann.id, before.id, house.clock.now())
    assert.equal(message?.error?.code, 'chat_unlinked')
    assert.deepEqual(await answer('move'), { result: 'closed', accountName: 'bob' })
    assert.equal(await owner(), 'bob')
  })

  test('names the chat that remains to the former account', async (t) => {
    const { house, ann, answer } = await asked(t)
    await house.link(ann.id, GROUP)
    const outcome = await answer('move')
    assert.ok(outcome.result === 'moved')
    assert.equal(outcome.former.defaultChat?.telegramChatId, GROUP.telegramChatId)
  })

  test('stays on a no, for good', async (t) => {
    const { answer, owner } = await asked(t)
    assert.deepEqual(await answer('keep'), { result: 'kept', accountName: 'ann' })
    assert.deepEqual(await answer('move'), { result: 'closed', accountName: 'ann' })
    assert.equal(await owner(), 'ann')
  })

  test('stays when the question is too old, is answered in another chat, or with another secret', async (t) => {
    const { house, answer, owner } = await asked(t)
    await house.link((await house.person('cid')).id, telegramChat(5002))
    assert.equal((await answer('move', telegramChat(5002))).result, 'closed')
    assert.equal((await answer('move', telegramChat(5003))).result, 'closed')
    const forged = { botId: house.bot.id, chat: CHAT, secret: '0'.repeat(26), answer: 'move' } as const
    assert.equal((await house.confirmMove(forged)).result, 'closed')
    house.clock.advance(TTL_MS)
    assert.equal((await answer('move')).result, 'closed')
    assert.equal(await owner(), 'ann')
  })

  test('is not taken from an account that the question did not name', async (t) => {
    const { house, bob, answer, owner } = await asked(t)
    const cid = await house.person('cid')
    const other = await house.link(cid.id, CHAT)
    assert.ok(other.result === 'asks')
    await house.confirmMove({ botId: house.bot.id, chat: CHAT, secret: other.secret, answer: 'move' })
    assert.equal(await owner(), 'cid')
    assert.deepEqual(await answer('move'), { result: 'closed', accountName: 'cid' })
    assert.equal(await owner(), 'cid')
    assert.deepEqual(await house.listChats(bob.id), [])
  })

  /** Bob's code asks about Ann's chat, in the last moment of its life. */
  async function askedByCode(t: Parameters<typeof startLinking>[0]) {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    await house.link(ann.id, CHAT)
    const { code } = await house.createLinkCode({ userId: bob.id })
    const redeem = (chat = CHAT) => house.linkChat({ botId: house.bot.id, chat, code })
    house.clock.advance(TTL_MS - 1)
    const question = await redeem()
    assert.ok(question.result === 'asks')
    const answer = (how: 'move' | 'keep') =>
      house.confirmMove({ botId: house.bot.id, chat: CHAT, secret: question.secret, answer: how })
    return { house, ann, question, redeem, answer }
  }

  test('is asked the same again when the code comes again, as long as the question is open', async (t) => {
    const { house, question, redeem, answer } = await askedByCode(t)
    for (let i = 0; i < 10; i++) assert.deepEqual(await redeem(), question)
    // The question outlives the code that put it.
    house.clock.advance(TTL_MS - 1)
    assert.deepEqual(await redeem(), question)
    assert.equal((await answer('move')).result, 'moved')
    assert.equal((await answer('move')).result, 'closed')
  })

  test('is not asked again after the answer or the end of the question, nor is another chat', async (t) => {
    const answered = await askedByCode(t)
    assert.equal((await answered.redeem(telegramChat(5002))).result, 'code_invalid')
    await answered.answer('keep')
    assert.equal((await answered.redeem()).result, 'code_invalid')
    const late = await askedByCode(t)
    late.house.clock.advance(TTL_MS)
    assert.equal((await late.redeem()).result, 'code_invalid')
  })

  test('is not asked again what is no longer true', async (t) => {
    const { house, ann, redeem } = await askedByCode(t)
    const [chat] = await house.listChats(ann.id)
    await house.unlinkChat({ userId: ann.id, chatId: chat?.id ?? '' })
    assert.equal((await redeem()).result, 'code_invalid')
    await house.link((await house.person('cid')).id, CHAT)
    assert.equal((await redeem()).result, 'code_invalid')
  })
})

describe('a group', () => {
  test('may belong to several accounts, without a question', async (t) => {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    assert.equal((await house.link(ann.id, GROUP)).result, 'linked')
    assert.equal((await house.link(bob.id, GROUP)).result, 'linked')
    const { links } = await house.findLinks({ botId: house.bot.id, telegramChatId: GROUP.telegramChatId })
    assert.deepEqual(links.map(({ user }) => user.login).sort(), ['ann', 'bob'])
  })

  test('that becomes a supergroup keeps its links and what waits, told once or twice', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    await house.link(ann.id, GROUP)
    const sent = await house.send(ann.id, 'on its way')
    const to = telegramChat(-1007, 'supergroup', 'Team')
    const move = () => house.noteMigration({ botId: house.bot.id, fromTelegramChatId: GROUP.telegramChatId, to })
    await Promise.all([move(), move()])
    await move()
    assert.equal(house.wakes.length, 1)
    const [chat, ...more] = await house.listChats(ann.id)
    assert.deepEqual([chat?.telegramChatId, chat?.type, more], [to.telegramChatId, 'supergroup', []])
    const [waiting] = await house.store.outbox.waiting(house.wakes[0]?.peerId ?? 0, 10)
    assert.deepEqual([waiting?.id, waiting?.telegramChatId], [sent.id, to.telegramChatId])
  })

  test('nobody linked is not remembered when it becomes a supergroup', async (t) => {
    const house = await startLinking(t)
    await house.noteMigration({ botId: house.bot.id, fromTelegramChatId: -1, to: telegramChat(-1001, 'supergroup') })
    assert.deepEqual(house.wakes, [])
    assert.equal(await house.store.findPeer(house.bot.id, -1001), undefined)
  })
})

describe('a chat that the bot may not write to', () => {
  test('is shown as blocked, what waits for it fails with the reason, and it comes back by itself', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    await house.link(ann.id, CHAT)
    const sent = await house.send(ann.id, 'too late')
    const { telegramChatId } = CHAT
    const botId = house.bot.id
    await house.noteChatStatus({ botId, telegramChatId, status: 'blocked', reason: 'The person blocked the bot.' })
    assert.equal((await house.listChats(ann.id))[0]?.status, 'blocked')
    const failed = await house.store.getMessage(ann.id, sent.id, house.clock.now())
    assert.deepEqual([failed?.status, failed?.error?.code], ['failed', 'chat_blocked'])
    await house.noteChatStatus({ botId, telegramChatId, status: 'active', reason: null })
    assert.equal((await house.listChats(ann.id))[0]?.status, 'active')
    assert.equal((await house.send(ann.id, 'again')).status, 'queued')
  })

  test('and was never linked is not remembered', async (t) => {
    const house = await startLinking(t)
    const botId = house.bot.id
    await house.noteChatStatus({ botId, telegramChatId: 1, status: 'blocked', reason: 'The person blocked the bot.' })
    assert.equal(await house.store.findPeer(botId, 1), undefined)
  })
})

describe('what a chat is told', () => {
  test('counts what waits for this account in this chat, and shows what is next and newest', async (t) => {
    const house = await startLinking(t)
    const ann = await house.person('ann')
    await house.link(ann.id, CHAT)
    await house.link(ann.id, GROUP)
    const [chat, group] = await house.listChats(ann.id)
    assert.ok(chat && group)
    const here = { userId: ann.id, chatId: chat.id }
    assert.deepEqual(await house.describeChat(here), { waiting: 0, next: null, newest: null })
    const first = await house.send(ann.id, 'one', chat.id)
    const last = await house.send(ann.id, 'two', chat.id)
    await house.send(ann.id, 'elsewhere', group.id)
    const state = await house.describeChat(here)
    assert.deepEqual([state.waiting, state.next?.id, state.newest?.id], [2, first.id, last.id])
  })

  test('the last messages are those of the named links alone, oldest first', async (t) => {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    await house.link(ann.id, GROUP)
    await house.link(bob.id, GROUP)
    await house.link(bob.id, CHAT)
    const at = async (userId: string, n: number) => ({ userId, chatId: (await house.listChats(userId))[n]?.id ?? '' })
    const [annGroup, bobGroup, bobChat] = [await at(ann.id, 0), await at(bob.id, 0), await at(bob.id, 1)]
    for (let i = 0; i < 8; i++) {
      house.clock.advance(1000)
      await house.send(ann.id, `ann ${i}`, annGroup.chatId)
      await house.send(bob.id, `bob ${i}`, bobGroup.chatId)
      await house.send(bob.id, `secret ${i}`, bobChat.chatId)
    }
    const texts = (await house.recentMessages([annGroup, bobGroup], 4)).map(({ text }) => text)
    assert.deepEqual(texts, ['ann 6', 'bob 6', 'ann 7', 'bob 7'])
    const own = await house.recentMessages([annGroup], 10)
    assert.deepEqual(
      own.map(({ text }) => text),
      Array.from({ length: 8 }, (_, i) => `ann ${i}`),
    )
    assert.deepEqual(await house.recentMessages([{ userId: ann.id, chatId: bobChat.chatId }], 10), [])
  })
})
