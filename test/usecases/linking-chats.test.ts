import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Refusal } from '../../src/domain/refusals.ts'
import { startLinking, telegramChat } from '../support/linking.ts'

const CHAT = telegramChat(5001)
const GROUP = telegramChat(-700, 'group', 'Team')

const refused = (code: string) => (error: Refusal) => error.code === code

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
    assert.deepEqual(house.failures, [[house.bot.id, 'chat_unlinked', 1]])
    assert.equal((await house.send(ann.id, 'hello')).chatId, first.id)
  })

  test('are nobody else’s', async (t) => {
    const house = await startLinking(t)
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    await house.link(ann.id, CHAT)
    const chatId = (await house.listChats(ann.id))[0]?.id ?? ''
    await assert.rejects(house.setDefaultChat({ userId: bob.id, chatId }), refused('not_found'))
    await assert.rejects(house.changeChat({ userId: bob.id, chatId, wishes: {} }), refused('not_found'))
    assert.equal(await house.unlinkChat({ userId: bob.id, chatId }), false)
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
    assert.deepEqual(house.failures, [[botId, 'chat_blocked', 1]])
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
