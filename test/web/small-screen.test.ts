import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaintsBut, NARROW, PASSWORD, sharedHouse, signUp, visit } from '../support/account-page.ts'
import { assertNoSideways, untilDrawn, untilScheme } from '../support/page-checks.ts'
import { RU } from '../../web/src/texts/ru/all.ts'

const house = await sharedHouse()

/** How many lines of the header end in three dots. */
const CUT_TEXTS = `[...document.querySelectorAll('header p')].filter((it) => it.scrollWidth > it.clientWidth).length`

test('the whole way with a phone in the hand: by taps, in the dark, in Russian because the browser is', async (t) => {
  const small = { viewport: NARROW, isMobile: true, hasTouch: true, colorScheme: 'dark', locale: 'ru-RU' } as const
  const anna = await visit(t, house.program, { ...house, ...small })
  const { page, phone, troubles } = anna
  const { common, session, home, chats, messages } = RU
  const tap = (role: 'button' | 'link' | 'menuitem', name: string) => page.getByRole(role, { name, exact: true }).tap()
  const isAt = async (name: string): Promise<void> => {
    await page.getByRole('heading', { name, level: 1, exact: true }).waitFor()
    await untilDrawn(page)
    await untilScheme(page, 'dark')
    await assertNoSideways(page.mainFrame(), name)
    assert.equal(await page.evaluate('document.documentElement.lang'), 'ru', name)
  }
  const goTo = async (name: string): Promise<void> => {
    await tap('button', common.openMenu)
    await page.getByRole('navigation', { name: common.pages }).getByRole('link', { name, exact: true }).tap()
    await isAt(name)
    await page.getByRole('button', { name: common.openMenu }).waitFor()
  }

  await t.test('signing up', async () => {
    await anna.open('/')
    await isAt(session.signIn)
    await tap('link', session.signUp)
    await isAt(session.signUp)
    await page.getByLabel(session.name, { exact: true }).fill('Анна')
    await page.getByLabel(session.login).fill('anna')
    await page.getByLabel(session.password, { exact: true }).fill(PASSWORD)
    await tap('button', session.signUp)
    await isAt(home.title)
  })
  await t.test('linking on the phone, which covers the page until it is hidden', async () => {
    await tap('link', home.stepChatDo)
    await isAt(chats.title)
    await tap('link', chats.openTelegram)
    await phone.locator('.bubble', { hasText: '/start' }).waitFor()
    await phone.locator('html[data-theme=dark]').waitFor()
    await tap('button', common.hidePhone)
    await page.getByText(chats.linkedMore.replace('{{name}}', 'Анна')).waitFor()
    await page.getByRole('article', { name: 'Анна' }).getByText(chats.default).waitFor()
    await assertNoSideways(page.mainFrame(), 'a chat')
  })
  await t.test('sending, and reading it on the phone', async () => {
    await goTo(common.home)
    await page.getByRole('textbox', { name: messages.yourText }).fill('Бэкап готов')
    await tap('button', messages.send)
    await page.getByRole('status').filter({ hasText: messages.status_delivered }).waitFor()
    await tap('button', common.showPhone)
    await phone.locator('.chat-row').first().tap()
    await phone.locator('.bubble', { hasText: 'Анна, я получил от тебя сообщение:\nБэкап готов' }).waitFor()
    await goTo(common.messages)
    await page.locator('iframe').waitFor({ state: 'detached' })
    await page.getByRole('list', { name: messages.list }).getByRole('link').filter({ hasText: 'Бэкап готов' }).tap()
    await isAt(messages.message)
    await tap('link', messages.back)
    await isAt(messages.title)
  })
  await t.test('every page by the menu, and out', async () => {
    for (const name of ['chats', 'tokens', 'bots', 'account', 'operator', 'home'] as const) await goTo(common[name])
    await tap('button', common.personMenu.replace('{{name}}', 'Анна'))
    await tap('menuitem', common.signOut)
    await isAt(session.signIn)
  })
  // What Home had asked at the moment of signing out.
  assert.deepEqual(complaintsBut(troubles, 401), [])
})

test('on a small screen, too, one can read that the connection is cut', async (t) => {
  const ben = await visit(t, house.program, { ...house, viewport: NARROW })
  const { page, context } = ben
  await signUp(ben, 'ben', 'Ben')
  await context.setOffline(true)
  const note = page.getByRole('banner').getByRole('status').getByText('Not live: this may be out of date')
  await note.waitFor()
  assert.equal(await page.evaluate(CUT_TEXTS), 0, 'all of it')
  await context.setOffline(false)
  await note.waitFor({ state: 'detached' })
})

test('an address that leads nowhere leaves the menu where it is', async (t) => {
  const cleo = await visit(t, house.program, { ...house, viewport: NARROW })
  const { page, open } = cleo
  await signUp(cleo, 'cleo', 'Cleo')
  await open('/nowhere/at/all')
  await page.getByRole('heading', { name: 'There is no such page', level: 1 }).waitFor()
  assert.equal(await page.getByRole('main').count(), 1)
  await page.getByRole('button', { name: 'Open the menu' }).click()
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Chats' }).click()
  await page.getByRole('heading', { name: 'Chats', level: 1 }).waitFor()
})
