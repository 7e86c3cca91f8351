import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { WORDING } from '../../src/conversation/wording.ts'
import { createLinkToken } from '../../src/usecases/link-token.ts'
import { TTL_MS } from '../support/linking.ts'
import { startTalk } from '../support/talk.ts'

describe('a link token in a chat', () => {
  test('links it, and the bot repeats it as it was typed', async (t) => {
    const talk = await startTalk(t)
    const ann = await talk.person('ann', 'Ann')
    const someone = await talk.user('Анна', 'ru')
    const token = await createLinkToken({ ...talk, ttlMs: TTL_MS })(ann.id)
    assert.ok(token !== undefined)
    const typed = token.toUpperCase()
    assert.equal(await talk.says(someone, typed), `Successfully attached token '${typed}'`)
    assert.equal(await talk.says(someone, token), `You've already attached token '${token}'`)
    const unknown = token.replace(/^./, (first) => (first === '0' ? '1' : '0'))
    assert.equal(await talk.says(someone, unknown), WORDING.ru.tokenInvalid(['Ann']))
    assert.equal((await talk.listChats(ann.id)).length, 1)
    assert.ok(!JSON.stringify(talk.log.lines).includes(token))
  })
})

describe('an access token in a chat', () => {
  test('links it, and the bot says so in the words of the system whose way this is', async (t) => {
    const talk = await startTalk(t)
    const ann = await talk.person('ann', 'FedXL')
    const someone = await talk.user('Анна', 'ru')
    const { accessToken } = await talk.session(ann.id)
    assert.equal(await talk.says(someone, accessToken), 'Got your token, FedXL! 👌')
    assert.equal(await talk.says(someone, accessToken), 'Got your token, FedXL! 👌')
    assert.equal((await talk.listChats(ann.id)).length, 1)
    const other = await talk.user('Bob', 'en')
    assert.equal(await talk.says(other, accessToken), WORDING.en.tokenInvalid([]))
    assert.ok(!JSON.stringify(talk.log.lines).includes(accessToken))
  })

  test('that does not link it is told so, in its language, with whose chat it stays', async (t) => {
    const talk = await startTalk(t)
    const ann = await talk.person('ann', 'Ann')
    const { id, accessToken } = await talk.session(ann.id)
    await talk.store.deleteSession(id)
    for (const locale of ['en', 'ru'] as const) {
      const someone = await talk.user('Ann', locale)
      assert.equal(await talk.says(someone, accessToken), WORDING[locale].tokenInvalid([]))
      const linked = await talk.linkedUser(ann.id, 'Ann', locale)
      assert.equal(await talk.says(linked, accessToken), WORDING[locale].tokenInvalid(['Ann']))
    }
  })

  test('of another account is asked about before the chat moves', async (t) => {
    const talk = await startTalk(t)
    const [ann, bob] = [await talk.person('ann', 'Ann'), await talk.person('bob', 'Bob')]
    const someone = await talk.linkedUser(ann.id, 'Ann')
    const { accessToken } = await talk.session(bob.id)
    assert.equal(await talk.says(someone, accessToken), WORDING.en.askMove('Ann', 'Bob'))
    assert.equal((await talk.listChats(bob.id)).length, 0)
  })

  test('in a group is passed over unless it is said to the bot', async (t) => {
    const talk = await startTalk(t)
    const ann = await talk.person('ann', 'Ann')
    const someone = await talk.user('Ann')
    const { id: group } = talk.control.createChat({ type: 'group', title: 'Team', members: [someone.id] })
    talk.control.addMember({ chat: group, member: talk.account.id, by: someone.id })
    await talk.answer()
    const { accessToken } = await talk.session(ann.id)
    assert.equal(await talk.says(someone, accessToken, { chat: group }), undefined)
    const said = `@${talk.account.username} ${accessToken}`
    assert.equal(await talk.says(someone, said, { chat: group }), 'Got your token, Ann! 👌')
  })
})
