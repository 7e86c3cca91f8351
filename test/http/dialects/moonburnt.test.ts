import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { basic } from '../../support/accounts.ts'
import { type Ask, type DialectHouse, dialectHouse } from '../../support/dialect-house.ts'
import { temporaryFolder } from '../../support/program.ts'

const PASSWORD = 'correct horse'
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

async function register(house: DialectHouse, username: string, firstName = 'Аня') {
  const body = { username, first_name: firstName, password: PASSWORD }
  const told = await house.ask({ method: 'POST', url: '/auth/register/', body })
  assert.equal(told.status, 302, told.text)
  return told
}

async function logIn(house: DialectHouse, username: string, fields: Record<string, string> = {}) {
  const body = { username, password: PASSWORD, csrfmiddlewaretoken: 'x', ...fields }
  const told = await house.ask({ method: 'POST', url: '/auth/login/', body, form: 'urlencoded' })
  const set = [told.headers['set-cookie'] ?? []].flat() as string[]
  const cookies = new Map(set.map((cookie) => [cookie.split('=', 1)[0] ?? '', cookie]))
  const sessionid = cookies.get('sessionid')?.split(';', 1)[0] ?? ''
  return { told, cookies, headers: { cookie: sessionid } }
}

async function person(house: DialectHouse, username: string) {
  await register(house, username)
  const headers = { authorization: basic(username, PASSWORD) }
  const ask = (method: Ask['method'], url: string, body?: object) =>
    house.ask({ method, url, headers, ...(body && { body }) })
  return { ask, headers }
}

async function linkedPerson(house: DialectHouse, username: string) {
  const someone = await person(house, username)
  const { json } = await someone.ask('POST', '/token/')
  await house.showToBot(json.token)
  return { ...someone, token: String(json.token) }
}

describe('moonburnt', () => {
  test('tells a program where everything is, and shows a browser our page', async (t) => {
    const house = await dialectHouse(t)
    const headers = { host: 'api.example:8000', accept: '*/*' }
    const { status, json } = await house.ask({ method: 'GET', url: '/', headers })
    const origin = 'http://api.example:8000'
    const map = {
      message: `${origin}/message/`,
      'auth/register': `${origin}/auth/register/`,
      token: `${origin}/token/`,
    }
    assert.deepEqual([status, json], [200, map])
    assert.match((await house.ask({ method: 'GET', url: '/', headers: BROWSER })).text, /<h1>Postrider/)
    const behind = await dialectHouse(t, { PUBLIC_URL: 'https://rider.example' })
    const there = await behind.ask({ method: 'GET', url: '/', headers })
    assert.equal(there.json.token, 'https://rider.example/token/')
    const without = await dialectHouse(t, { DIALECTS: 'yuryyurybot' })
    assert.match((await without.ask({ method: 'GET', url: '/', headers })).text, /<h1>Postrider/)
  })

  test('registers whoever is not logged in, and says where to log in', async (t) => {
    const house = await dialectHouse(t)
    const { headers, text } = await register(house, 'anya')
    assert.deepEqual([headers['location'], text], ['/auth/login/', ''])
    const found = await house.store.findUserByLogin('anya')
    assert.deepEqual([found?.user.name, found?.user.locale], ['Аня', 'ru'])
    await register(house, 'blank', '')
    assert.equal((await house.store.findUserByLogin('blank'))?.user.name, 'blank')

    const body = { username: 'other', first_name: 'x', password: PASSWORD }
    const { headers: cookie } = await logIn(house, 'anya')
    for (const shown of [cookie, { authorization: basic('anya', PASSWORD) }]) {
      const told = await house.ask({ method: 'POST', url: '/auth/register/', body, headers: shown })
      assert.deepEqual([told.status, told.json.detail], [403, 'You do not have permission to perform this action.'])
    }
    const wrong = { authorization: basic('anya', 'wrong password') }
    assert.equal((await house.ask({ method: 'POST', url: '/auth/register/', body, headers: wrong })).status, 403)
    // A browser keeps the cookie of a session that has ended.
    const ended = { cookie: 'sessionid=ended' }
    assert.equal((await house.ask({ method: 'POST', url: '/auth/register/', body, headers: ended })).status, 302)
  })

  test('says which field is wrong', async (t) => {
    const house = await dialectHouse(t)
    await register(house, 'anya')
    const refuse = async (body: object, wanted: object) => {
      const told = await house.ask({ method: 'POST', url: '/auth/register/', body })
      assert.deepEqual([told.status, told.json], [400, wanted])
    }
    const required = ['This field is required.']
    await refuse({}, { username: required, first_name: required, password: required })
    const good = { username: 'boris', first_name: 'Борис', password: PASSWORD }
    await refuse({ ...good, username: 'Anya' }, { username: ['A user with that username already exists.'] })
    await refuse({ ...good, password: 'short' }, { password: ['Ensure this field has at least 8 characters.'] })
    await refuse(
      { ...good, first_name: 'x'.repeat(65) },
      { first_name: ['Ensure this field has no more than 64 characters.'] },
    )
    const unseen = 'This field must have 1 to 64 characters in one line, at least one of them visible.'
    await refuse({ ...good, first_name: '\u200b' }, { first_name: [unseen] })
  })

  test('without a page leads browsers to the documentation, and a script to the cookie it looks for', async (t) => {
    const house = await dialectHouse(t)
    for (const url of ['/auth/register/', '/auth/login/']) {
      const told = await house.ask({ method: 'GET', url, headers: BROWSER })
      assert.deepEqual([told.status, told.headers['location']], [302, '/docs'])
    }
    const register = await house.ask({ method: 'GET', url: '/auth/register/' })
    assert.deepEqual([register.status, register.headers['allow']], [405, 'POST'])
    const form = await house.ask({ method: 'GET', url: '/auth/login/' })
    assert.equal(form.status, 200)
    assert.match(String(form.headers['set-cookie']), /^csrftoken=\w{32};/)
  })

  test('logs in by a form, goes where it was asked to, and nowhere else', async (t) => {
    const house = await dialectHouse(t)
    await register(house, 'anya')
    const { told, cookies, headers } = await logIn(house, 'anya')
    assert.deepEqual([told.status, told.headers['location']], [302, '/'])
    assert.deepEqual([...cookies.keys()].sort(), ['csrftoken', 'postrider_session', 'sessionid'])
    assert.match(cookies.get('sessionid') ?? '', /HttpOnly/)
    assert.deepEqual((await house.ask({ method: 'GET', url: '/token/', headers })).json, [])
    assert.equal((await logIn(house, 'anya', { next: '/token/' })).told.headers['location'], '/token/')
    assert.equal((await logIn(house, 'anya', { next: '//evil.example/' })).told.headers['location'], '/')
    const body = { username: 'anya', password: PASSWORD }
    const asked = await house.ask({ method: 'POST', url: '/auth/login/?next=/message/', body })
    assert.equal(asked.headers['location'], '/message/')
    const wrong = await logIn(house, 'anya', { password: 'wrong password' })
    assert.deepEqual([wrong.told.status, wrong.cookies.size], [401, 0])
    assert.match(wrong.told.json.detail, /^Please enter a correct username and password\./)
  })

  test('logs out by a link and by a form, but not for another site', async (t) => {
    const house = await dialectHouse(t)
    await register(house, 'anya')
    for (const method of ['GET', 'POST'] as const) {
      const { headers } = await logIn(house, 'anya')
      const url = '/auth/logout/'
      const lured = { ...headers, 'sec-fetch-site': 'cross-site' }
      assert.equal((await house.ask({ method, url, headers: lured })).status, 403)
      assert.equal((await house.ask({ method: 'GET', url: '/token/', headers })).status, 200)
      const told = await house.ask({ method, url, headers })
      assert.deepEqual([told.status, told.headers['location']], [302, '/'])
      assert.equal((await house.ask({ method: 'GET', url: '/token/', headers })).status, 403)
      assert.equal((await house.ask({ method, url, headers })).status, 302)
    }
  })

  test('leads browsers to the page of the account that does what they came for', async (t) => {
    const pageFolder = temporaryFolder(t)
    writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><html lang="en"></html>')
    const house = await dialectHouse(t, {}, { pageFolder })
    const { headers } = await person(house, 'anya')
    const ways = {
      '/auth/register/': '/app/sign-up',
      '/auth/login/': '/app/sign-in',
      '/token/': '/app/chats',
      '/message/': '/app/messages',
      '/message/1/': '/app/messages',
    }
    for (const [url, page] of Object.entries(ways)) {
      for (const shown of [BROWSER, { ...BROWSER, ...headers }]) {
        const told = await house.ask({ method: 'GET', url, headers: shown })
        assert.deepEqual([told.status, told.headers['location']], [302, page], url)
        assert.equal((await house.ask({ method: 'GET', url: page })).status, 200, page)
      }
    }
  })

  test('without a page leads browsers to the documentation also where messages and the token are, and scripts to these', async (t) => {
    const house = await dialectHouse(t)
    const { ask, headers } = await linkedPerson(house, 'anya')
    const { json } = await ask('POST', '/message/', { message: 'hello' })
    for (const url of ['/token/', '/token', '/message/', '/message', `/message/${json.id}/`, '/message/999']) {
      for (const shown of [BROWSER, { ...BROWSER, ...headers }]) {
        const told = await house.ask({ method: 'GET', url, headers: shown })
        assert.deepEqual([told.status, told.headers['location']], [302, '/docs'], url)
      }
      const scripts = ['*/*', 'application/json', 'application/json, text/html', 'text/html;q=0.5, application/json']
      for (const accept of scripts) {
        const told = await house.ask({ method: 'GET', url, headers: { ...headers, accept } })
        assert.deepEqual(
          [told.status, typeof told.json],
          [url.endsWith('999') ? 404 : 200, 'object'],
          `${url} ${accept}`,
        )
        assert.equal(told.headers['vary'], 'accept')
      }
    }
    const sent = { message: 'from a form of a page' }
    const posted = await house.ask({
      method: 'POST',
      url: '/message/',
      headers: { ...BROWSER, ...headers },
      body: sent,
    })
    assert.equal(posted.status, 201)
  })

  test('has its addresses of everything in the document, under its name, while it is spoken', async (t) => {
    const { document } = await dialectHouse(t)
    assert.deepEqual(document.paths['/']?.['get']?.tags, ['moonburnt'])
    const without = await dialectHouse(t, { DIALECTS: 'yuryyurybot' })
    assert.equal(without.document.paths['/'], undefined)
  })

  test('does not log out whoever only asks for the head', async (t) => {
    const house = await dialectHouse(t)
    await register(house, 'anya')
    const { headers } = await logIn(house, 'anya')
    const told = await house.server.inject({ method: 'HEAD', url: '/auth/logout/', headers })
    assert.deepEqual([told.statusCode, told.headers['set-cookie']], [302, undefined])
    assert.equal((await house.ask({ method: 'GET', url: '/token/', headers })).status, 200)
  })

  test('refuses numbers that would arrive as others', async (t) => {
    const house = await dialectHouse(t)
    const { headers } = await linkedPerson(house, 'anya')
    const send = (number: string) => {
      const json = { ...headers, 'content-type': 'application/json' }
      return house.ask({ method: 'POST', url: '/message/', headers: json, body: `{"message":${number}}` })
    }
    for (const number of ['12345678901234567890', '9007199254740993', '-9007199254740993', '1e999', '1e300']) {
      const told = await send(number)
      assert.deepEqual([told.status, told.json], [400, { message: ['Not a valid string.'] }], number)
    }
    assert.equal((await send('9007199254740991')).json.message, '9007199254740991')
    assert.equal((await send('1.5')).json.message, '1.5')
  })

  test('gives one token, shows it again, and says so when a second is asked for', async (t) => {
    const house = await dialectHouse(t)
    const { ask, headers } = await person(house, 'anya')
    assert.deepEqual((await ask('GET', '/token/')).json, [])
    const made = await ask('POST', '/token/')
    assert.deepEqual([made.status, Object.keys(made.json)], [201, ['token']])
    assert.match(made.json.token, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.deepEqual((await ask('GET', '/token/')).json, [made.json])
    const again = await ask('POST', '/token/')
    assert.deepEqual([again.status, again.json], [400, { non_field_errors: ['User already has token'] }])
    await house.showToBot(made.json.token)
    assert.deepEqual((await ask('GET', '/token/')).json, [made.json])
    const foreign = { ...headers, cookie: 'sessionid=x', 'sec-fetch-site': 'cross-site' }
    assert.equal((await house.ask({ method: 'POST', url: '/token/', headers: foreign })).status, 400)
    assert.ok(!house.everything().includes(made.json.token))
  })

  test('sends trimmed texts, and shows them to their owner alone', async (t) => {
    const house = await dialectHouse(t)
    const [anya, boris] = [await linkedPerson(house, 'anya'), await person(house, 'boris')]
    const sent = await anya.ask('POST', '/message/', { message: '  Привет <b>мир</b>\n ' })
    assert.deepEqual([sent.status, sent.json.message], [201, 'Привет <b>мир</b>'])
    assert.match(sent.json.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    assert.equal((await anya.ask('POST', '/message/', { message: 42 })).json.message, '42')
    assert.deepEqual((await anya.ask('GET', '/message/?limit=1&offset=1')).json, [sent.json])
    const path = `/message/${sent.json.id}/`
    assert.deepEqual((await anya.ask('GET', path)).json, sent.json)
    for (const [who, url] of [
      [boris, path],
      [anya, '/message/999999/'],
      [anya, '/message/x/'],
    ] as const) {
      const told = await who.ask('GET', url)
      assert.deepEqual([told.status, told.json], [404, { detail: 'Not found.' }], url)
    }
    const put = await anya.ask('PUT', path, { message: 'other' })
    assert.deepEqual([put.status, put.json], [405, { detail: 'Method "PUT" not allowed.' }])
  })

  test('no token and no password of a request reaches the log', async (t) => {
    const house = await dialectHouse(t)
    const { token } = await linkedPerson(house, 'anya')
    await logIn(house, 'anya', { password: 'wrong password' })
    const lines = JSON.stringify(house.log.lines)
    for (const secret of [token, PASSWORD, 'wrong password']) assert.ok(!lines.includes(secret))
  })
})
