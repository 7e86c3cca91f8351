import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { complaintsBut, PASSWORD, sharedHouse, signInByApi, type Visit, visit } from '../support/account-page.ts'
import { signedIn } from '../support/signed-in.ts'
import { until } from '../support/until.ts'

const house = await sharedHouse()
const NEW_PASSWORD = 'better horse'
const NEWS = { data: { text: 'news' } }

/** What of the phone is still being loaded when a session ends is refused in ways that differ. */
async function untilPhone({ phone }: Pick<Visit, 'phone'>): Promise<void> {
  await phone.locator('.chat-row').first().waitFor()
}

test('name and language are the account’s: every message after it, every other browser', async (t) => {
  const ann = await signedIn(t, house, 'ann')
  const { page, phone, troubles } = ann
  await ann.open('/account')
  await phone.locator('.chat-row').first().click()
  await page.getByLabel('Name', { exact: true }).fill('Anna Ivanovna')
  await page.getByText('Anna Ivanovna, I got a message from you:').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await page.getByRole('button', { name: 'Account menu of Anna Ivanovna' }).waitFor()

  const languages = page.getByRole('region', { name: 'You' }).getByRole('radiogroup', { name: 'Language' })
  await languages.getByText('RU', { exact: true }).click()
  await page.getByRole('heading', { name: 'Аккаунт', level: 1 }).waitFor()
  assert.equal(await page.evaluate('document.documentElement.lang'), 'ru')
  await page.getByText('Anna Ivanovna, я получил от тебя сообщение:').waitFor()
  await phone.getByText('Песочница: не настоящий Telegram').waitFor()
  await page.getByRole('link', { name: 'Главная' }).click()
  await page.getByRole('textbox', { name: 'Текст' }).fill('Бэкап готов')
  await page.getByRole('button', { name: 'Отправить', exact: true }).click()
  await phone.locator('.chat-row').first().click()
  await phone.locator('.bubble', { hasText: 'Anna Ivanovna, я получил от тебя сообщение: Бэкап готов' }).waitFor()

  const elsewhere = await visit(t, house.program, house)
  await signInByApi(elsewhere, house.program, 'ann')
  await elsewhere.open('/')
  await elsewhere.page.getByRole('heading', { name: 'Главная', level: 1 }).waitFor()
  assert.deepEqual([...troubles, ...elsewhere.troubles], [])
})

test('a new password needs the old one and ends every other session; a session is ended from another one', async (t) => {
  const bob = await signedIn(t, house, 'bob')
  const { page, troubles } = bob
  const elsewhere = await visit(t, house.program, { ...house, userAgent: 'Mozilla/5.0 (X11; Linux) Firefox/143.0' })
  await signInByApi(elsewhere, house.program, 'bob')
  await elsewhere.open('/messages')
  await elsewhere.page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
  await untilPhone(elsewhere)
  await bob.open('/account')
  const sessions = page.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem')
  await sessions.filter({ hasText: 'Firefox, Linux' }).waitFor()
  await sessions.filter({ hasText: 'This one' }).waitFor()

  const section = page.getByRole('region', { name: 'Password' })
  const change = async (current: string, wanted: string): Promise<void> => {
    await section.getByLabel('Current password').fill(current)
    await section.getByLabel('New password').fill(wanted)
    await section.getByRole('button', { name: 'Change the password' }).click()
  }
  await change('wrong horse', NEW_PASSWORD)
  await section.getByText('This is not your password.').waitFor()
  assert.deepEqual(complaintsBut(troubles, 401), [])
  await change(PASSWORD, 'short')
  await section.locator('[id$=-error]', { hasText: 'At least 8 characters.' }).waitFor()
  await change(PASSWORD, NEW_PASSWORD)
  await page.getByText('The password is changed.').waitFor()
  await until('the form is empty', async () => (await section.getByLabel('New password').inputValue()) === '')
  await sessions.filter({ hasText: 'Firefox, Linux' }).waitFor({ state: 'detached' })
  const { page: other } = elsewhere
  // A stream is asked for its rights with everything that it tells, and every 15 s without.
  const somethingHappens = (): Promise<unknown> => page.request.post(`${house.program.url}/v1/messages`, NEWS)
  await somethingHappens()
  await other.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  await other.getByRole('status').filter({ hasText: 'Your session has ended' }).waitFor()
  assert.deepEqual(complaintsBut(elsewhere.troubles, 401), [])

  await other.getByLabel('Login').fill('bob')
  await other.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD)
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
  await page.reload()
  await untilPhone(bob)
  await page.getByRole('button', { name: 'End the session: Firefox, Linux' }).click()
  await sessions.filter({ hasText: 'Firefox, Linux' }).waitFor({ state: 'detached' })
  await somethingHappens()
  await other.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'End all others' }).isDisabled(), true)
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

test('everything kept of an account is downloaded as one file, and deleted with the password', async (t) => {
  const cat = await signedIn(t, house, 'cat')
  const { page, troubles, stranger } = cat
  await stranger.ask('POST', '/v1/messages', { text: 'remember me' })
  await cat.open('/account')
  await untilPhone(cat)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download my data' }).click(),
  ])
  assert.equal(download.suggestedFilename(), 'postrider-cat.json')
  const kept = JSON.parse(await readFile(await download.path(), 'utf8'))
  assert.deepEqual([kept.account.login, kept.messages[0].text, kept.chats.length], ['cat', 'remember me', 1])

  await page.getByRole('button', { name: 'Delete the account' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete the account?' })
  await dialog.getByLabel('Current password').fill('wrong horse')
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await dialog.getByText('This is not your password.').waitFor()
  assert.deepEqual(complaintsBut(troubles, 401), [])
  await dialog.getByLabel('Current password').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByRole('heading', { name: 'Create an account', level: 1 }).waitFor()
  assert.equal((await stranger.ask('GET', '/v1/me')).status, 401)
  await page.goBack()
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

test('whoever deletes the account is not told that the session has ended, though all else hears of that first', async (t) => {
  const dot = await signedIn(t, house, 'dot')
  const { page, phone, troubles } = dot
  await dot.open('/account')
  await untilPhone(dot)
  await page.route('**/v1/me', async (route) => {
    if (route.request().method() !== 'DELETE') return await route.continue()
    const response = await route.fetch()
    const refused = page.waitForResponse((answer) => answer.url().endsWith('/v1/me') && answer.status() === 401)
    // Refused, the phone makes the page ask who is signed in.
    await phone.locator('.chat-row').first().dispatchEvent('click')
    await refused
    await route.fulfill({ response })
  })
  await page.getByRole('button', { name: 'Delete the account' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete the account?' })
  await dialog.getByLabel('Current password').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByRole('heading', { name: 'Create an account', level: 1 }).waitFor()
  assert.deepEqual(complaintsBut(troubles, 401), [])
})
