import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startLinking, TTL_MS, telegramChat } from '../support/linking.ts'

const CHAT = telegramChat(5001)
const GROUP = telegramChat(-700, 'group', 'Team')

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
    assert.deepEqual(house.failures, [[house.bot.id, 'chat_unlinked', 1]], 'it is counted once')
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
