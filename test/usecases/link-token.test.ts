import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSecrets } from '../../src/ops/secrets.ts'
import { createLinkToken, getLinkToken } from '../../src/usecases/link-token.ts'
import { startLinking, telegramChat, TTL_MS } from '../support/linking.ts'

const CHAT = telegramChat(1001)
const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

async function start(t: Parameters<typeof startLinking>[0]) {
  const house = await startLinking(t)
  const ann = await house.person('ann', 'Ann')
  const deps = { ...house, ttlMs: TTL_MS }
  const [create, get] = [createLinkToken(deps), getLinkToken(deps)]
  const make = async (userId = ann.id) => {
    const token = await create(userId)
    assert.ok(token !== undefined)
    return token
  }
  const show = (code: string, chat = CHAT) => house.linkChat({ botId: house.bot.id, chat, code })
  return { ...house, ann, create, get, make, show }
}

describe('a link token', () => {
  test('is a UUID that is shown again, and only its hash and what it is derived from are stored', async (t) => {
    const { make, get, create, ann, store } = await start(t)
    assert.equal(await get(ann.id), undefined)
    const token = await make()
    assert.match(token, UUID_4)
    assert.deepEqual([await get(ann.id), await create(ann.id)], [token, undefined])
    const stored = JSON.stringify(await store.shownAccountCode(ann.id, 0))
    assert.ok(!stored.includes(token) && !stored.includes(token.replaceAll('-', '')))
  })

  test('links the chat that shows it, however it is written, and no second one', async (t) => {
    const ways = [
      (token: string) => token,
      (token: string) => token.toUpperCase(),
      (token: string) => `{${token}}`,
      (token: string) => token.replaceAll('-', ''),
      (token: string) => `urn:uuid:${token}`,
      (token: string) => ` "${token}"\n`,
    ]
    const { make, show, person } = await start(t)
    for (const [place, way] of ways.entries()) {
      const someone = await person(`login${place}`, `Name ${place}`)
      const token = await make(someone.id)
      const outcome = await show(way(token), telegramChat(100 + place))
      assert.deepEqual(outcome, { result: 'linked', accountName: `Name ${place}` }, way(token))
      assert.deepEqual(await show(token, telegramChat(500 + place)), { result: 'code_invalid' })
    }
  })

  test('is one for an account, also when many are asked for at once', async (t) => {
    const { create, ann, get } = await start(t)
    const made = await Promise.all(Array.from({ length: 20 }, () => create(ann.id)))
    const tokens = made.filter((token) => token !== undefined)
    assert.deepEqual(tokens, [await get(ann.id)])
  })

  test('is worth nothing after its time, and then there may be another', async (t) => {
    const { make, get, ann, clock, show } = await start(t)
    const old = await make()
    clock.advance(TTL_MS)
    assert.equal(await get(ann.id), undefined)
    assert.deepEqual(await show(old), { result: 'code_invalid' })
    const token = await make()
    assert.notEqual(token, old)
    assert.deepEqual(await show(old), { result: 'code_invalid' })
    assert.equal((await show(token)).result, 'linked')
  })

  test('that linked a chat is shown as long as the chat is linked, whatever its time', async (t) => {
    const { make, get, create, ann, clock, show, store, listChats, unlinkChat } = await start(t)
    const token = await make()
    await show(token)
    clock.advance(TTL_MS)
    const nowMs = clock.now()
    await store.deleteExpired({ nowMs, keysBeforeMs: nowMs, updatesBeforeMs: nowMs })
    assert.deepEqual([await get(ann.id), await create(ann.id)], [token, undefined])
    const [chat] = await listChats(ann.id)
    assert.ok(chat)
    await unlinkChat({ userId: ann.id, chatId: chat.id })
    assert.equal(await get(ann.id), undefined)
    assert.deepEqual(await show(token), { result: 'code_invalid' })
    assert.notEqual(await make(), token)
  })

  test('of another account is asked about before the chat moves', async (t) => {
    const { make, show, person, link, get, confirmMove, bot } = await start(t)
    const bob = await person('bob', 'Bob')
    await link(bob.id, CHAT)
    const token = await make()
    const asked = await show(token)
    assert.ok(asked.result === 'asks')
    assert.deepEqual([asked.fromName, asked.toName], ['Bob', 'Ann'])
    await confirmMove({ botId: bot.id, chat: CHAT, secret: asked.secret, answer: 'move' })
    assert.equal((await show(token)).result, 'already_linked')
    assert.equal(await get(bob.id), undefined)
  })

  test('makes the chat that shows it the one where messages go, whatever it was before', async (t) => {
    const { ann, person, link, make, show, listChats, confirmMove, bot, unlinkChat } = await start(t)
    const bob = await person('bob', 'Bob')
    const [first, nobodys, own, bobs] = [telegramChat(1), telegramChat(2), telegramChat(3), telegramChat(4)]
    for (const chat of [first, own]) await link(ann.id, chat)
    await link(bob.id, bobs)
    const target = async () => (await listChats(ann.id)).find(({ isDefault }) => isDefault)
    assert.equal((await target())?.telegramChatId, first.telegramChatId)
    for (const chat of [nobodys, own, bobs]) {
      const outcome = await show(await make(), chat)
      if (outcome.result === 'asks') {
        await confirmMove({ botId: bot.id, chat, secret: outcome.secret, answer: 'move' })
      }
      const now = await target()
      assert.equal(now?.telegramChatId, chat.telegramChatId, outcome.result)
      // A token is the account's only one until its chat is gone.
      await unlinkChat({ userId: ann.id, chatId: now.id })
    }
  })

  test('is forgotten with the secret key, and then there may be another', async (t) => {
    const { make, ann, ...house } = await start(t)
    const before = await make()
    const deps = { ...house, ttlMs: TTL_MS, secrets: createSecrets('another secret of the test, as long as that') }
    assert.equal(await getLinkToken(deps)(ann.id), undefined)
    const after = await createLinkToken(deps)(ann.id)
    assert.ok(after !== undefined && after !== before)
    assert.equal(await getLinkToken(deps)(ann.id), after)
  })

  test('cannot be guessed at leisure', async (t) => {
    const { make, show } = await start(t)
    const token = await make()
    const wrong = (i: number) => token.replace(/.$/, (last) => ((Number.parseInt(last, 16) + i) % 16).toString(16))
    for (let i = 1; i <= 5; i++) assert.deepEqual(await show(wrong(i)), { result: 'code_invalid' })
    assert.equal((await show(token)).result, 'wait')
  })
})
