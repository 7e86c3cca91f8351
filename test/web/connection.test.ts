import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { complaintsBut, PASSWORD, sharedHouse } from '../support/account-page.ts'
import { Stranger } from '../support/loop.ts'
import { type SignedIn, signedIn } from '../support/signed-in.ts'
import { until } from '../support/until.ts'

const house = await sharedHouse()

function rowOf(page: Page, text: string) {
  return page.getByRole('list', { name: 'Messages, newest first' }).getByRole('link').filter({ hasText: text })
}

async function post({ stranger }: Pick<SignedIn, 'stranger'>, text: string): Promise<void> {
  const { status } = await stranger.ask('POST', '/v1/messages', { text })
  assert.equal(status, 202)
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
  const badge = page.getByRole('banner').getByRole('status').filter({ hasText: 'Not live' })
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

test('who signs out in one tab is signed out in the other', async (t) => {
  const dan = await signedIn(t, house, 'dan')
  const { page, troubles } = dan
  await dan.open('/tokens')
  await heading(page, 'Tokens')
  const second = await dan.tab()
  await second.goto(page.url())
  await heading(second, 'Tokens')
  await page.getByRole('button', { name: 'Account menu of Dan' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await heading(page, 'Sign in')
  await heading(second, 'Sign in')
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

test('when another account signs in in another tab, nothing of the former one stays', async (t) => {
  const eve = await signedIn(t, house, 'eve')
  await new Stranger(house.program.url, house.program.sandboxUrl, 'fay').ask('POST', '/v1/users', {
    login: 'fay',
    password: PASSWORD,
    name: 'Fay',
  })
  const { page, troubles } = eve
  await post(eve, 'of Eve alone')
  await eve.open('/messages')
  await rowOf(page, 'of Eve alone').waitFor()
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

async function signIn(page: Page, login: string): Promise<void> {
  await page.getByLabel('Login').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
