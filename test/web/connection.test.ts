import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { complaintsBut, NARROW, PASSWORD, sharedHouse, startWithPage } from '../support/account-page.ts'
import { Stranger } from '../support/loop.ts'
import { untilDrawn } from '../support/page-checks.ts'
import { temporaryFolder } from '../support/program.ts'
import { type SignedIn, signedIn } from '../support/signed-in.ts'
import { until } from '../support/until.ts'

const house = await sharedHouse()

/** What a program answers that cannot reach its database. */
const TROUBLE = JSON.stringify({ type: 'about:blank', title: 'x', status: 503, code: 'store_unavailable', detail: 'x' })

function rowOf(page: Page, text: string) {
  return page.getByRole('list', { name: 'Messages, newest first' }).getByRole('link').filter({ hasText: text })
}

/** That what is seen may be old. Another one is there for small screens. */
function badgeOf(page: Page) {
  return page.getByRole('banner').getByRole('status').filter({ hasText: 'Not live' })
}

async function post({ stranger }: Pick<SignedIn, 'stranger'>, text: string): Promise<void> {
  const { status } = await stranger.ask('POST', '/v1/messages', { text })
  assert.equal(status, 202)
}

/** The phone beside it, too: what is still being loaded when a session ends is refused in ways that differ. */
async function whole(page: Page): Promise<void> {
  await untilDrawn(page)
  await page.frameLocator('iframe').locator('.chat-row').first().waitFor()
}

async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name, level: 1, exact: true }).waitFor()
}

/** What a browser writes when nobody answers is its own business. */
function withoutSilence(troubles: string[]): string[] {
  return troubles.splice(0).filter((trouble) => !trouble.startsWith('Failed to load resource: net::'))
}

test('without a connection the page says so, and comes back by itself with what happened meanwhile', async (t) => {
  const ann = await signedIn(t, house, 'ann')
  const { page, context, troubles } = ann
  await ann.open('/messages')
  await page.getByText('No messages yet').waitFor()
  await post(ann, 'before')
  await rowOf(page, 'before').filter({ hasText: 'Delivered' }).waitFor()
  await context.setOffline(true)
  const badge = badgeOf(page)
  await badge.waitFor()
  await post(ann, 'meanwhile')
  await context.setOffline(false)
  await rowOf(page, 'meanwhile').filter({ hasText: 'Delivered' }).waitFor()
  await badge.waitFor({ state: 'detached' })
  await post(ann, 'after')
  await rowOf(page, 'after').filter({ hasText: 'Delivered' }).waitFor()
  assert.deepEqual(withoutSilence(troubles), [])
})

test('a message that is sent without a connection is not lost, and not sent twice', async (t) => {
  const bob = await signedIn(t, house, 'bob')
  const { page, context, troubles, stranger } = bob
  await bob.open('/')
  const text = page.getByRole('textbox', { name: 'Text' })
  await text.fill('into the void')
  await context.setOffline(true)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('alert').filter({ hasText: 'Postrider cannot be reached.' }).waitFor()
  assert.equal(await text.inputValue(), 'into the void')
  await context.setOffline(false)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('status').filter({ hasText: 'Telegram has it' }).waitFor()
  assert.equal((await stranger.ask('GET', '/v1/messages')).body.items.length, 1)
  assert.deepEqual(withoutSilence(troubles), [])
})

test('what could not be asked for is asked for again when the connection is back', async (t) => {
  const mia = await signedIn(t, house, 'mia', { linked: false })
  const { page, context, troubles } = mia
  const [tokens, phone] = ['**/v1/tokens', '**/v1/sandbox']
  for (const address of [tokens, phone]) await context.route(address, (route) => route.abort())
  await mia.open('/tokens')
  await page.getByRole('alert').filter({ hasText: 'Postrider cannot be reached.' }).waitFor()
  await context.setOffline(true)
  await badgeOf(page).waitFor()
  for (const address of [tokens, phone]) await context.unroute(address)
  await context.setOffline(false)
  await page.getByText('No token yet').waitFor()
  await page.getByText('Postrider cannot be reached.').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Hide the sandbox phone' }).waitFor()
  assert.deepEqual(withoutSilence(troubles), [])
})

test('what the program could not tell is asked for again by a button', async (t) => {
  const zoe = await signedIn(t, house, 'zoe', { linked: false })
  const { page, troubles } = zoe
  const places: [string, RegExp, string][] = [
    ['/tokens', /\/v1\/tokens$/, 'No token yet'],
    ['/messages', /\/v1\/messages(\?|$)/, 'No messages yet'],
    ['/bots', /\/v1\/bots$/, 'No bot of your own'],
  ]
  for (const [path, asked, found] of places) {
    await page.route(asked, (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: TROUBLE }),
    )
    await zoe.open(path)
    const alert = page.getByRole('alert').filter({ hasText: 'The database cannot be written at the moment.' })
    // Answered before the press, what the page asks by itself would take the button away.
    await alert.getByRole('button', { name: 'Try again' }).click()
    await page.unroute(asked)
    await page.getByText(found).waitFor()
    await alert.waitFor({ state: 'detached' })
  }
  assert.deepEqual(complaintsBut(troubles, 503), [])
})

test('a program that was stopped and started again is followed on', async (t) => {
  const dataDir = temporaryFolder(t)
  const first = await startWithPage(t, { dataDir })
  const ann = await signedIn(t, { ...house, program: first }, 'ann')
  const { page, troubles } = ann
  await ann.open('/messages')
  await post(ann, 'before')
  await rowOf(page, 'before').filter({ hasText: 'Delivered' }).waitFor()
  const env = { PORT: new URL(first.url).port, SANDBOX_PORT: new URL(first.sandboxUrl).port }
  await first.end('SIGTERM')
  await badgeOf(page).waitFor()
  await startWithPage(t, { dataDir, env })
  await post(ann, 'as soon as it was there')
  await rowOf(page, 'as soon as it was there').filter({ hasText: 'Delivered' }).waitFor()
  await badgeOf(page).waitFor({ state: 'detached' })
  await ann.phone.locator('.chat-row').first().waitFor()
  assert.deepEqual(withoutSilence(troubles), [])
})

test('a phone that did not come while the program was away comes when it is back', async (t) => {
  const hal = await signedIn(t, house, 'hal')
  const { page, context, troubles } = hal
  const scripts = '**/sandbox/phone/*/phone/*.js'
  await context.route(scripts, (route) => route.abort())
  await Promise.all([page.waitForEvent('requestfailed'), hal.open('/chats')])
  await heading(page, 'Chats')
  await context.setOffline(true)
  await badgeOf(page).waitFor()
  await context.unroute(scripts)
  await context.setOffline(false)
  await hal.phone.locator('.chat-row').first().waitFor()
  assert.deepEqual(withoutSilence(troubles), [])
})

test('two tabs share one stream, both are live, and one goes on when the other is closed', async (t) => {
  const cat = await signedIn(t, house, 'cat')
  const { page, troubles } = cat
  const streamsOf = (tab: Page): string[] => {
    const streams: string[] = []
    tab.on('request', (request) => request.url().includes('/v1/events') && streams.push(request.url()))
    return streams
  }
  const firstStreams = streamsOf(page)
  await cat.open('/messages')
  await page.getByText('No messages yet').waitFor()
  const second = await cat.tab()
  const secondStreams = streamsOf(second)
  await second.goto(page.url())
  await second.getByText('No messages yet').waitFor()
  await post(cat, 'for both')
  for (const tab of [page, second]) await rowOf(tab, 'for both').filter({ hasText: 'Delivered' }).waitFor()
  assert.deepEqual([firstStreams.length, secondStreams.length], [1, 0])
  await page.close()
  await until('the other tab holds the stream', () => secondStreams.length === 1)
  await post(cat, 'for the one that is left')
  await rowOf(second, 'for the one that is left').filter({ hasText: 'Delivered' }).waitFor()
  assert.deepEqual(troubles, [])
})

test('what happened before the shared stream stood is seen in each tab', async (t) => {
  const ora = await signedIn(t, house, 'ora')
  const { page, context, stranger, troubles } = ora
  const { promise: mayCome, resolve: letCome } = Promise.withResolvers<void>()
  await context.route('**/v1/events*', async (route) => {
    await mayCome
    await route.continue()
  })
  await ora.open('/messages')
  const second = await ora.tab()
  await second.goto(page.url())
  for (const tab of [page, second]) await tab.getByText('No messages yet').waitFor()
  await post(ora, 'too early')
  await until('it is delivered', async () => {
    const { body } = await stranger.ask('GET', '/v1/messages')
    return body.items[0].status === 'delivered'
  })
  letCome()
  for (const tab of [page, second]) await rowOf(tab, 'too early').filter({ hasText: 'Delivered' }).waitFor()
  assert.deepEqual(troubles, [])
})

test('who signs out in one tab is signed out in the other', async (t) => {
  const dan = await signedIn(t, house, 'dan')
  const { page, troubles } = dan
  await dan.open('/tokens')
  await heading(page, 'Tokens')
  const second = await dan.tab()
  await second.goto(page.url())
  await heading(second, 'Tokens')
  for (const tab of [page, second]) await whole(tab)
  await page.getByRole('button', { name: 'Account menu of Dan' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await heading(page, 'Sign in')
  await heading(second, 'Sign in')
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

test('when another account signs in in another tab, nothing of the former one stays', async (t) => {
  const eve = await signedIn(t, house, 'eve')
  await makeAccount('fay')
  const { page, troubles } = eve
  await post(eve, 'of Eve alone')
  await eve.open('/messages')
  await rowOf(page, 'of Eve alone').waitFor()
  await whole(page)
  const second = await eve.tab()
  await second.goto(`${house.program.url}/app/sign-in`)
  await signIn(second, 'fay')
  await heading(second, 'Home')
  await page.getByRole('button', { name: 'Account menu of Fay' }).waitFor()
  await page.getByText('No messages yet').waitFor()
  assert.equal(await page.getByText('of Eve alone').count(), 0)
  assert.deepEqual(complaintsBut(complaintsBut(troubles, 401), 404), [])
})

test('a session that ended says so, and signing in again leads back to where one was', async (t) => {
  const gus = await signedIn(t, house, 'gus')
  const { page, troubles, stranger } = gus
  await post(gus, 'where I was')
  await gus.open('/messages?text=where')
  await rowOf(page, 'where I was').filter({ hasText: 'Delivered' }).waitFor()
  await whole(page)
  assert.equal((await stranger.ask('DELETE', '/v1/sessions')).status, 204)
  // The stream is asked for its rights with everything that it tells, and every 15 s without.
  await post(gus, 'behind my back')
  await heading(page, 'Sign in')
  await page.getByRole('status').filter({ hasText: 'Your session has ended' }).waitFor()
  await signIn(page, 'gus')
  await rowOf(page, 'where I was').waitFor()
  assert.match(page.url(), /\/app\/messages\?text=where$/)
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

test('a session that expires says so by itself, and signing in again leads back to where one was', async (t) => {
  const short = await startWithPage(t, { env: { ACCESS_TOKEN_TTL: '10s' } })
  // Without room for the phone: what of it is still being loaded when the session ends is refused in ways that differ.
  const nia = await signedIn(t, { ...house, program: short }, 'nia', { viewport: NARROW })
  const { page, context, troubles } = nia
  // The session begins on the page, so that the page has seen it however long loading takes.
  await context.clearCookies()
  await nia.open('/messages?text=where')
  await signIn(page, 'nia')
  await page.getByRole('status').filter({ hasText: 'Your session has ended' }).waitFor()
  await signIn(page, 'nia')
  await page.waitForURL(/\/app\/messages\?text=where$/)
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

test('whoever signs in again in one tab finds every other where it was', async (t) => {
  const ivy = await signedIn(t, house, 'ivy')
  const { page, troubles, stranger } = ivy
  await ivy.open('/tokens')
  await heading(page, 'Tokens')
  const second = await ivy.tab()
  await second.goto(`${house.program.url}/app/messages?status=delivered`)
  await heading(second, 'Messages')
  for (const tab of [page, second]) await whole(tab)
  assert.equal((await stranger.ask('DELETE', '/v1/sessions')).status, 204)
  await post(ivy, 'behind my back')
  for (const tab of [page, second]) await heading(tab, 'Sign in')
  await signIn(page, 'ivy')
  await heading(page, 'Tokens')
  await rowOf(second, 'behind my back').waitFor()
  assert.match(second.url(), /\/app\/messages\?status=delivered$/)
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

test('what one account looked at is not where another one is led', async (t) => {
  const joe = await signedIn(t, house, 'joe')
  await makeAccount('kim')
  const { page, troubles, stranger } = joe
  await joe.open('/messages?text=a+secret')
  await heading(page, 'Messages')
  const second = await joe.tab()
  await second.goto(`${house.program.url}/app/tokens`)
  await heading(second, 'Tokens')
  for (const tab of [page, second]) await whole(tab)
  assert.equal((await stranger.ask('DELETE', '/v1/sessions')).status, 204)
  await post(joe, 'behind my back')
  for (const tab of [page, second]) await heading(tab, 'Sign in')
  await signIn(second, 'kim')
  await heading(page, 'Home')
  await page.getByRole('button', { name: 'Account menu of Kim' }).waitFor()
  assert.match(page.url(), /\/app\/?$/)
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

test('a session that ended is also seen by what the page asks for', async (t) => {
  const lea = await signedIn(t, house, 'lea')
  const { page, troubles, context } = lea
  await lea.open('/')
  await heading(page, 'Home')
  await whole(page)
  await page.getByRole('textbox', { name: 'Text' }).fill('not sent yet')
  // Once the page has gone on: what else it asks all the time would hear of the end before, and lead away from the link.
  await page.route('**/v1/tokens', async (route) => {
    await context.clearCookies()
    await route.continue()
  })
  await page.getByRole('link', { name: 'Tokens', exact: true }).click()
  await heading(page, 'Sign in')
  await page.unroute('**/v1/tokens')
  await page.getByRole('status').filter({ hasText: 'Your session has ended' }).waitFor()
  await signIn(page, 'lea')
  await heading(page, 'Tokens')
  await page.getByRole('link', { name: 'Home', exact: true }).click()
  assert.equal(await page.getByRole('textbox', { name: 'Text' }).inputValue(), 'not sent yet')
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

async function makeAccount(login: string): Promise<void> {
  const anybody = new Stranger(house.program.url, house.program.sandboxUrl, login)
  const account = { login, password: PASSWORD, name: `${login.slice(0, 1).toUpperCase()}${login.slice(1)}` }
  assert.equal((await anybody.ask('POST', '/v1/users', account)).status, 201)
}

async function signIn(page: Page, login: string): Promise<void> {
  await page.getByLabel('Login').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
