import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { WORDING } from '../../src/conversation/wording.ts'
import { codeIn, startTalk } from '../support/talk.ts'

/** A group with two people in it, the first of whom made it, and the bot. What the bot said on its arrival comes along. */
async function startGroup(t: TestContext, options: { type?: 'group' | 'supergroup'; languageCode?: string } = {}) {
  const talk = await startTalk(t)
  const { languageCode = 'en', type = 'group' } = options
  const maker = talk.control.createUser({ firstName: 'Maker', languageCode })
  const member = talk.control.createUser({ firstName: 'Member', languageCode })
  const group = talk.control.createChat({ type, title: 'Team', members: [maker.id, member.id] })
  const arrival = await talk.texts(() =>
    talk.control.addMember({ chat: group.id, member: talk.account.id, by: maker.id }),
  )
  const place = { chat: group.id }
  const inGroup = (who: typeof maker, text: string) => talk.says(who, text, place)

  async function link(login: string) {
    talk.clock.advance(1)
    const account = await talk.person(login, login)
    const { code } = await talk.createLinkCode({ userId: account.id })
    assert.equal(
      await inGroup(maker, `/start@PostriderBot ${code}`),
      WORDING[languageCode as 'en' | 'ru'].linked(login),
    )
    return account
  }
  return { talk, maker, member, group, place, arrival, inGroup, link }
}

for (const locale of ['en', 'ru'] as const) {
  const words = WORDING[locale]

  describe(`a group, in ${locale}`, () => {
    test('is greeted when the bot is added, gets a code when it asks as it was told, and is linked by it', async (t) => {
      const { talk, arrival, group, maker, inGroup } = await startGroup(t, { languageCode: locale })
      assert.deepEqual(arrival, [words.groupGreeting('PostriderBot')])
      assert.ok(arrival[0]?.includes('/start@PostriderBot'))
      const greeting = await inGroup(maker, '/start@PostriderBot')
      const code = codeIn(greeting) ?? ''
      assert.equal(greeting, words.greeting(code, 15 * 60))
      const chat = await talk.claimChat({ user: await talk.person('ann'), code, address: '::1' })
      assert.deepEqual([chat.telegramChatId, chat.title, chat.type], [group.id, 'Team', 'group'])
    })

    test('that is not linked hears from the bot only when it is spoken to', async (t) => {
      const { maker, inGroup } = await startGroup(t, { languageCode: locale })
      for (const text of ['hello everybody', 'mail me at a@b.c', 'abcd-efgh-jkmn', 'ask @OtherBot', '/help@OtherBot']) {
        assert.equal(await inGroup(maker, text), undefined, text)
      }
      for (const text of ['hello @PostriderBot', '@postriderbot', '/start', '/status', '/history', '/weather']) {
        assert.ok(codeIn(await inGroup(maker, text)) !== undefined, text)
      }
      assert.equal(await inGroup(maker, '/stop'), words.notLinked)
      assert.equal(await inGroup(maker, '/start wrong'), words.codeInvalid([]))
      assert.equal(await inGroup(maker, '0'.repeat(26)), words.codeInvalid([]))
    })

    test('that is linked is never spammed', async (t) => {
      const { talk, maker, place, inGroup, link } = await startGroup(t, { languageCode: locale })
      await link('ann')
      for (const text of ['hello everybody', '/weather', '/start@OtherBot', 'abcd-efgh-jkmn', 'https://example.com']) {
        assert.equal(await inGroup(maker, text), undefined, text)
      }
      assert.equal(await talk.says(maker, { sticker: '👍' }, place), undefined)
      assert.equal(await talk.says(maker, { photo: true, text: 'look' }, place), undefined)
      assert.equal(await talk.says(maker, { text: 'news', forwardedFrom: 'Somebody' }, place), undefined)
      assert.equal(await inGroup(maker, 'hi @PostriderBot'), words.unknown.text)
      assert.equal(await inGroup(maker, '/weather@PostriderBot'), words.unknown.command)
      assert.equal(await inGroup(maker, '/help'), words.help('PostriderBot'))
      assert.equal(await inGroup(maker, '/start'), words.welcomeBack(['ann']))
    })

    test('belongs to several accounts without a question, and is unlinked account by account', async (t) => {
      const { talk, maker, member, group, inGroup, link } = await startGroup(t, { languageCode: locale })
      const [ann, bob] = [await link('ann'), await link('bob')]
      assert.equal(await inGroup(maker, '/start'), words.welcomeBack(['ann', 'bob']))
      assert.equal(await inGroup(member, '/stop'), words.stopNeedsAdministrator)
      assert.equal(await inGroup(maker, '/stop'), words.stopWhich)
      const question = talk.control.messages({ chat: group.id }).findLast(({ fromBot }) => fromBot)
      assert.ok(question)
      const press = async (user: typeof maker) => {
        const pressed = talk.control.tap({ user: user.id, message: question.key, button: words.stopButton('bob') })
        await talk.answer()
        return talk.control.callback(pressed.id).answer
      }
      assert.equal((await press(member))?.text, words.stopNeedsAdministrator)
      assert.equal((await talk.listChats(bob.id)).length, 1)
      assert.equal((await press(maker))?.text, undefined)
      assert.deepEqual(await talk.listChats(bob.id), [])
      assert.equal((await talk.listChats(ann.id)).length, 1)
      const after = talk.control.messages({ chat: group.id }).find(({ key }) => key === question.key)
      assert.equal(after?.message.text, words.stopped('bob', words.linkAgain.byCode('PostriderBot')))
      assert.equal(await inGroup(maker, '/stop'), words.stopped('ann', words.linkAgain.group('PostriderBot')))
      assert.equal(await inGroup(maker, '/stop'), words.notLinked)
    })

    test('is not unlinked while Telegram does not say who administers it', async (t) => {
      const { talk, maker, inGroup, link } = await startGroup(t, { languageCode: locale })
      const ann = await link('ann')
      talk.control.addFault({
        method: 'getChatAdministrators',
        action: { kind: 'http', status: 502, description: 'Bad Gateway' },
      })
      assert.equal(await inGroup(maker, '/stop'), words.stopUnsure)
      assert.equal((await talk.listChats(ann.id)).length, 1)
    })

    test('does not link by a code that somebody forwarded', async (t) => {
      const { talk, maker, place } = await startGroup(t, { languageCode: locale })
      const { code } = await talk.createLinkCode({ userId: (await talk.person('ann')).id })
      const forwarded = { text: code, forwardedFrom: 'A stranger' }
      assert.equal(await talk.says(maker, forwarded, place), words.secondHand.forwarded.code)
      const command = { text: '/stop', forwardedFrom: 'A stranger' }
      assert.equal(await talk.says(maker, command, place), words.secondHand.forwarded.command)
    })
  })
}

test('a code behind a mention links, as a bot in privacy mode hears it', async (t) => {
  const { talk, maker, inGroup } = await startGroup(t)
  const ann = await talk.person('ann')
  const { code } = await talk.createLinkCode({ userId: ann.id })
  assert.equal(await inGroup(maker, `@PostriderBot ${code}`), WORDING.en.linked('ann'))
})

test('an answer in a group answers the message that asked', async (t) => {
  const { talk, maker, inGroup, link, group } = await startGroup(t)
  await link('ann')
  await inGroup(maker, '/help')
  const [asked, answered] = talk.control.messages({ chat: group.id, limit: 2 })
  assert.equal(answered?.message.reply_to_message?.message_id, asked?.message.message_id)
})

test('a group that removes the bot is blocked, and active again when it takes it back, without a greeting', async (t) => {
  const { talk, maker, group, link } = await startGroup(t)
  const ann = await link('ann')
  const status = async () => (await talk.listChats(ann.id))[0]?.status
  talk.control.removeMember({ chat: group.id, member: talk.account.id })
  await talk.answer()
  assert.equal(await status(), 'blocked')
  const back = () => talk.control.addMember({ chat: group.id, member: talk.account.id, by: maker.id })
  assert.deepEqual(await talk.texts(back), [])
  assert.equal(await status(), 'active')
})

test('a group that becomes a supergroup stays linked, once', async (t) => {
  const { talk, group, link } = await startGroup(t)
  const ann = await link('ann')
  const [before] = await talk.listChats(ann.id)
  let upgraded = group
  assert.deepEqual(
    await talk.texts(() => {
      upgraded = talk.control.upgradeGroup(group.id)
    }),
    [],
  )
  assert.notEqual(upgraded.id, group.id)
  const [after, ...more] = await talk.listChats(ann.id)
  assert.deepEqual([after?.id, after?.telegramChatId, after?.type], [before?.id, upgraded.id, 'supergroup'])
  assert.deepEqual(more, [])
  assert.equal(after?.status, 'active')
})

test('a link by startgroup links the group to which the bot is added, and no code is given on the way', async (t) => {
  const talk = await startTalk(t)
  const ann = await talk.person('ann')
  const maker = talk.control.createUser({ firstName: 'Maker' })
  const group = talk.control.createChat({ type: 'supergroup', title: 'Team', members: [maker.id] })
  const { code } = await talk.createLinkCode({ userId: ann.id })
  const said = await talk.texts(() =>
    talk.control.addMember({ chat: group.id, member: talk.account.id, by: maker.id, payload: code }),
  )
  assert.deepEqual(said, [WORDING.en.groupGreeting('PostriderBot'), WORDING.en.linked('ann')])
  assert.equal((await talk.listChats(ann.id))[0]?.telegramChatId, group.id)
})

describe('a channel', () => {
  async function startChannel(t: TestContext) {
    const talk = await startTalk(t)
    const owner = talk.control.createUser({ firstName: 'Owner' })
    const members = [owner.id, talk.account.id]
    const channel = talk.control.createChat({ type: 'channel', title: 'News', members })
    return { talk, post: (text: string) => talk.says(owner, text, { chat: channel.id }) }
  }

  test('is linked by the command alone, and its posts are nobody’s business', async (t) => {
    const { talk, post } = await startChannel(t)
    const ann = await talk.person('ann')
    const { code } = await talk.createLinkCode({ userId: ann.id })
    for (const text of ['Today in the news', code, '@PostriderBot hello', '/weather']) {
      assert.equal(await post(text), undefined, text)
    }
    assert.equal(await post(`/start ${code}`), WORDING.en.linked('ann'))
    assert.equal(await post('/status'), `${WORDING.en.linkedTo(['ann'])}\n${WORDING.en.nothingWaits}`)
    assert.equal(await post('/stop'), WORDING.en.stopped('ann', WORDING.en.linkAgain.byCode('PostriderBot')))
  })

  test('never gets a code that all its readers could enter', async (t) => {
    const { post } = await startChannel(t)
    for (const text of ['/start', '/status', '/history', '/help']) {
      const answer = await post(text)
      assert.ok(answer?.endsWith(WORDING.en.channelGreeting('PostriderBot')), text)
      assert.equal(codeIn(answer), undefined)
    }
  })
})
