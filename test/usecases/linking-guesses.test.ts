import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Refusal } from '../../src/domain/refusals.ts'
import { startLinking, telegramChat } from '../support/linking.ts'

const CHAT = telegramChat(5001)

const refused = (code: string) => (error: Refusal) => error.code === code

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
