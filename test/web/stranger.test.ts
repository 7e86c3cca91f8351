import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { complaintsBut, sharedHouse, signUp, visit } from '../support/account-page.ts'

const house = await sharedHouse()

test('a stranger signs up, links a chat by one tap, sends a message and watches it arrive', async (t) => {
  const ann = await visit(t, house.program, house)
  const { page, phone, troubles } = ann
  await ann.open('/')
  await page.getByRole('link', { name: 'Create an account' }).click()
  await signUp(ann, 'ann', 'Ann')

  const steps = page.getByRole('region', { name: 'First steps' }).getByRole('listitem')
  await steps.filter({ hasText: '@postrider_bot is there.' }).filter({ hasText: 'Done.' }).waitFor()
  await steps.filter({ hasText: 'A chat that gets them' }).filter({ hasText: 'To do.' }).waitFor()
  await steps.getByRole('link', { name: 'Link a chat' }).click()

  await page.getByRole('heading', { name: 'Chats', level: 1 }).waitFor()
  await page.getByText(/^Good for (15:00|14:\d\d), then there is a new one\.$/).waitFor()
  await page.getByRole('link', { name: 'Open in Telegram' }).click()
  await phone.locator('.bubble', { hasText: '/start' }).waitFor()
  const linked = page.getByRole('status').filter({ hasText: 'Your messages now go to “Ann”.' })
  await linked.waitFor()
  await page.getByRole('article', { name: 'Ann' }).getByText('Default').waitFor()
  await linked.getByRole('link', { name: 'Send a message' }).click()

  await steps.filter({ hasText: '1 chat is linked.' }).filter({ hasText: 'Done.' }).waitFor()
  await page.getByRole('textbox', { name: 'Text' }).fill('The backup is done.')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await phone.locator('.bubble', { hasText: 'Ann, I got a message from you:\nThe backup is done.' }).waitFor()
  await page.getByRole('status').filter({ hasText: 'Delivered' }).filter({ hasText: 'Telegram has it' }).waitFor()
  await steps.first().waitFor({ state: 'detached' })

  await page.getByRole('link', { name: 'Messages', exact: true }).click()
  const row = page.getByRole('list', { name: 'Messages, newest first' }).getByRole('link')
  await row.filter({ hasText: 'The backup is done.' }).filter({ hasText: 'Delivered' }).click()
  await page.getByRole('heading', { name: 'Message', level: 1, exact: true }).waitFor()
  await page.getByText('Telegram took it.').waitFor()
  assert.deepEqual(troubles, [])

  await t.test('each page is a click away, and the browser’s back button leads through all of them again', async () => {
    await page.goBack()
    await row.first().waitFor()
    await page.goBack()
    await atPage(page, 'Home')
    const pages = page.getByRole('navigation', { name: 'Pages' })
    for (const name of PAGES) {
      await pages.getByRole('link', { name, exact: true }).click()
      await atPage(page, name)
      assert.equal(await page.title(), `${name} · Postrider`)
      await pages.locator('[aria-current=page]').getByText(name, { exact: true }).waitFor()
      assert.equal(await pages.locator('[aria-current=page]').count(), 1)
    }
    for (const name of ['Home', ...PAGES].toReversed().slice(1)) {
      await page.goBack()
      await atPage(page, name)
    }
    await page.goForward()
    await atPage(page, 'Messages')
    await page.reload()
    await atPage(page, 'Messages')
    await row.first().waitFor()
    assert.deepEqual(troubles, [])
  })

  await t.test('whoever signs out sees the sign-in page, and nothing of the account by going back', async () => {
    await page.getByRole('button', { name: 'Account menu of Ann' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await atPage(page, 'Sign in')
    await page.goBack()
    await atPage(page, 'Sign in')
    assert.equal(await page.getByText('The backup is done.').count(), 0)
    // What the phone had asked at that moment.
    assert.deepEqual(complaintsBut(troubles, 401), [])
  })
})

test('the other way round: the bot gives a code, and the page takes it', async (t) => {
  const bob = await visit(t, house.program, house)
  const { page, phone, troubles } = bob
  await signUp(bob, 'bob', 'Bob')
  await phone.getByRole('button', { name: 'Start', exact: true }).click()
  const answer = await phone.locator('.row.theirs .bubble').first().innerText()
  const code = /\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b/.exec(answer)?.[0] ?? ''

  await bob.open('/chats')
  const field = page.getByLabel('Code from the bot')
  const link = page.getByRole('button', { name: 'Link this chat' })
  await link.click()
  await page.getByText('Enter the code that the bot gave.').waitFor()
  await field.fill(` ${code} `)
  await link.click()
  await page.getByRole('status').filter({ hasText: 'Your messages now go to “Bob”.' }).waitFor()
  await page.getByRole('article', { name: 'Bob' }).getByText('Default').waitFor()
  assert.deepEqual(troubles.splice(0), [])

  await page.getByRole('button', { name: 'Link another chat' }).click()
  await field.fill(code)
  await link.click()
  await page.getByText('This code is wrong, was used before, or its time is up.').waitFor()
  assert.deepEqual(complaintsBut(troubles, 422), [])
})

test('what cannot be used is said at its field, and nothing that was typed is lost', async (t) => {
  const cat = await visit(t, house.program, house)
  const { page, troubles } = cat
  await cat.open('/sign-up')
  const [name, login, password] = [
    page.getByLabel('Name', { exact: true }),
    page.getByLabel('Login'),
    page.getByLabel('Password', { exact: true }),
  ]
  const make = page.getByRole('button', { name: 'Create an account' })
  await make.click()
  for (const [field, words] of [
    [name, 'Enter your name.'],
    [login, 'Use 3 to 64 Latin letters, digits or . _ @ + -'],
    [password, 'At least 8 characters.'],
  ] as const) {
    assert.equal(await field.getAttribute('aria-invalid'), 'true', words)
    assert.ok((await descriptionOf(field)).includes(words), words)
  }
  assert.equal(await focusedLabel(page), 'Name', 'the first that is wrong is in hand')
  await name.fill('Cat')
  await login.fill('cat')
  await make.click()
  assert.equal(await focusedLabel(page), 'Password')
  assert.equal(await page.getByText('At least 8 characters.').count(), 1, 'said once')
  assert.deepEqual(troubles, [])

  await signUp(cat, 'cat', 'Cat')
  await page.goto('about:blank')
  await cat.context.clearCookies()
  await cat.open('/sign-up')
  await name.fill('Another Cat')
  await login.fill('CAT')
  await password.fill('correct horse')
  await make.click()
  await page.getByText('This login is taken. Choose another one.').waitFor()
  assert.deepEqual([await name.inputValue(), await login.inputValue()], ['Another Cat', 'CAT'])
  assert.deepEqual(complaintsBut(troubles, 409), [])

  await page.getByRole('link', { name: 'Sign in' }).click()
  // The page before has a field of the same name.
  await atPage(page, 'Sign in')
  await login.fill('cat')
  await password.fill('wrong horse')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').filter({ hasText: 'Login or password is wrong.' }).waitFor()
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

const PAGES = ['Messages', 'Chats', 'Tokens', 'Bots', 'Account', 'Operator']

async function atPage(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name, level: 1, exact: true }).waitFor()
}

/** What a screen reader says of a field after its name. */
async function descriptionOf(field: Locator): Promise<string> {
  const ids = (await field.getAttribute('aria-describedby'))?.split(' ').filter(Boolean) ?? []
  const texts = await Promise.all(ids.map((id) => field.page().locator(`[id="${id}"]`).innerText()))
  return texts.join(' ')
}

async function focusedLabel(page: Page): Promise<string> {
  return await page.evaluate("document.activeElement.labels?.[0]?.innerText ?? ''")
}
