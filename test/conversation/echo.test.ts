import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { SendContent } from '../../src/sandbox/control-types.ts'
import { WORDING } from '../../src/conversation/wording.ts'
import { codeIn, startTalk } from '../support/talk.ts'

/** A bot that echoes, and somebody who pressed Start. */
async function startEcho(t: TestContext) {
  const talk = await startTalk(t, { echo: true })
  const ann = talk.control.createUser({ firstName: 'Ann' })
  const place = { bot: talk.account.id }
  const greetings = await talk.texts(() => talk.control.start({ user: ann.id, ...place }))
  const hears = (content: SendContent) => talk.texts(() => talk.control.send({ user: ann.id, ...place, ...content }))
  return { talk, ann, hears, greetings }
}

/** An update as Telegram gives it, for what the sandbox's people cannot do. */
const update = (message: object) => ({ update_id: 1, message: { message_id: 1, date: 0, ...message } }) as never
const PRIVATE = { id: 7, type: 'private', first_name: 'Seven' }
const GROUP = { id: -7, type: 'supergroup', title: 'Seven' }
const PERSON = { id: 7, is_bot: false, first_name: 'Seven' }
const BOT = { id: 8, is_bot: true, first_name: 'Eight', username: 'eight_bot' }

describe('a bot that echoes', () => {
  test('repeats every text in the same words, formatting and commands of others included, and gives no code', async (t) => {
    const { hears } = await startEcho(t)
    for (const text of [
      'hello',
      'two\n\nlines  <b>&amp;</b> *x*',
      '/weather now',
      '🙂'.repeat(3),
      'stop',
      'x'.repeat(4096),
    ]) {
      assert.deepEqual(await hears({ text }), [text])
    }
    assert.deepEqual(await hears({ text: 'spread', forwardedFrom: 'Somebody' }), ['spread'])
  })

  test('has nothing to repeat where there is no text, and does not say a thing again when it is edited', async (t) => {
    const { talk, ann, hears } = await startEcho(t)
    assert.deepEqual(await hears({ sticker: '🙂' }), [])
    assert.deepEqual(await hears({ photo: true, text: 'a caption' }), [])
    const { key } = talk.control.send({ user: ann.id, bot: talk.account.id, text: 'first' })
    assert.deepEqual(await talk.texts(() => talk.control.edit({ user: ann.id, message: key, text: 'second' })), [])
  })

  test('still links by a code, and does what its commands say', async (t) => {
    const { talk, hears, greetings } = await startEcho(t)
    const words = WORDING.en
    const [start, greeting] = greetings
    assert.equal(start, '/start')
    assert.ok(codeIn(greeting) !== undefined)
    const account = await talk.person('ann', 'Ann')
    const { code } = await talk.createLinkCode({ userId: account.id })
    assert.deepEqual(await hears({ text: `/start ${code}` }), [`/start ${code}`, words.linked('Ann')])
    assert.equal((await talk.listChats(account.id)).length, 1)
    assert.deepEqual(await hears({ text: 'still here' }), ['still here'])
    const [, state] = await hears({ text: '/status' })
    assert.match(state ?? '', /Ann/)
    const [, stopped] = await hears({ text: '/stop' })
    assert.match(stopped ?? '', /Unlinked/)
    assert.equal((await talk.listChats(account.id)).length, 0)
  })

  test('warns of a forwarded code as any bot here does', async (t) => {
    const { talk, hears } = await startEcho(t)
    const account = await talk.person('ann', 'Ann')
    const { code } = await talk.createLinkCode({ userId: account.id })
    assert.deepEqual(await hears({ text: code, forwardedFrom: 'Somebody' }), [
      code,
      WORDING.en.secondHand.forwarded.code,
    ])
    assert.equal((await talk.listChats(account.id)).length, 0)
  })

  test('repeats in a group what it is given, but not what is said to another bot', async (t) => {
    const { talk, ann } = await startEcho(t)
    const group = talk.control.createChat({ type: 'supergroup', title: 'Team', members: [ann.id] })
    await talk.texts(() => talk.control.addMember({ chat: group.id, member: talk.account.id, by: ann.id }))
    const inGroup = (text: string) => talk.says(ann, text, { chat: group.id })
    assert.equal(await inGroup('hello everybody'), 'hello everybody')
    assert.equal(await inGroup('/weather@OtherBot'), undefined)
  })

  for (const [what, message] of [
    ['a bot', { chat: GROUP, from: BOT, text: 'ping' }],
    ['an inline bot', { chat: PRIVATE, from: PERSON, via_bot: BOT, text: 'ping' }],
    [
      'its own words, forwarded',
      { chat: PRIVATE, from: PERSON, text: 'ping', forward_origin: { type: 'user', date: 0, sender_user: BOT } },
    ],
    [
      'a channel in a group',
      {
        chat: GROUP,
        from: { ...BOT, username: 'Channel_Bot' },
        sender_chat: { id: -9, type: 'channel', title: 'Nine' },
        text: 'ping',
      },
    ],
    [
      'whoever speaks for the group',
      { chat: GROUP, from: { ...BOT, username: 'GroupAnonymousBot' }, sender_chat: GROUP, text: 'ping' },
    ],
    ['what a channel posts into its group', { chat: GROUP, from: PERSON, is_automatic_forward: true, text: 'ping' }],
  ] as const) {
    test(`says nothing to ${what}`, async (t) => {
      const { talk } = await startEcho(t)
      talk.replies.length = 0
      await talk.conversation.handle(update(message))
      assert.deepEqual(talk.replies, [])
    })
  }

  test('says nothing in a channel, where its own words would look the same', async (t) => {
    const { talk, ann } = await startEcho(t)
    const channel = talk.control.createChat({ type: 'channel', title: 'News', members: [ann.id, talk.account.id] })
    talk.control.setRights({ chat: channel.id, member: talk.account.id, status: 'administrator' })
    await talk.answer()
    assert.deepEqual(await talk.texts(() => talk.control.send({ user: ann.id, chat: channel.id, text: 'ping' })), [])
  })
})
