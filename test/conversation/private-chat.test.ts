import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { WORDING } from '../../src/conversation/wording.ts'
import { TTL_MS } from '../support/linking.ts'
import { codeIn, startTalk } from '../support/talk.ts'

const LANGUAGES = [
  ['en', 'en'],
  ['ru', 'ru'],
] as const

for (const [languageCode, locale] of LANGUAGES) {
  const words = WORDING[locale]

  describe(`in a chat that is not linked, in ${languageCode}`, () => {
    test('a person is greeted with a code that their account takes', async (t) => {
      const talk = await startTalk(t)
      const ann = await talk.person('ann')
      const someone = talk.control.createUser({ firstName: 'Ann', languageCode })
      const [greeting] = await talk.texts(() => talk.control.start({ user: someone.id, bot: talk.account.id }))
      const code = codeIn(greeting)
      assert.ok(code !== undefined)
      assert.equal(greeting, words.greeting(code, TTL_MS / 1000))
      const chat = await talk.claimChat({ user: ann, code, address: '::1' })
      assert.deepEqual([chat.telegramChatId, chat.title, chat.type], [someone.id, 'Ann', 'private'])
    })

    test('a code of the account links it, and the bot says to which', async (t) => {
      const talk = await startTalk(t)
      const ann = await talk.person('ann', 'Анна <b>&amp; Co')
      const someone = await talk.user('Ann', languageCode)
      const { code } = await talk.createLinkCode({ userId: ann.id })
      assert.equal(await talk.says(someone, code), words.linked('Анна <b>&amp; Co'))
      assert.equal((await talk.listChats(ann.id)).length, 1)
      assert.equal(await talk.says(someone, code), words.alreadyLinked('Анна <b>&amp; Co'))
    })

    test('a code that is wrong, used or too old changes nothing, and too many make the chat wait', async (t) => {
      const talk = await startTalk(t)
      const ann = await talk.person('ann')
      const someone = await talk.user('Ann', languageCode)
      assert.equal(await talk.says(someone, '/start nonsense'), words.codeInvalid([]))
      assert.equal(await talk.says(someone, '0'.repeat(26)), words.codeInvalid([]))
      const used = await talk.createLinkCode({ userId: ann.id })
      await talk.says(await talk.user('Other'), used.code)
      assert.equal(await talk.says(someone, used.code), words.codeInvalid([]))
      const old = await talk.createLinkCode({ userId: ann.id })
      talk.clock.advance(TTL_MS)
      assert.equal(await talk.says(someone, old.code), words.codeInvalid([]))
      for (let i = 0; i < 4; i++) await talk.says(someone, `/start wrong-${i}`)
      const good = await talk.createLinkCode({ userId: ann.id })
      assert.equal(await talk.says(someone, good.code), words.guessLater(60))
      assert.equal(
        (await talk.listChats(ann.id)).some((chat) => chat.telegramChatId === someone.id),
        false,
      )
    })

    test('there is nothing to unlink, and everything else gets a code', async (t) => {
      const talk = await startTalk(t)
      const someone = await talk.user('Ann', languageCode)
      assert.equal(await talk.says(someone, '/stop'), words.notLinked)
      const help = await talk.says(someone, '/help')
      assert.ok(help?.startsWith(words.help('PostriderBot')))
      assert.ok(codeIn(help) !== undefined)
      for (const text of ['hello', '/status', '/history', '/start', '/nonsense', '/', '🎈', '/start   ']) {
        assert.ok(codeIn(await talk.says(someone, text)) !== undefined, text)
      }
      assert.ok(codeIn(await talk.says(someone, { sticker: '👍' })) !== undefined)
      assert.ok(codeIn(await talk.says(someone, { photo: true, text: 'a caption' })) !== undefined)
      assert.ok(codeIn(await talk.says(someone, { text: 'news', forwardedFrom: 'A stranger' })) !== undefined)
    })

    test('its own code, sent back, belongs elsewhere', async (t) => {
      const talk = await startTalk(t)
      const someone = await talk.user('Ann', languageCode)
      const code = codeIn(await talk.says(someone, 'hello')) ?? ''
      assert.equal(await talk.says(someone, code), words.ownCode)
      assert.equal(await talk.says(someone, code.toUpperCase()), words.ownCode)
    })
  })

  test(`a code that is good for less than a minute says so in seconds, in ${languageCode}`, async (t) => {
    const [s, min] = locale === 'en' ? [' s:', ' min:'] : [' с:', ' мин:']
    for (const [ttlMs, shown] of [
      [1, `1${s}`],
      [2000, `2${s}`],
      [59_000, `59${s}`],
      [60_000, `1${min}`],
      [119_000, `1${min}`],
      [24 * 60 * 60_000, `1440${min}`],
    ] as const) {
      const talk = await startTalk(t, { ttlMs })
      const someone = await talk.user('Ann', languageCode)
      assert.ok(talk.newest(someone).message.text?.includes(` ${shown}\n`), `${ttlMs} ms`)
    }
  })

  describe(`in a linked chat, in ${languageCode}`, () => {
    test('the bot welcomes back, says what it can do, and answers what it does not understand', async (t) => {
      const talk = await startTalk(t)
      const ann = await talk.person('ann', 'Ann')
      const someone = await talk.linkedUser(ann.id, 'Ann', languageCode)
      assert.equal(await talk.says(someone, '/start'), words.welcomeBack(['Ann']))
      assert.equal(await talk.says(someone, '/help'), words.help('PostriderBot'))
      assert.equal(await talk.says(someone, '/HELP@postriderbot please'), words.help('PostriderBot'))
      assert.equal(await talk.says(someone, 'hello'), words.unknown.text)
      assert.equal(await talk.says(someone, '/weather'), words.unknown.command)
      assert.equal(await talk.says(someone, { sticker: '👍' }), words.unknown.not_text)
      assert.equal(await talk.says(someone, { photo: true }), words.unknown.not_text)
      assert.equal(await talk.says(someone, { document: { name: 'a.txt' } }), words.unknown.not_text)
      assert.equal(await talk.says(someone, { contact: { phoneNumber: '1', firstName: 'B' } }), words.unknown.not_text)
      assert.equal(await talk.says(someone, { text: 'news', forwardedFrom: 'Stranger' }), words.unknown.forwarded)
      assert.equal(await talk.says(someone, '/help@OtherBot'), undefined)
    })

    test('a wrong code leaves the link, and the bot says so', async (t) => {
      const talk = await startTalk(t)
      const ann = await talk.person('ann', 'Ann')
      const someone = await talk.linkedUser(ann.id, 'Ann', languageCode)
      assert.equal(await talk.says(someone, 'z'.repeat(26)), words.codeInvalid(['Ann']))
      assert.equal((await talk.listChats(ann.id)).length, 1)
    })

    test('/stop unlinks it, and what waits is not sent', async (t) => {
      const talk = await startTalk(t)
      const ann = await talk.person('ann', 'Ann')
      const someone = await talk.linkedUser(ann.id, 'Ann', languageCode)
      const sent = await talk.send(ann.id, 'waits')
      assert.equal(await talk.says(someone, '/stop'), words.stopped('Ann', words.linkAgain.privateChat))
      assert.deepEqual(await talk.listChats(ann.id), [])
      const message = await talk.store.getMessage(ann.id, sent.id, talk.clock.now())
      assert.equal(message?.error?.code, 'chat_unlinked')
      assert.equal(await talk.says(someone, '/stop'), words.notLinked)
      assert.ok(codeIn(await talk.says(someone, 'hello')) !== undefined)
    })

    test('nothing that was forwarded or edited links, moves or unlinks it', async (t) => {
      const talk = await startTalk(t)
      const [ann, bob] = [await talk.person('ann', 'Ann'), await talk.person('bob', 'Bob')]
      const someone = await talk.linkedUser(ann.id, 'Ann', languageCode)
      const { code } = await talk.createLinkCode({ userId: bob.id })
      const place = { user: someone.id, bot: talk.account.id }
      for (const [text, what] of [
        [code, 'code'],
        [`/start ${code}`, 'code'],
        [`https://t.me/PostriderBot?start=${code}`, 'code'],
        ['/stop', 'command'],
        ['/start', 'command'],
      ] as const) {
        const forwarded = await talk.says(someone, { text, forwardedFrom: 'A stranger' })
        assert.equal(forwarded, words.secondHand.forwarded[what], text)
        const own = talk.control.send({ ...place, text: 'hello' })
        const [edited] = await talk.texts(() => talk.control.edit({ user: someone.id, message: own.key, text }))
        assert.equal(edited, words.secondHand.edited[what], text)
      }
      const own = talk.control.send({ ...place, text: 'hello' })
      const chat = await talk.texts(() => talk.control.edit({ user: someone.id, message: own.key, text: 'helo' }))
      assert.deepEqual(chat, [words.unknown.edited])
      assert.equal((await talk.listChats(ann.id)).length, 1)
      // The code was not used up by all this.
      assert.equal(await talk.says(someone, code), words.askMove('Ann', 'Bob'))
    })
  })
}

test('the language is Russian for ru with or without a region, and English for all others', async (t) => {
  const talk = await startTalk(t)
  for (const [languageCode, locale] of [
    ['ru-RU', 'ru'],
    ['RU', 'ru'],
    ['rue', 'en'],
    ['de', 'en'],
    ['', 'en'],
  ] as const) {
    const someone = await talk.user('Ann', languageCode)
    assert.equal(await talk.says(someone, '/stop'), WORDING[locale].notLinked, languageCode)
  }
})

test('a deep link that is pasted links like its code, and one of another bot does not', async (t) => {
  const talk = await startTalk(t)
  const ann = await talk.person('ann', 'Ann')
  const someone = await talk.user('Ann')
  const { deepLink } = await talk.createLinkCode({ userId: ann.id })
  assert.ok(codeIn(await talk.says(someone, deepLink.replace('PostriderBot', 'OtherBot'))) !== undefined)
  assert.equal(await talk.says(someone, deepLink), WORDING.en.linked('Ann'))
})

test('pressing the deep link again after linking says that it is linked', async (t) => {
  const talk = await startTalk(t)
  const ann = await talk.person('ann', 'Ann')
  const someone = talk.control.createUser({ firstName: 'Ann' })
  const { code } = await talk.createLinkCode({ userId: ann.id })
  const press = () => talk.texts(() => talk.control.start({ user: someone.id, bot: talk.account.id, payload: code }))
  assert.deepEqual(await press(), [WORDING.en.linked('Ann')])
  assert.deepEqual(await press(), [WORDING.en.alreadyLinked('Ann')])
})

test('an update that comes again is answered as before and changes nothing', async (t) => {
  const talk = await startTalk(t)
  const ann = await talk.person('ann', 'Ann')
  const someone = await talk.user('Ann')
  const { code } = await talk.createLinkCode({ userId: ann.id })
  talk.control.send({ user: someone.id, bot: talk.account.id, text: code })
  for (const update of await talk.answer()) await talk.conversation.handle(update)
  assert.equal(talk.newest(someone).message.text, WORDING.en.alreadyLinked('Ann'))
  assert.equal((await talk.listChats(ann.id)).length, 1)
})

test('a person who blocks the bot is noticed, and active again by themselves on their return', async (t) => {
  const talk = await startTalk(t)
  const ann = await talk.person('ann', 'Ann')
  const someone = await talk.linkedUser(ann.id, 'Ann')
  const status = async () => (await talk.listChats(ann.id))[0]?.status
  const sent = await talk.send(ann.id, 'never read')
  talk.control.block({ user: someone.id, bot: talk.account.id })
  await talk.answer()
  assert.equal(await status(), 'blocked')
  const failed = await talk.store.getMessage(ann.id, sent.id, talk.clock.now())
  assert.equal(failed?.error?.code, 'chat_blocked')
  talk.control.unblock({ user: someone.id, bot: talk.account.id })
  await talk.answer()
  assert.equal(await status(), 'active')

  // As a send's 403 notes it, while the return was not told.
  const { id: botId } = talk.bot
  await talk.noteChatStatus({ botId, telegramChatId: someone.id, status: 'blocked', reason: 'blocked' })
  await talk.says(someone, '/help')
  assert.equal(await status(), 'active')
})
