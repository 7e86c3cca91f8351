import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaintsBut, NARROW, PASSWORD, sharedHouse, visit } from '../support/account-page.ts'
import { assertHarmless, assertPhoneHarmless, ELEMENTS } from '../support/hostile-texts.ts'
import { Stranger } from '../support/loop.ts'
import { assertNoSideways } from '../support/page-checks.ts'
import { linkByPhone, signedIn } from '../support/signed-in.ts'
import { until } from '../support/until.ts'

const house = await sharedHouse()

interface Update {
  update_id: number
  callback_query?: { id: string }
}

/** After the one that was there before. */
const OTHER = '<svg/onload=alert(3)> <b onclick=alert(4)>'

test('whatever is typed into a field stays text', async (t) => {
  const zoe = await visit(t, house.program, house)
  const { page, phone, troubles, open } = zoe
  const fill = (label: string, text = ELEMENTS) => page.getByLabel(label, { exact: true }).fill(text)
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const choose = async (menu: string, item: string): Promise<void> => {
    await press(menu)
    await page.getByRole('menuitem', { name: item }).click()
  }

  await t.test('before there is an account', async () => {
    await open('/sign-in')
    await fill('Login')
    await fill('Password')
    await press('Sign in')
    await page.getByRole('alert').filter({ hasText: 'Login or password is wrong.' }).waitFor()
    assert.deepEqual(complaintsBut(troubles, 401), [])
    await assertHarmless(zoe, 'signing in')
    await open('/sign-up')
    await fill('Name')
    await fill('Login')
    await fill('Password')
    await press('Create an account')
    await page.locator('[id$=-error]', { hasText: 'Use 3 to 64 Latin letters' }).waitFor()
    await assertHarmless(zoe, 'a login that cannot be')
    await fill('Login', 'zoe')
    await press('Create an account')
    await page.getByRole('button', { name: `Account menu of ${ELEMENTS}` }).waitFor()
    await assertHarmless(zoe, 'signing up')
  })
  const stranger = new Stranger(house.program.url, house.program.sandboxUrl, 'zoe', ELEMENTS)
  await linkByPhone(stranger, (await stranger.ask('GET', '/v1/sandbox')).body.person.id)

  await t.test('chats: a code, a name', async () => {
    await open('/chats')
    await press('Link a chat')
    await fill('Code from the bot')
    await press('Link this chat')
    await page.locator('[id$=-error]', { hasText: 'This code is wrong' }).waitFor()
    assert.deepEqual(complaintsBut(troubles, 422), [])
    await assertHarmless(zoe, 'a code')
    await choose(`What to do with ${ELEMENTS}`, 'Rename')
    await fill('Name of this chat', OTHER)
    await page.keyboard.press('Enter')
    await page.getByRole('article', { name: OTHER }).waitFor()
    await assertHarmless(zoe, 'a name for a chat')
  })
  await t.test('messages: a text, here and on the phone, and the search for it', async () => {
    await open('/')
    await page.getByRole('textbox', { name: 'Text' }).fill(ELEMENTS)
    await press('Send')
    await page.getByRole('status').filter({ hasText: 'Telegram has it' }).waitFor()
    await phone.locator('.chat-row').first().click()
    await phone.locator('.bubble', { hasText: ELEMENTS }).first().waitFor()
    await phone.getByRole('textbox', { name: 'Message' }).fill(`mine ${ELEMENTS}`)
    await phone.getByRole('textbox', { name: 'Message' }).press('Enter')
    await phone.locator('.bubble', { hasText: `mine ${ELEMENTS}` }).waitFor()
    await assertHarmless(zoe, 'a message')
    await assertPhoneHarmless(zoe, 'a message on the phone')
    await open('/messages')
    const search = page.getByRole('searchbox', { name: 'Search in the text' })
    await search.fill(ELEMENTS)
    await page.waitForURL(/text=/)
    await page.getByRole('list', { name: 'Messages, newest first' }).getByText(ELEMENTS).waitFor()
    await search.fill(`nobody wrote ${ELEMENTS}`)
    await page.getByText('Nothing found').waitFor()
    await assertHarmless(zoe, 'a search')
  })
  await t.test('tokens: what one is for', async () => {
    await open('/tokens')
    await press('Make a token')
    await fill('What is it for?')
    await press('Make it')
    await page.getByRole('region', { name: `Your token “${ELEMENTS}”` }).waitFor()
    await press(`Revoke ${ELEMENTS}`)
    await page.getByRole('dialog', { name: `Revoke “${ELEMENTS}”?` }).waitFor()
    await assertHarmless(zoe, 'a token')
  })
  await t.test('bots: a token, a title', async () => {
    await open('/bots')
    await press('Add a bot')
    await fill('Token from BotFather')
    await fill('What you call it')
    await press('Add it')
    await page.getByRole('dialog').getByText('Telegram does not know this token.').waitFor()
    assert.deepEqual(complaintsBut(troubles, 422), [])
    await assertHarmless(zoe, 'a token of a bot')
    await press('Make a bot in the sandbox')
    const token = page.getByLabel('Token from BotFather', { exact: true })
    await until('its token stands in the field', async () => (await token.inputValue()) !== ELEMENTS)
    await press('Add it')
    await page.getByRole('article', { name: ELEMENTS }).waitFor()
    await choose(`What to do with ${ELEMENTS}`, 'Change its title')
    await fill('What you call it', OTHER)
    await press('Save')
    await page.getByRole('article', { name: OTHER }).waitFor()
    await assertHarmless(zoe, 'a title')
    await choose(`What to do with ${OTHER}`, 'Give it a new token')
    await fill('Token from BotFather')
    await press('Show the token')
    await press('Save')
    await page.getByRole('dialog').getByText('Telegram does not know this token, or').waitFor()
    assert.deepEqual(complaintsBut(troubles, 422), [])
    await assertHarmless(zoe, 'a new token of a bot')
  })
  await t.test('the operator: a search for accounts, a search for bots', async () => {
    await open('/operator')
    for (const [section, label] of [
      ['Accounts', 'Find an account'],
      ['Bots and their queues', 'Find a bot or its owner'],
    ] as const) {
      await fill(label)
      const found = page.getByRole('region', { name: section, exact: true })
      await found
        .getByText(section === 'Accounts' ? ELEMENTS : 'There is none.')
        .first()
        .waitFor()
      await fill(label, OTHER)
      await found.getByText('There is none.').waitFor()
      await assertHarmless(zoe, label)
    }
  })
  await t.test('the account: a name, a password', async () => {
    await open('/account')
    await fill('Name', OTHER)
    await press('Save')
    await page.getByRole('button', { name: `Account menu of ${OTHER}` }).waitFor()
    const section = page.getByRole('region', { name: 'Password' })
    await section.getByLabel('Current password').fill(`wrong ${ELEMENTS}`)
    await section.getByLabel('New password').fill(ELEMENTS)
    await press('Change the password')
    await section.getByText('This is not your password.').waitFor()
    assert.deepEqual(complaintsBut(troubles, 401), [])
    await assertHarmless(zoe, 'the account')
    await press('Delete the account')
    const dialog = page.getByRole('dialog', { name: 'Delete the account?' })
    await dialog.getByLabel('Current password').fill(`wrong ${ELEMENTS}`)
    await dialog.getByRole('button', { name: 'Show the password' }).click()
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await dialog.getByText('This is not your password.').waitFor()
    assert.deepEqual(complaintsBut(troubles, 401), [])
    await assertHarmless(zoe, 'the password of an account that is deleted')
  })
})

test('a refusal in words that nobody foresaw is text, too', async (t) => {
  const yan = await signedIn(t, house, 'yan')
  const { page, context, troubles } = yan
  const problem = { type: ELEMENTS, title: ELEMENTS, status: 409, code: ELEMENTS, detail: `Because ${ELEMENTS}` }
  await context.route('**/v1/messages', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 409, contentType: 'application/problem+json', json: problem })
      : route.continue(),
  )
  await yan.open('/')
  await page.getByRole('textbox', { name: 'Text' }).fill('hello')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page
    .getByRole('alert')
    .filter({ hasText: `Because ${ELEMENTS}` })
    .waitFor()
  assert.deepEqual(complaintsBut(troubles, 409), [])
  await assertHarmless(yan, 'a refusal')
})

test('what a bot of somebody else sends with links and buttons runs nothing on the phone', async (t) => {
  const xia = await signedIn(t, house, 'xia')
  const { page, phone, stranger, personId } = xia
  const { token } = await stranger.telegram<{ token: string }>('create-bot', { username: 'other_bot', name: 'Other' })
  await stranger.telegram('start', { user: personId, bot: 'other_bot' })
  const call = async <T>(method: string, body: object): Promise<T> => {
    const response = await fetch(`${house.program.sandboxUrl}/bot${token}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    assert.equal(response.status, 200, method)
    return ((await response.json()) as { result: T }).result
  }
  await call('sendMessage', {
    chat_id: personId,
    parse_mode: 'HTML',
    text: `<b>bold</b> <a href="javascript:alert(1)">here</a> &lt;img src=x onerror=alert(1)&gt;`,
    reply_markup: { inline_keyboard: [[{ text: ELEMENTS, callback_data: 'tap' }]] },
  })
  await xia.open('/chats')
  await phone.locator('.chat-row', { hasText: 'Other' }).click()
  await phone.locator('.bubble', { hasText: '<img src=x onerror=alert(1)>' }).waitFor()
  assert.equal(await phone.locator('.bubble a').count(), 0, 'what is no address of the web is no link')
  const start = (await call<Update[]>('getUpdates', { timeout: 30 })).at(-1)
  assert.ok(start, 'the bot has heard the start')
  await phone.getByRole('button', { name: ELEMENTS }).click()
  const [heard] = await call<Update[]>('getUpdates', { timeout: 30, offset: start.update_id + 1 })
  const tap = heard?.callback_query
  assert.ok(tap, 'the bot has heard the tap')
  await call('answerCallbackQuery', { callback_query_id: tap.id, text: ELEMENTS, show_alert: true })
  await phone.getByRole('dialog').getByText(ELEMENTS).waitFor()
  await assertPhoneHarmless(xia, 'a message of another bot')
  assert.equal(page.context().pages().length, 1)
})

test('addresses with something hostile in them lead nowhere', async (t) => {
  const una = await signedIn(t, house, 'una', { viewport: NARROW })
  const { page, troubles, stranger } = una
  await stranger.ask('POST', '/v1/messages', { text: 'hello' })
  for (const next of [
    'javascript:alert(1)',
    '//evil.example/',
    'https://evil.example/',
    '/\\evil.example',
    '/%2f%2fevil.example',
  ]) {
    await page.goto('about:blank')
    await una.context.clearCookies()
    await una.open(`/sign-in?next=${encodeURIComponent(next)}`)
    await page.getByLabel('Login').fill('una')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    // It stands around every page, also around one that says that there is none.
    await page.getByRole('button', { name: 'Account menu of Una' }).waitFor()
    assert.ok(page.url().startsWith(`${house.program.url}/app/`), `${next} led to ${page.url()}`)
  }
  await una.open('/messages?status=<script>&last="><svg/onload=alert(1)>&since=x&chat=<img src=x onerror=alert(1)>')
  await page.getByRole('list', { name: 'Messages, newest first' }).waitFor()
  for (const [path, heading] of [
    ['/messages/<img src=x onerror=alert(1)>', 'There is no such message'],
    ['/"><script>alert(1)</script>', 'There is no such page'],
  ] as const) {
    await una.open(path)
    await page.getByRole('heading', { name: heading }).waitFor()
    await assertNoSideways(page.mainFrame(), path)
  }
  assert.deepEqual(troubles, [])
})
