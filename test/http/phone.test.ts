import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { Stranger } from '../support/loop.ts'
import { EventReader } from '../support/event-reader.ts'
import { owner, startBotsApp } from '../support/bots.ts'
import { ask, type PhoneAnswer, phoneOwner, startPhoneHouse } from '../support/phone-house.ts'
import { temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

const BOT = 'postrider_bot'

/** Status, and the word for what went wrong, of our own refusals as of the control API's. */
function line({ status, body }: PhoneAnswer): string {
  return `${status} ${body.code ?? body.error?.code ?? ''}`.trim()
}

describe('the phone beside the account', () => {
  test('is of a person with the name and language of the account, the same after a restart and in a world begun anew', async (t) => {
    const dataDir = temporaryFolder(t)
    const before = await startPhoneHouse(t, dataDir)
    const ann = await phoneOwner(before, 'ann', { locale: 'ru' })
    assert.equal(ann.person.firstName, 'ann of the test')
    assert.equal(ann.person.languageCode, 'ru')
    assert.equal(ann.phoneUrl, `/sandbox/phone/${ann.person.id}/?embedded`)
    const { body } = await ask(before.url, 'GET', '/v1/sandbox', { authorization: ann.bearer })
    assert.deepEqual(body, { phoneUrl: ann.phoneUrl, person: ann.person, bot: { username: BOT } })
    await ann.post('start', { bot: BOT })
    await before.stop()

    const after = await startPhoneHouse(t, dataDir)
    const again = await phoneOwner(after, 'ann', { isNew: false })
    assert.deepEqual(again.person, ann.person)
    const messages = (await again.get(`messages?bot=${BOT}`)).body
    assert.equal(messages[0].message.text, '/start')

    await new Stranger(after.url, after.sandboxUrl, 'ann').telegram('reset', {})
    assert.deepEqual((await again.get('state')).body.users, [{ ...ann.person, deleted: false }])
  })

  test('is called as the account is, also after that was changed', async (t) => {
    const house = await startPhoneHouse(t)
    const ann = await phoneOwner(house, 'ann')
    await ask(house.url, 'PATCH', '/v1/me', { authorization: ann.bearer }, { name: 'Anna', locale: 'ru' })
    const { body } = await ask(house.url, 'GET', '/v1/sandbox', { authorization: ann.bearer })
    assert.deepEqual(body.person, { id: ann.person.id, firstName: 'Anna', languageCode: 'ru' })
    const [user] = (await ann.get('state')).body.users
    assert.deepEqual([user.firstName, user.languageCode], ['Anna', 'ru'])
  })

  test('makes bots as BotFather does, each with a name of its own, and tells nobody else their tokens', async (t) => {
    const house = await startPhoneHouse(t)
    const [ann, bob] = [await phoneOwner(house, 'ann'), await phoneOwner(house, 'bob')]
    const made = [await ann.post('create-bot', { name: 'Alerts' }), await ann.post('create-bot', { name: 'Alerts' })]
    assert.equal(new Set(made.map(({ body }) => body.username)).size, 2)
    const { token, username } = made[0]?.body ?? {}
    const added = await ask(house.url, 'POST', '/v1/bots', { authorization: ann.bearer }, { token })
    assert.deepEqual([added.status, added.body.username, added.body.name], [201, username, 'Alerts'])
    assert.equal(JSON.stringify((await bob.get(`bot?bot=${username}`)).body).includes('token'), false)
    assert.equal(line(await ann.post('create-bot', {})), '400 invalid_input')
  })

  test('carries what the person does to the bot, and what the bot says back', async (t) => {
    const house = await startPhoneHouse(t)
    const ann = await phoneOwner(house, 'ann')
    const { body: code } = await ask(house.url, 'POST', '/v1/link-codes', { authorization: ann.bearer }, {})
    assert.equal((await ann.post('start', { user: ann.person.id, bot: BOT, payload: code.code })).status, 200)
    const bearer = { authorization: ann.bearer }
    await until(
      'the chat is linked',
      async () => (await ask(house.url, 'GET', '/v1/chats', bearer)).body.items.length === 1,
    )
    assert.equal((await ask(house.url, 'POST', '/v1/messages', bearer, { text: 'hello' })).status, 202)
    const heard = async () => (await ann.get(`messages?bot=${BOT}`)).body as { message: { text: string } }[]
    await until('it arrives', async () => (await heard()).some(({ message }) => message.text.includes('hello')))
    const calls = (await ann.get('requests')).body as { method: string; chatId: string }[]
    assert.ok(calls.some(({ method }) => method === 'sendMessage'))
    assert.deepEqual([...new Set(calls.map(({ chatId }) => chatId))], [String(ann.person.id)])
    const [bot] = (await ann.get('state')).body.bots
    assert.equal(bot.username, BOT)
    assert.equal(JSON.stringify(bot).includes('token'), false)
  })

  test('hears of changes at once, and nothing of those of others', async (t) => {
    const house = await startPhoneHouse(t)
    const [ann, bob] = [await phoneOwner(house, 'ann'), await phoneOwner(house, 'bob')]
    const reader = await EventReader.open(`${house.url}${ann.at}events`, { cookie: ann.cookie })
    t.after(() => reader.close())
    assert.equal(reader.response.headers['content-type'], 'text/event-stream; charset=utf-8')
    assert.deepEqual((await reader.next())?.data, { kind: 'reset' })
    const untilFault = async (): Promise<string[]> => {
      await ann.post('clear-faults', {})
      const kinds: string[] = []
      while (kinds.at(-1) !== 'fault') {
        for (const { data } of await reader.take(1)) kinds.push((data as { kind: string }).kind)
      }
      return kinds
    }
    await bob.post('start', { bot: BOT })
    await until('the bot has answered', async () => (await bob.get(`messages?bot=${BOT}`)).body.length > 1)
    assert.ok(!(await untilFault()).includes('message'), 'of his she hears nothing')
    await ann.post('start', { bot: BOT })
    assert.ok((await untilFault()).includes('message'), 'of her own she does')
  })

  test('ends its stream when the session ends', async (t) => {
    const house = await startPhoneHouse(t)
    const ann = await phoneOwner(house, 'ann')
    const reader = await EventReader.open(`${house.url}${ann.at}events`, { cookie: ann.cookie })
    t.after(() => reader.close())
    await reader.next()
    const ended = await fetch(`${house.url}/v1/sessions/current`, {
      method: 'DELETE',
      headers: { authorization: ann.bearer },
    })
    assert.equal(ended.status, 204)
    const over = once(reader.response, 'close')
    await new Stranger(house.url, house.sandboxUrl, 'ann').telegram('clear-faults', {})
    // Of what the program's bot did at its start it may have heard before.
    for (let event = await reader.next(); event !== undefined; event = await reader.next())
      assert.notDeepEqual(event.data, { kind: 'fault' })
    await over
    assert.equal(line(await ann.get('state')), '401 credentials_invalid')
  })

  test('switches faults on and off, but none that stays for good, and not more than there is room for', async (t) => {
    const house = await startPhoneHouse(t)
    const [ann, bob] = [await phoneOwner(house, 'ann'), await phoneOwner(house, 'bob')]
    const added = await ann.post('add-fault', { action: { kind: 'html', status: 502 } })
    assert.deepEqual((await bob.get('faults')).body[0].id, added.body.id, 'they are of the whole sandbox')
    assert.equal((await bob.post('remove-fault', { id: added.body.id })).status, 200)
    assert.deepEqual((await ann.get('faults')).body, [])
    for (const action of [
      { kind: 'clock_skip', ms: 1000 },
      { kind: 'update_id_jump', by: 5 },
    ]) {
      assert.equal(line(await ann.post('add-fault', { action })), '409 not_possible')
    }
    for (let made = 0; made < 50; made++) await ann.post('add-fault', { action: { kind: 'drop_before' }, nth: 1e9 })
    assert.equal(line(await ann.post('add-fault', { action: { kind: 'drop_before' } })), '409 not_possible')
    await ann.post('clear-faults', {})
    assert.deepEqual((await ann.get('faults')).body, [])
  })
})

describe('the phone is nobody else’s', () => {
  test('another’s phone is not there, whatever is asked of it', async (t) => {
    const house = await startPhoneHouse(t)
    const [ann, bob] = [await phoneOwner(house, 'ann'), await phoneOwner(house, 'bob')]
    assert.notEqual(ann.person.id, bob.person.id)
    for (const call of ['', 'phone/app.js', 'state', 'messages', 'events', 'faults']) {
      assert.equal(line(await ann.get(call, { cookie: bob.cookie })), '404 not_found', call)
    }
    for (const call of ['start', 'send', 'add-fault']) {
      assert.equal(line(await ann.post(call, { bot: BOT }, { authorization: bob.bearer })), '404 not_found', call)
    }
    const spelled = ann.at.replace(String(ann.person.id), `0${ann.person.id}`)
    assert.equal(line(await ask(house.url, 'GET', `${spelled}state`, { cookie: ann.cookie })), '404 not_found')
  })

  test('in one’s own phone there is nothing of another’s', async (t) => {
    const house = await startPhoneHouse(t)
    const [ann, bob] = [await phoneOwner(house, 'ann'), await phoneOwner(house, 'bob')]
    const stranger = new Stranger(house.url, house.sandboxUrl, 'ann')
    const other = await stranger.telegram<{ token: string }>('create-bot', { username: 'other_bot' })
    await ann.post('start', { bot: 'other_bot' })
    const { key } = (await ann.get('messages')).body[0]
    const sent = await fetch(`${house.sandboxUrl}/bot${other.token}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        chat_id: ann.person.id,
        text: 'choose',
        reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }]] },
      }),
    })
    assert.equal(sent.status, 200)
    const asked = (await ann.get('messages')).body.at(-1)
    const tapped = await ann.post('tap', { message: asked.key, button: 'yes' })
    assert.equal(tapped.status, 200)
    const group = await ann.post('create-chat', { type: 'group', title: 'Ann alone', members: [ann.person.id] })
    await bob.post('start', { bot: BOT })

    const her = ann.person.id
    const refused: [Promise<PhoneAnswer>, string][] = [
      [bob.get(`messages?user=${her}`), '404 unknown_user'],
      [bob.get(`messages?chat=${group.body.id}`), '404 unknown_chat'],
      [bob.get(`callback?id=${tapped.body.id}`), '404 unknown_callback'],
      [bob.get(`requests?user=${her}`), '404 unknown_user'],
      [bob.get(`user?user=${her}`), '404 unknown_call'],
      [bob.get('pending-updates?bot=other_bot'), '404 unknown_call'],
      [bob.post('start', { user: her, bot: BOT }), '404 unknown_user'],
      [bob.post('send', { user: her, bot: BOT, text: 'as Ann' }), '404 unknown_user'],
      [bob.post('send', { user: bob.person.id, chat: group.body.id, text: 'hello' }), '404 unknown_chat'],
      [bob.post('send', { user: bob.person.id, bot: BOT, text: 'what?', replyTo: key }), '404 unknown_message'],
      [bob.post('send', { user: bob.person.id, bot: BOT, text: 'x', forwardedFrom: her }), '404 unknown_user'],
      [bob.post('edit', { message: key, text: 'changed' }), '404 unknown_message'],
      [bob.post('tap', { message: asked.key, button: 'yes' }), '404 unknown_message'],
      [bob.post('add-member', { chat: group.body.id, member: BOT }), '404 unknown_chat'],
      [bob.post('add-member', { chat: group.body.id, member: BOT, by: her }), '404 unknown_user'],
      [bob.post('block', { user: her, bot: 'other_bot' }), '404 unknown_user'],
      [bob.post('create-user', { firstName: 'Eve' }), '404 unknown_call'],
      [bob.post('reset', {}), '404 unknown_call'],
      [bob.post('revoke-token', { bot: BOT }), '404 unknown_call'],
    ]
    for (const [answer, expected] of refused) assert.equal(line(await answer), expected)

    const seen = JSON.stringify([
      (await bob.get('state')).body,
      (await bob.get('messages')).body,
      (await bob.get('requests')).body,
      (await bob.get('bot?bot=other_bot')).body,
    ])
    for (const secret of [String(her), 'ann of the test', 'Ann alone', other.token, 'choose']) {
      assert.ok(!seen.includes(secret), `Bob sees ${secret}`)
    }
    assert.ok(seen.includes('other_bot'), 'a bot is found by its username, as in the app')
  })

  test('signed out nothing is answered, and a token needs the scope manage', async (t) => {
    const house = await startPhoneHouse(t)
    const ann = await phoneOwner(house, 'ann')
    assert.equal(line(await ask(house.url, 'GET', '/v1/sandbox')), '401 credentials_invalid')
    for (const call of ['', 'phone/app.js', 'state', 'events']) {
      assert.equal(line(await ann.get(call, {})), '401 credentials_invalid', call)
    }
    assert.equal(line(await ann.post('start', { bot: BOT }, {})), '401 credentials_invalid')
    const framed = await ann.get('', { 'sec-fetch-dest': 'iframe' })
    assert.doesNotMatch(framed.headers.get('www-authenticate') ?? '', /Basic/, 'a browser would ask for a password')
    const tokens = await Promise.all(
      [['send', 'read'], ['manage']].map(async (scopes) => {
        const as = { authorization: ann.bearer }
        const { body } = await ask(house.url, 'POST', '/v1/tokens', as, { name: 'x', scopes })
        return { authorization: `Bearer ${body.token}` }
      }),
    )
    assert.equal(line(await ann.get('state', tokens[0])), '403 scope_missing')
    assert.equal(line(await ask(house.url, 'GET', '/v1/sandbox', tokens[0])), '403 scope_missing')
    assert.equal(line(await ann.get('state', tokens[1])), '200')
  })

  test('a page of another site writes nothing with the cookie', async (t) => {
    const house = await startPhoneHouse(t)
    const ann = await phoneOwner(house, 'ann')
    const { cookie } = ann
    for (const foreign of [
      { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { cookie, 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' },
      { cookie, origin: 'https://evil.example' },
      { cookie, origin: 'null' },
    ]) {
      assert.equal(line(await ann.post('start', { bot: BOT }, foreign)), '403 cross_site_refused')
    }
    assert.deepEqual((await ann.get('messages')).body, [])
    const own = { cookie, 'sec-fetch-site': 'same-origin', origin: house.url }
    assert.equal(line(await ann.post('start', { bot: BOT }, own)), '200')
  })

  test('with a real token there is no phone, for nobody', async (t) => {
    const sandbox = await testSandbox(t)
    const app = await startBotsApp(t, sandbox)
    const ann = await owner(app, sandbox, 'ann')
    for (const path of [
      '/v1/sandbox',
      '/sandbox/phone/1/',
      '/sandbox/phone/1/phone/app.js',
      '/sandbox/phone/1/state',
    ]) {
      assert.equal(line(await ann.ask('GET', path)), '404 not_found', path)
      assert.equal(line(await ask(app.url, 'GET', path)), '404 not_found', `${path}, signed out`)
    }
    assert.equal(line(await ann.ask('POST', '/sandbox/phone/1/start', { bot: BOT })), '404 not_found')
  })
})

test('a page of ours may frame the phone’s document, and no other document may be framed', async (t) => {
  const house = await startPhoneHouse(t)
  const ann = await phoneOwner(house, 'ann')
  const policy = async (path: string): Promise<string> =>
    (await ask(house.url, 'GET', path, { cookie: ann.cookie })).headers.get('content-security-policy') ?? ''
  assert.match(await policy(ann.phoneUrl), /frame-ancestors 'self'$/)
  assert.doesNotMatch(await policy(ann.phoneUrl), /unsafe/)
  for (const path of ['/', '/docs', '/redoc', '/v1/me', `${ann.at}phone/app.js`, `${ann.at}state`]) {
    assert.match(await policy(path), /frame-ancestors 'none'/, path)
  }
  assert.match(await policy('/'), /frame-src 'self'/)
})
