import assert from 'node:assert/strict'
import { test } from 'node:test'
import { announceLink } from '../../src/conversation/announce.ts'
import { WORDING } from '../../src/conversation/wording.ts'
import type { Said } from '../../src/domain/signal.ts'
import { Unsaid } from '../../src/domain/unsaid.ts'
import { recordingLog } from '../support/http-server.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { codeIn, startTalk, type Talk } from '../support/talk.ts'
import { until } from '../support/until.ts'

/** An account, and what a chat's code gives when this account enters it. */
async function claimed(talk: Talk, locale: 'en' | 'ru', code: string | undefined) {
  const { id } = await talk.person(`account-${locale}`, '<b>Ann</b>\nAnn')
  const user = await talk.store.updateUser(id, { locale })
  assert.ok(user)
  return talk.texts(() => talk.claimChat({ user, code: code ?? '', address: '::1' }))
}

for (const locale of ['en', 'ru'] as const) {
  test(`a chat hears which account entered its code, in that account’s language, ${locale}`, async (t) => {
    const talk = await startTalk(t)
    const someone = await talk.user('Ann', locale === 'en' ? 'ru' : 'en')
    const code = codeIn(talk.newest(someone).message.text)
    assert.deepEqual(await claimed(talk, locale, code), [WORDING[locale].linked('<b>Ann</b> Ann')])
    assert.equal(talk.newest(someone).message.text, WORDING[locale].linked('<b>Ann</b> Ann'))
  })
}

test('a code that links nothing is announced nowhere', async (t) => {
  const talk = await startTalk(t)
  const ann = await talk.person('ann')
  await talk.user('Ann')
  const wrong = () => assert.rejects(talk.claimChat({ user: ann, code: 'abcd-efgh-jkmn', address: '::1' }))
  assert.deepEqual(await talk.texts(wrong), [])
})

test('a chat that cannot be told is linked all the same', async (t) => {
  const talk = await startTalk(t)
  const someone = await talk.user('Ann')
  const code = codeIn(talk.newest(someone).message.text)
  talk.control.deleteAccount(someone.id)
  assert.deepEqual(await claimed(talk, 'en', code), [])
  const { links } = await talk.findLinks({ botId: talk.bot.id, telegramChatId: someone.id })
  assert.equal(links.length, 1)
})

test('it is the bot of the chat that says it, and as soon as somebody serves it', async (t) => {
  const talk = await startTalk(t)
  const user = await talk.person('ann')
  await talk.linkedUser(user.id, 'Ann')
  const [chat] = await talk.listChats(user.id)
  assert.ok(chat)
  const said: (Said & { botId: string })[] = []
  const [clock, log] = [new ManualClock(), recordingLog()]
  let isServed = false
  const announce = announceLink({
    async say(botId, words) {
      if (!isServed) throw new Unsaid()
      said.push({ botId, ...words })
    },
    clock,
    log,
  })
  const announced = announce({ chat: { ...chat, botId: 'bot_other' }, user })
  await until('it waits', () => clock.sleeping > 0)
  isServed = true
  clock.advanceToNext()
  await announced
  const { telegramChatId, type: chatType } = chat
  const text = WORDING.en.linked(user.name)
  assert.deepEqual(said, [{ botId: 'bot_other', telegramChatId, chatType, text }])
  assert.deepEqual(log.lines, [])
})
