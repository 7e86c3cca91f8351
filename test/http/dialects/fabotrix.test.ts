import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Ask, type DialectHouse, dialectHouse } from '../../support/dialect-house.ts'

const PASSWORD = 'correct horse'
const ROOT = '/api/v1'

/** Somebody who registered and logged in as that system's clients do, who may have a chat. */
async function person(house: DialectHouse, email: string, username = 'Ann') {
  const query = new URLSearchParams({ email, username, password: PASSWORD })
  const registered = await house.ask({ method: 'POST', url: `${ROOT}/users/open?${query.toString()}` })
  assert.equal(registered.status, 200, registered.text)
  const body = { username: email, password: PASSWORD, grant_type: 'password', scope: '', client_id: '' }
  const { json } = await house.ask({ method: 'POST', url: `${ROOT}/login/access_token`, body, form: 'urlencoded' })
  const headers = { authorization: `Bearer ${json.access_token}` }
  const ask = (method: Ask['method'], path: string, sent?: object) =>
    house.ask({ method, url: `${ROOT}${path}`, headers, ...(sent && { body: sent }) })
  return { user: registered.json, token: String(json.access_token), ask }
}

async function linkedPerson(house: DialectHouse) {
  const ann = await person(house, 'ann@example.org')
  const { telegramChatId } = await house.showToBot(ann.token)
  return { ...ann, telegramChatId }
}

describe('fabotrix', () => {
  test('registers by the query, and answers with the account, which is English', async (t) => {
    const house = await dialectHouse(t)
    const { user, ask } = await person(house, 'ann@example.org', 'FedXL')
    const expected = {
      username: 'FedXL',
      email: 'ann@example.org',
      is_active: true,
      is_superuser: false,
      id: 1,
      telegram_id: null,
      messages: [],
    }
    assert.deepEqual(user, expected)
    assert.deepEqual((await ask('GET', '/users/me')).json, expected)
    assert.equal((await house.store.findUserByLogin('ann@example.org'))?.user.locale, 'en')
  })

  test('says what is missing where that system said it', async (t) => {
    const house = await dialectHouse(t)
    const missing = (place: string, name: string) => ({
      loc: [place, name],
      msg: 'field required',
      type: 'value_error.missing',
    })
    const open = await house.ask({ method: 'POST', url: `${ROOT}/users/open?email=ann` })
    assert.deepEqual(
      [open.status, open.json],
      [422, { detail: [missing('query', 'username'), missing('query', 'password')] }],
    )
    const login = await house.ask({ method: 'POST', url: `${ROOT}/login/access_token` })
    assert.deepEqual(
      [login.status, login.json],
      [422, { detail: [missing('body', 'username'), missing('body', 'password')] }],
    )
  })

  test('refuses a second account with the e-mail address, and takes one with the same name', async (t) => {
    const house = await dialectHouse(t)
    await person(house, 'ann@example.org')
    const body = { email: 'Ann@Example.org', username: 'Ann', password: PASSWORD }
    const taken = await house.ask({ method: 'POST', url: `${ROOT}/users/open`, body })
    assert.deepEqual([taken.status, taken.json], [400, { detail: 'User with this email already exists' }])
    await person(house, 'other@example.org', 'Ann')
    const closed = await dialectHouse(t, { REGISTRATION: 'closed' })
    const refused = await closed.ask({ method: 'POST', url: `${ROOT}/users/open`, body })
    assert.deepEqual(
      [refused.status, refused.json],
      [403, { detail: 'Open user registration is forbidden on this server' }],
    )
  })

  test('says of a wrong password and of a login that is not there the same', async (t) => {
    const house = await dialectHouse(t)
    await person(house, 'ann@example.org')
    for (const username of ['ann@example.org', 'nobody@example.org']) {
      const body = { username, password: 'wrong password' }
      const told = await house.ask({ method: 'POST', url: `${ROOT}/login/access_token`, body })
      assert.deepEqual([told.status, told.json], [400, { detail: 'Invalid username or password' }])
    }
  })

  test('sends by the query or by the body, and the query counts where both are', async (t) => {
    const house = await dialectHouse(t)
    const { ask, telegramChatId } = await linkedPerson(house)
    const text = 'a & b = ü 😀\n<b>'
    const sent = await ask('POST', `/messages/?message=${encodeURIComponent(text)}`, { message: 'not this' })
    const { creation_date: date, ...rest } = sent.json
    assert.deepEqual([sent.status, rest], [201, { body: text, id: rest.id, author_id: 1 }])
    assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/)
    assert.deepEqual((await ask('GET', `/messages/${rest.id}`)).json, sent.json)
    const { json: me } = await ask('GET', '/users/me')
    assert.deepEqual([me.telegram_id, me.messages], [telegramChatId, [sent.json]])
  })

  test('pages by skip and limit, and refuses what is none', async (t) => {
    const house = await dialectHouse(t)
    const { ask } = await linkedPerson(house)
    for (const message of ['1', '2', '3']) await ask('POST', '/messages/', { message })
    const list = async (query: string) =>
      (await ask('GET', `/messages/${query}`)).json.map(({ body }: { body: string }) => body)
    assert.deepEqual(await list(''), ['1', '2', '3'])
    assert.deepEqual(await list('?skip=1&limit=1'), ['2'])
    assert.deepEqual(await list('?limit=0'), [])
    assert.deepEqual(await list('?skip=9'), [])
    assert.deepEqual(await list('?limit=1000000'), ['1', '2', '3'])
    for (const query of ['?skip=-1', '?limit=x', '?limit=', '?skip=1.5', '?limit=1e99']) {
      assert.equal((await ask('GET', `/messages/${query}`)).status, 422, query)
    }
  })

  test('takes back what waits, once, and neither what left nor what is another’s', async (t) => {
    const house = await dialectHouse(t)
    const [ann, bob] = [await linkedPerson(house), await person(house, 'bob@example.org')]
    const { json: message } = await ann.ask('POST', '/messages/', { message: 'not so fast' })
    const path = `/messages/${message.id}`
    assert.deepEqual((await bob.ask('DELETE', path)).json, { detail: 'Message not found' })
    const removed = await ann.ask('DELETE', path)
    assert.deepEqual([removed.status, removed.text], [204, ''])
    assert.equal((await ann.ask('DELETE', path)).status, 409)
    assert.equal((await ann.ask('PUT', path, { body: 'other' })).status, 405)
    assert.deepEqual((await ann.ask('GET', '/messages/999999')).json, { detail: 'Message not found' })
    const wrong = await ann.ask('GET', '/messages/x')
    assert.deepEqual(wrong.json.detail[0], {
      loc: ['path', 'id'],
      msg: 'value is not a valid integer',
      type: 'type_error.integer',
    })
  })

  test('changes what is sent and nothing else, and a password only for whoever knows the present one', async (t) => {
    const house = await dialectHouse(t)
    const { ask } = await person(house, 'ann@example.org')
    assert.equal((await ask('PUT', '/users/me', { full_name: 'Ann Lee' })).json.username, 'Ann Lee')
    const moved = await ask('PUT', '/users/me', { email: 'lee@example.org', password: PASSWORD })
    assert.deepEqual([moved.status, moved.json.email, moved.json.username], [200, 'lee@example.org', 'Ann Lee'])
    const next = 'another horse'
    assert.equal((await ask('PUT', '/users/me', { password: next })).status, 400)
    assert.equal((await ask('PUT', '/users/me', { password: next, current_password: 'not this' })).status, 400)
    assert.equal((await ask('PUT', '/users/me', { password: 'short', current_password: PASSWORD })).status, 422)
    assert.equal((await ask('PUT', '/users/me', { password: next, current_password: PASSWORD })).status, 200)
    const body = { username: 'lee@example.org', password: next }
    assert.equal((await house.ask({ method: 'POST', url: `${ROOT}/login/access_token`, body })).status, 200)
  })

  test('links one chat by an access token, and none by one that was logged out', async (t) => {
    const house = await dialectHouse(t)
    const [ann, bob] = [await linkedPerson(house), await person(house, 'bob@example.org')]
    assert.equal((await house.showToBot(ann.token)).outcome.result, 'code_invalid')
    const headers = { authorization: `Bearer ${bob.token}` }
    assert.equal((await house.ask({ method: 'DELETE', url: '/v1/sessions/current', headers })).status, 204)
    assert.equal((await house.showToBot(bob.token)).outcome.result, 'code_invalid')
  })

  test('sends to the chat that showed an access token last, also one that was linked before or moved', async (t) => {
    const house = await dialectHouse(t)
    const ann = await linkedPerson(house)
    const headers = { authorization: `Bearer ${ann.token}` }
    const target = async () => (await ann.ask('GET', '/users/me')).json.telegram_id
    const again = async () => {
      const body = { username: 'ann@example.org', password: PASSWORD }
      return (await house.ask({ method: 'POST', url: `${ROOT}/login/access_token`, body })).json.access_token
    }
    assert.equal(await target(), ann.telegramChatId)
    const second = await house.showToBot(await again())
    assert.deepEqual([second.outcome.result, await target()], ['linked', second.telegramChatId])
    await ann.ask('POST', '/messages/', { message: 'here' })
    const peer = await house.store.findPeer('bot_shared', second.telegramChatId)
    assert.equal(house.wakes.at(-1)?.peerId, peer?.id)
    const first = await house.showToBot(await again(), ann.telegramChatId)
    assert.deepEqual([first.outcome.result, await target()], ['already_linked', ann.telegramChatId])
    const bob = await person(house, 'bob@example.org')
    const bobs = await house.showToBot(bob.token)
    const { outcome } = await house.showToBot(await again(), bobs.telegramChatId)
    assert.ok(outcome.result === 'asks')
    assert.equal(await house.answerMove(bobs.telegramChatId, outcome.secret), 'moved')
    assert.equal(await target(), bobs.telegramChatId)
    // A code of the account says nothing about where messages go by default.
    const { code } = (await house.ask({ method: 'POST', url: '/v1/link-codes', headers })).json
    assert.equal((await house.showToBot(code)).outcome.result, 'linked')
    assert.equal(await target(), bobs.telegramChatId)
  })

  test('says why it takes nothing back, and does not take a number for a text that it cannot keep', async (t) => {
    const house = await dialectHouse(t)
    const { ask, token } = await linkedPerson(house)
    const { json } = await ask('POST', '/messages/', { message: 42 })
    assert.equal(json.body, '42')
    await ask('DELETE', `/messages/${json.id}`)
    const { status, json: told } = await ask('DELETE', `/messages/${json.id}`)
    assert.equal(status, 409)
    assert.match(told.detail, /^The message no longer waits/)
    assert.doesNotMatch(told.detail, /status/)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    for (const number of ['12345678901234567890', '1e999', '-9007199254740993']) {
      const body = `{"message":${number}}`
      assert.equal((await house.ask({ method: 'POST', url: `${ROOT}/messages/`, headers, body })).status, 422, number)
    }
  })

  test('says that it reads forms beside JSON to whoever sends something else', async (t) => {
    const house = await dialectHouse(t)
    const { token } = await linkedPerson(house)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' }
    const { status, json } = await house.ask({ method: 'POST', url: `${ROOT}/messages/`, headers, body: 'x' })
    assert.deepEqual([status, json], [415, { detail: 'Send JSON or a form.' }])
  })

  test('is documented with bodies that may be left out where the query may say it', async (t) => {
    const { document } = await dialectHouse(t)
    for (const path of ['/messages/', '/users/open']) {
      const body = document.paths[`${ROOT}${path}`]?.['post']?.requestBody
      assert.equal(body?.required, false)
      for (const media of Object.values(body?.content ?? {})) assert.doesNotMatch(JSON.stringify(media), /"null"/)
    }
  })

  test('no password and no token of a request reaches the log', async (t) => {
    const house = await dialectHouse(t)
    const { ask, token } = await linkedPerson(house)
    await ask('POST', '/messages/?message=a%20secret%20of%20mine')
    await house.ask({ method: 'POST', url: `${ROOT}/users/open?email=x&username=&password=hidden+word` })
    const lines = JSON.stringify(house.log.lines)
    for (const secret of [PASSWORD, 'correct+horse', token, 'secret', 'hidden'])
      assert.ok(!lines.includes(secret), secret)
  })
})
