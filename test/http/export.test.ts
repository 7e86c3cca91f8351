import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { newId } from '../../src/domain/ids.ts'
import { type Messages, startMessages } from '../support/messages.ts'

interface Exported {
  account: { login: string }
  chats: { id: string }[]
  bots: { username: string; waiting: number }[]
  tokens: { id: string }[]
  sessions: { id: string }[]
  messages: { id: string; text: string; attempts: { outcome: string }[] }[]
}

/** An own bot, as if Telegram had answered for its token. */
async function ownBot({ store, clock, random }: Messages, userId: string) {
  const token = { telegramBotId: 7, username: 'own_bot', name: 'Own', tokenSealed: 'sealed-word', tokenHint: 'hint' }
  const wishes = { title: null, active: true, echo: false, takeOver: false }
  return await store.addBot({ id: newId('bot', { clock, random }), userId, ...token, ...wishes, nowMs: 0, limit: 5 })
}

describe('GET /v1/me/export', () => {
  test('is one file with everything of the account, and nothing of others', async (t) => {
    const api = await startMessages(t)
    const [ann, bob] = [await api.person('ann'), await api.person('bob')]
    const bot = await ownBot(api, ann.id)
    const post = async (as: string, text: string) =>
      String((await api.call('POST', '/v1/messages', { as, body: { text } })).json['id'])
    const first = await post(ann.as, 'first "quoted"\n\u2028 и по-русски')
    await post(bob.as, 'not hers')
    const second = await post(ann.as, 'second')
    await api.callEnds(first, { event: 'deliver', telegramMessageId: 1 })

    const answer = await api.call('GET', '/v1/me/export', { as: ann.as })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-disposition'], 'attachment; filename="postrider-ann.json"')
    assert.equal(answer.headers['cache-control'], 'no-store')
    const found = answer.json as unknown as Exported
    assert.deepEqual(
      [found.account.login, found.chats.map(({ id }) => id), found.bots.map(({ username }) => username)],
      ['ann', [ann.chatId], [bot.username]],
    )
    assert.deepEqual([found.tokens.length, found.sessions], [1, []])
    assert.deepEqual(
      found.messages.map(({ id, text, attempts }) => [id, text, attempts.map(({ outcome }) => outcome)]),
      [
        [first, 'first "quoted"\n\u2028 и по-русски', ['delivered']],
        [second, 'second', []],
      ],
    )
    const one = await api.call('GET', `/v1/messages/${first}`, { as: ann.as })
    assert.deepEqual(found.messages[0], one.json)
    for (const secret of ['sealed-word', 'passwordHash', ann.as.replace('Bearer ', ''), 'not hers']) {
      assert.ok(!JSON.stringify(found).includes(secret), secret)
    }
  })

  test('has each message of a long history once, in order', async (t) => {
    const api = await startMessages(t)
    const { id: userId, as } = await api.person('ann')
    const texts = Array.from({ length: 1234 }, (_, at) => String(at))
    const given = { userId, silent: false, queueLimit: 0, nowMs: api.clock.now() }
    await Promise.all(texts.map((text) => api.store.outbox.enqueue({ ...given, text, id: newId('msg', api) })))
    const { messages } = (await api.call('GET', '/v1/me/export', { as })).json as unknown as Exported
    assert.deepEqual(
      messages.map(({ text }) => text),
      texts,
    )
  })

  test('is for nobody who may not manage the account', async (t) => {
    const api = await startMessages(t)
    const { id } = await api.person('ann')
    const reader = await api.tokenFor(id, ['read', 'send'])
    assert.equal((await api.call('GET', '/v1/me/export')).status, 401)
    assert.equal((await api.call('GET', '/v1/me/export', { as: reader.as })).code, 'scope_missing')
  })
})
