import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { SCOPES, type Scope } from '../../src/domain/account.ts'
import { authenticateRequest } from '../../src/http/authenticate.ts'
import { startAccounts } from '../support/accounts.ts'
import { checkedCalls } from '../support/checked-calls.ts'
import { serverWith } from '../support/http-server.ts'
import { startLinking, telegramChat } from '../support/linking.ts'

const GROUP = telegramChat(-700, 'group', 'Team')

/** The routes of chats behind the real server, each answer held against the OpenAPI document. */
async function startChats(t: TestContext) {
  const house = await startLinking(t)
  const { prove, tokens } = await startAccounts(t, { store: house.store })
  const server = await serverWith(t, {
    authenticate: authenticateRequest({ prove, publicUrl: null }),
    createLinkCode: house.createLinkCode,
    chats: {
      claim: house.claimChat,
      change: house.changeChat,
      list: house.listChats,
      setDefault: house.setDefaultChat,
      unlink: house.unlinkChat,
    },
  })
  const calls = await checkedCalls(server)
  const call = (as: string, method: Parameters<typeof calls.call>[0], url: string, body?: unknown) =>
    calls.call(method, url, { as: `Bearer ${as}`, body: JSON.stringify(body) })

  async function caller(login: string, scopes: readonly Scope[] = SCOPES) {
    const user = await house.person(login)
    const token = { name: 'test', scopes, expiresAtMs: null }
    const { secret } = await tokens.create({ user, via: 'session', scopes: SCOPES }, token)
    return { user, as: secret }
  }
  return { house, call, caller }
}

describe('POST /v1/link-codes', () => {
  test('gives a code and a deep link, with or without a body', async (t) => {
    const { house, call, caller } = await startChats(t)
    const { user, as } = await caller('ann')
    for (const body of [undefined, {}, { botId: house.bot.id }]) {
      const { status, json, headers } = await call(as, 'POST', '/v1/link-codes', body)
      assert.equal(status, 201)
      assert.equal(headers['cache-control'], 'no-store')
      const code = String(json['code'])
      assert.deepEqual(json, {
        code,
        deepLink: `https://t.me/PostriderBot?start=${code}`,
        botUsername: 'PostriderBot',
        expiresAt: '2026-01-01T00:15:00.000Z',
      })
      const linked = await house.linkChat({ botId: house.bot.id, chat: GROUP, code })
      assert.match(linked.result, /linked/)
    }
    assert.equal((await house.listChats(user.id)).length, 1)
  })

  test('does not know other bots', async (t) => {
    const { call, caller } = await startChats(t)
    const { as } = await caller('ann')
    const { status, json } = await call(as, 'POST', '/v1/link-codes', { botId: 'bot_none' })
    assert.deepEqual([status, json['code']], [404, 'not_found'])
  })
})

describe('POST /v1/chats', () => {
  test('links the chat to which the bot gave the code', async (t) => {
    const { house, call, caller } = await startChats(t)
    const { as } = await caller('ann')
    const { code } = await house.offerChatCode({ botId: house.bot.id, chat: GROUP })
    const { status, json } = await call(as, 'POST', '/v1/chats', { code: code.toUpperCase().replaceAll('-', '') })
    assert.equal(status, 201)
    assert.match(String(json['id']), /^cht_[0-9a-z]{26}$/)
    assert.deepEqual(json, {
      id: json['id'],
      botId: house.bot.id,
      type: 'group',
      title: 'Team',
      username: null,
      name: null,
      status: 'active',
      isDefault: true,
      linkedAt: '2026-01-01T00:00:00.000Z',
    })
    assert.deepEqual((await call(as, 'GET', '/v1/chats')).json, { items: [json] })
  })

  test('refuses a code that is wrong or used, and lets a guesser wait', async (t) => {
    const { house, call, caller } = await startChats(t)
    const { as } = await caller('ann')
    const { code } = await house.offerChatCode({ botId: house.bot.id, chat: GROUP })
    await call(as, 'POST', '/v1/chats', { code })
    const claim = (typed: string) => call(as, 'POST', '/v1/chats', { code: typed })
    const refused = await claim(code)
    assert.deepEqual([refused.status, refused.json['code']], [422, 'link_code_invalid'])
    for (let i = 1; i < 10; i++) assert.equal((await claim(`wrong ${i}`)).status, 422)
    const waiting = await claim('wrong')
    assert.deepEqual([waiting.status, waiting.json['code']], [429, 'too_many_requests'])
    assert.equal(waiting.headers['retry-after'], '30')
  })
})

describe('PATCH /v1/chats/{id}', () => {
  test('makes a chat the default one, and says how to end that', async (t) => {
    const { house, call, caller } = await startChats(t)
    const { user, as } = await caller('ann')
    await house.link(user.id, telegramChat(1))
    house.clock.advance(1000)
    await house.link(user.id, GROUP)
    const [first, second] = await house.listChats(user.id)
    const path = `/v1/chats/${second?.id}`
    assert.equal((await call(as, 'PATCH', path, { isDefault: false })).json['isDefault'], false)
    assert.equal((await call(as, 'PATCH', path, {})).json['isDefault'], false)
    assert.equal((await call(as, 'PATCH', path, { isDefault: true })).json['isDefault'], true)
    const refused = await call(as, 'PATCH', path, { isDefault: false })
    assert.deepEqual([refused.status, refused.json['code']], [400, 'request_invalid'])
    assert.match(JSON.stringify(refused.json['errors']), /isDefault.*another chat/)
    const { items } = (await call(as, 'GET', '/v1/chats')).json as { items: { id: string; isDefault: boolean }[] }
    assert.deepEqual(
      items.map(({ id, isDefault }) => [id, isDefault]),
      [
        [first?.id, false],
        [second?.id, true],
      ],
    )
  })
})

describe('the name of a chat', () => {
  test('is what the account gave it, until it takes it away', async (t) => {
    const { house, call, caller } = await startChats(t)
    const { user, as } = await caller('ann')
    await house.link(user.id, GROUP)
    const path = `/v1/chats/${(await house.listChats(user.id))[0]?.id}`
    const patch = async (body: object) => (await call(as, 'PATCH', path, body)).json['name']
    assert.equal(await patch({}), null)
    assert.equal(await patch({ name: 'Тревоги 🚨' }), 'Тревоги 🚨')
    assert.equal(await patch({ isDefault: true }), 'Тревоги 🚨')
    const { items } = (await call(as, 'GET', '/v1/chats')).json as { items: { name: string; title: string }[] }
    assert.deepEqual(
      items.map(({ name, title }) => [name, title]),
      [['Тревоги 🚨', 'Team']],
    )
    assert.equal(await patch({ name: null }), null)
  })

  test('is one line with something to see in it, or nothing changes', async (t) => {
    const { house, call, caller } = await startChats(t)
    const { user, as } = await caller('ann')
    await house.link(user.id, GROUP)
    const path = `/v1/chats/${(await house.listChats(user.id))[0]?.id}`
    await call(as, 'PATCH', path, { name: 'Alarms' })
    for (const name of ['', ' ', 'a\nb', '\u200b', 'x'.repeat(65), 5, ['a']]) {
      assert.equal((await call(as, 'PATCH', path, { name, isDefault: true })).json['code'], 'request_invalid')
    }
    // The only chat is the default one, and stays it.
    assert.equal((await call(as, 'PATCH', path, { name: 'Other', isDefault: false })).status, 400)
    assert.equal((await house.listChats(user.id))[0]?.name, 'Alarms')
  })
})

describe('DELETE /v1/chats/{id}', () => {
  test('unlinks, once', async (t) => {
    const { house, call, caller } = await startChats(t)
    const { user, as } = await caller('ann')
    await house.link(user.id, GROUP)
    const path = `/v1/chats/${(await house.listChats(user.id))[0]?.id}`
    assert.equal((await call(as, 'DELETE', path)).status, 204)
    assert.equal((await call(as, 'DELETE', path)).status, 404)
    assert.deepEqual((await call(as, 'GET', '/v1/chats')).json, { items: [] })
  })
})

test('what belongs to another account is not there', async (t) => {
  const { house, call, caller } = await startChats(t)
  const [ann, bob] = [await caller('ann'), await caller('bob')]
  await house.link(ann.user.id, GROUP)
  const path = `/v1/chats/${(await house.listChats(ann.user.id))[0]?.id}`
  for (const [method, body] of [
    ['PATCH', { isDefault: true }],
    ['PATCH', { name: 'mine' }],
    ['PATCH', { isDefault: false }],
    ['DELETE', undefined],
  ] as const) {
    const { status, json } = await call(bob.as, method, path, body)
    assert.deepEqual([status, json['code']], [404, 'not_found'])
  }
  assert.deepEqual((await call(bob.as, 'GET', '/v1/chats')).json, { items: [] })
  assert.equal((await house.listChats(ann.user.id))[0]?.isDefault, true)
})

test('each route needs its scope', async (t) => {
  const { call, caller } = await startChats(t)
  const reader = await caller('reader', ['read'])
  const manager = await caller('manager', ['manage', 'send'])
  assert.equal((await call(reader.as, 'GET', '/v1/chats')).status, 200)
  assert.equal((await call(manager.as, 'GET', '/v1/chats')).status, 403)
  for (const [method, url, body] of [
    ['POST', '/v1/link-codes', {}],
    ['POST', '/v1/chats', { code: 'x' }],
    ['PATCH', '/v1/chats/cht_1', {}],
    ['DELETE', '/v1/chats/cht_1', undefined],
  ] as const) {
    const { status, json } = await call(reader.as, method, url, body)
    assert.deepEqual([status, json['code']], [403, 'scope_missing'])
    assert.equal((await call('pr_wrong', method, url, body)).status, 401)
  }
})

test('whatever is sent is refused or done, and never breaks', async (t) => {
  const { call, caller } = await startChats(t)
  const { as } = await caller('ann')
  const anyBody = fc.oneof(
    fc.record({ code: fc.oneof(fc.string({ unit: 'grapheme' }), fc.jsonValue()) }),
    fc.record({ botId: fc.oneof(fc.string({ unit: 'grapheme' }), fc.jsonValue()) }),
    fc.record({ isDefault: fc.jsonValue() }),
    fc.jsonValue(),
  )
  const anyRoute = fc.constantFrom(
    ['POST', '/v1/link-codes'] as const,
    ['POST', '/v1/chats'] as const,
    ['PATCH', '/v1/chats/cht_1'] as const,
    ['DELETE', '/v1/chats/%00'] as const,
  )
  await fc.assert(
    fc.asyncProperty(anyRoute, anyBody, async ([method, url], body) => {
      const { status } = await call(as, method, url, body)
      assert.ok(status < 500, `${status}`)
    }),
  )
  assert.deepEqual((await call(as, 'GET', '/v1/chats')).json, { items: [] })
})
