import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { utcTime } from '../../src/conversation/plain-text.ts'
import { WORDING } from '../../src/conversation/wording.ts'
import { startTalk } from '../support/talk.ts'

for (const locale of ['en', 'ru'] as const) {
  const words = WORDING[locale]

  describe(`/status, in ${locale}`, () => {
    test('names the account, what waits, why, and the newest message', async (t) => {
      const talk = await startTalk(t)
      const ann = await talk.person('ann', 'Ann')
      const someone = await talk.linkedUser(ann.id, 'Ann', locale)
      assert.equal(await talk.says(someone, '/status'), `${words.linkedTo(['Ann'])}\n${words.nothingWaits}`)
      const sent = await talk.send(ann.id, 'one')
      await talk.send(ann.id, 'two')
      const now = utcTime(talk.clock.now())
      assert.equal(
        await talk.says(someone, '/status'),
        [words.linkedTo(['Ann']), words.waiting(2, false), words.newest(now, 'queued')].join('\n'),
      )
      const nextAttemptAtMs = talk.clock.now() + 3_600_000
      await talk.store.outbox.markSending(sent.id, talk.clock.now())
      await talk.store.outbox.settle({
        messageId: sent.id,
        attempt: {
          part: 1,
          startedAtMs: talk.clock.now(),
          finishedAtMs: talk.clock.now(),
          outcome: 'temporary',
          reason: 'no connection',
          waitMs: 3_600_000,
        },
        next: { event: 'retry', nextAttemptAtMs, countsAsAttempt: true, possibleDuplicate: false },
      })
      const status = await talk.says(someone, '/status')
      assert.ok(status?.includes(words.waitingFor.retry))
      assert.ok(status?.includes(words.nextTry(utcTime(nextAttemptAtMs))))

      await talk.store.cancelMessage(ann.id, sent.id, talk.clock.now())
      const [chat] = await talk.listChats(ann.id)
      const untilMs = talk.clock.now() + 7_200_000
      await talk.store.outbox.holdPeer(chat?.peerId ?? 0, { sinceMs: talk.clock.now(), untilMs })
      const held = await talk.says(someone, '/status')
      assert.ok(held?.includes(words.waitingFor.pace))
      assert.ok(held?.includes(words.nextTry(utcTime(untilMs))))
    })
  })

  describe(`/history, in ${locale}`, () => {
    test('shows the last ten messages of this account to this chat, and nobody else’s', async (t) => {
      const talk = await startTalk(t)
      const [ann, bob] = [await talk.person('ann', 'Ann'), await talk.person('bob', 'Bob')]
      const someone = await talk.linkedUser(ann.id, 'Ann', locale)
      assert.equal(await talk.says(someone, '/history'), words.historyEmpty)
      const other = await talk.linkedUser(bob.id, 'Bob')
      const desk = await talk.linkedUser(ann.id, 'Desk')
      const chats = await talk.listChats(ann.id)
      const at = (id: number) => chats.find((chat) => chat.telegramChatId === id)?.id ?? ''
      for (let i = 1; i <= 12; i++) {
        talk.clock.advance(60_000)
        await talk.send(ann.id, `news ${i}`, at(someone.id))
        await talk.send(ann.id, `desk ${i}`, at(desk.id))
        await talk.send(bob.id, `bob's ${i}`)
      }
      const history = (await talk.says(someone, '/history'))?.split('\n\n') ?? []
      assert.equal(history[0], words.historyOf(['Ann']))
      const from = talk.clock.now() - 9 * 60_000
      const expected = Array.from(
        { length: 10 },
        (_, i) => `${utcTime(from + i * 60_000)} · ${words.status.queued}\nnews ${i + 3}`,
      )
      assert.deepEqual(history.slice(1), expected)
      assert.match((await talk.says(other, '/history')) ?? '', /bob's 12/)
    })
  })
}

test('/history after a move shows the new account’s messages alone', async (t) => {
  const talk = await startTalk(t)
  const [ann, bob] = [await talk.person('ann', 'Ann'), await talk.person('bob', 'Bob')]
  const someone = await talk.linkedUser(ann.id, 'Ann')
  await talk.send(ann.id, "ann's secret")
  const { code } = await talk.createLinkCode({ userId: bob.id })
  await talk.says(someone, code)
  talk.control.tap({ user: someone.id, message: talk.newest(someone).key, button: WORDING.en.moveButton('Bob') })
  await talk.answer()
  assert.equal(await talk.says(someone, '/history'), WORDING.en.historyEmpty)
  await talk.send(bob.id, 'hello from Bob')
  const history = await talk.says(someone, '/history')
  assert.match(history ?? '', /hello from Bob/)
  assert.doesNotMatch(history ?? '', /secret/)
})

test('/history fits one message and stays plain text, whatever was written', async (t) => {
  const talk = await startTalk(t)
  const name = '👩‍👩‍👧‍👦'.repeat(5)
  const ann = await talk.person('ann', name)
  const someone = await talk.linkedUser(ann.id, 'Ann', 'ru')
  const wild = [
    '👩‍👩‍👧‍👦'.repeat(2000),
    '😀'.repeat(32_768),
    '<b>*_`['.repeat(900),
    '\n'.repeat(500) + 'x',
    'é'.repeat(9999),
  ]
  for (const text of [...wild, ...wild]) await talk.send(ann.id, text)
  const history = (await talk.says(someone, '/history')) ?? ''
  assert.ok(history.length <= 4096, `${history.length}`)
  assert.ok(history.isWellFormed())
  assert.equal(history.match(/ · /g)?.length, 10)
  assert.ok(history.includes('<b>*_`['))
  assert.ok(history.includes('\n\n2026-01-01 00:00 UTC · ждёт\nx\n\n'))
})

test('/history and /status of a group with many accounts fit one message, and keep back what was taken back', async (t) => {
  const talk = await startTalk(t)
  const maker = talk.control.createUser({ firstName: 'Maker' })
  const members = [maker.id, talk.account.id]
  const group = talk.control.createChat({ type: 'group', title: 'Team', members })
  for (let i = 0; i < 25; i++) {
    const account = await talk.person(`user-${i}`, `${i} ${'Ж'.repeat(60)}`)
    const { code } = await talk.createLinkCode({ userId: account.id })
    await talk.says(maker, code, { chat: group.id })
    talk.clock.advance(1000)
    const sent = await talk.send(account.id, i === 24 ? 'taken back' : '😀'.repeat(4000))
    if (i === 24) await talk.store.cancelMessage(account.id, sent.id, talk.clock.now())
  }
  for (const command of ['/status', '/history', '/start', '/stop', '/start wrong']) {
    const answer = (await talk.says(maker, command, { chat: group.id })) ?? ''
    assert.ok(answer.length > 0 && answer.length <= 4096, `${command}: ${answer.length}`)
    assert.doesNotMatch(answer, /taken back\n|\ntaken back/)
  }
})
