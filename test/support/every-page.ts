import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Frame } from 'playwright-core'
import { NARROW, PASSWORD, sharedHouse, signInByApi, visit, type Visit, WIDE } from './account-page.ts'
import { assertAccessible } from './axe.ts'
import { livedIn } from './lived-in-account.ts'
import { Stranger } from './loop.ts'
import { assertNoSideways, assertTranslated, untilDrawn, untilScheme } from './page-checks.ts'
import { EN } from '../../web/src/texts/en/all.ts'
import { RU } from '../../web/src/texts/ru/all.ts'

/** Of no language, so that what is left are the page's own words. */
const NAMES = {
  person: '1001',
  group: '1002',
  chat: '1003',
  bot: '1004',
  botTitle: '1005',
  token: '1006',
  text: '1007',
  device: '1008',
}

/** What is called the same in both languages. */
const NAMED = new RegExp(
  `^(${[
    'EN|RU|Postrider|Telegram:?|Python|JavaScript|Chrome, Linux|Mozilla/5\\.0 .*',
    // Tools, and what one types.
    'curl|Shell|cron|postrider user --help|@BotFather|/newbot|/mybots|123456789:AAE…|abcd-efgh-jkmn',
    // Bots and people, ids, codes and tokens.
    '@?\\w+_bot|ann|bob|msg_\\w+|pr_\\w+|[a-z0-9]{26}',
    // Leads to the documentation.
    'text_refused',
  ].join('|')})$`,
)

/** Between the two: beside the pages' names there is little room. */
const TABLET = { width: 768, height: 1024 }

/** Light and dark, wide and narrow. */
const EVERY = [
  [WIDE, 'light'],
  [WIDE, 'dark'],
  [TABLET, 'light'],
  [NARROW, 'light'],
  [NARROW, 'dark'],
] as const

/** Each of them once. */
const EACH = [
  [WIDE, 'light'],
  [NARROW, 'dark'],
] as const

/** Tests of how every page looks in one language. Called by a file of its own for each, so that they run side by side. */
export async function testLooks(language: 'en' | 'ru'): Promise<void> {
  const house = await sharedHouse()
  const { program } = house
  const { messages } = await livedIn(program, 'ann', NAMES)
  await as('bob').ask('POST', '/v1/users', { login: 'bob', password: PASSWORD, name: '2001' })
  const words = { en: EN, ru: RU }[language]

  function as(login: string): Stranger {
    return new Stranger(program.url, program.sandboxUrl, login, PASSWORD)
  }

  /** Can be read by all, fits, and is in words of the language. */
  async function look({ page, troubles }: Visit, what: string, ways: typeof EVERY | typeof EACH = EACH): Promise<void> {
    for (const [viewport, colorScheme] of ways) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      await untilScheme(page, colorScheme)
      await untilDrawn(page)
      const combination = `${what} (${language}, ${colorScheme}, ${viewport.width} px)`
      await assertAccessible(page.mainFrame(), combination)
      await assertNoSideways(page.mainFrame(), combination)
    }
    await assertTranslated(page.mainFrame(), language, NAMED, what)
    assert.deepEqual(troubles, [], what)
    await page.setViewportSize(WIDE)
  }

  async function enter(t: TestContext, login?: string): Promise<Visit> {
    const person = await visit(t, program, { ...house, locale: language, reducedMotion: 'reduce' })
    if (login !== undefined) {
      await as(login).ask('PATCH', '/v1/me', { locale: language })
      await signInByApi(person, program, login)
    }
    return person
  }

  test(`the pages of an account in which everything has happened (${language})`, async (t) => {
    const ann = await enter(t, 'ann')
    const ids = [messages.waited, messages.failed, messages.held].map((id) => `/messages/${id}`)
    for (const path of ['/', '/messages', ...ids, '/chats', '/tokens', '/bots', '/account', '/operator', '/nowhere']) {
      await ann.open(path)
      await look(ann, path, EVERY)
    }
  })

  test(`the pages of a newcomer, and before there is an account (${language})`, async (t) => {
    const stranger = await enter(t)
    for (const path of ['/sign-in', '/sign-up']) {
      await stranger.open(path)
      await look(stranger, path)
    }
    const bob = await enter(t, 'bob')
    for (const path of ['/', '/messages', '/messages?text=x', '/chats', '/tokens', '/bots', '/operator']) {
      await bob.open(path)
      await look(bob, path)
    }
  })

  test(`the dialogs, and what a new token comes with (${language})`, async (t) => {
    const bob = await enter(t, 'bob')
    const { page } = bob
    const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()
    for (const [path, name] of [
      ['/messages', words.messages.sendNew],
      ['/bots', words.bots.add],
      ['/account', words.account.delete],
      ['/tokens', words.tokens.make],
    ] as const) {
      await bob.open(path)
      // What is still to come would move the button away from under the click.
      await untilDrawn(page)
      await press(name)
      await page.getByRole('dialog').waitFor()
      await look(bob, `${path}: ${name}`)
    }
    await press(words.tokens.makeIt)
    await page.getByText(words.tokens.nameNeeded).waitFor()
    await look(bob, 'a token without a name')
    await page.getByLabel(words.tokens.name).fill('2002')
    await press(words.tokens.makeIt)
    await page.getByRole('region', { name: '2002' }).waitFor()
    await look(bob, 'a new token')
    await press(words.tokens.kept)
    await page.getByRole('button', { name: words.tokens.revokeThat.replace('{{name}}', '2002') }).click()
    await page.getByRole('dialog').waitFor()
    await look(bob, 'revoking')
    await page.getByRole('dialog').getByRole('button', { name: words.tokens.revoke, exact: true }).click()
    await page.getByText(words.tokens.none).waitFor()
  })

  test(`what menus lead to, what is missing in a form, and how a session ends (${language})`, async (t) => {
    const ann = await enter(t, 'ann')
    const { page } = ann
    for (const [path, menu, item] of [
      ['/bots', words.bots.menuOf.replace('{{name}}', NAMES.botTitle), words.bots.rename],
      ['/bots', words.bots.menuOf.replace('{{name}}', NAMES.botTitle), words.bots.newToken],
      ['/bots', words.bots.menuOf.replace('{{name}}', NAMES.botTitle), words.bots.delete],
      ['/chats', words.chats.menuOf.replace('{{name}}', NAMES.chat), words.chats.unlink],
    ] as const) {
      await ann.open(path)
      await page.getByRole('button', { name: menu, exact: true }).first().click()
      await page.getByRole('menuitem', { name: item, exact: true }).click()
      await page.getByRole('dialog').waitFor()
      await look(ann, `${path}: ${item}`)
    }
    await ann.open(`/messages/${messages.held}`)
    await page.getByRole('button', { name: words.messages.cancel, exact: true }).click()
    await page.getByRole('dialog').waitFor()
    await look(ann, 'taking a message back')
    await ann.open('/chats')
    await page.getByRole('button', { name: words.chats.menuOf.replace('{{name}}', NAMES.chat), exact: true }).click()
    await page.getByRole('menuitem', { name: words.chats.rename, exact: true }).click()
    await page.getByRole('textbox', { name: words.chats.name }).waitFor()
    await look(ann, 'a new name for a chat')
    await ann.context.setOffline(true)
    await page.getByRole('banner').getByText(words.common.notLive, { exact: true }).waitFor()
    await assertAccessible(page.mainFrame(), 'without a connection')
    const stranger = await enter(t)
    for (const [path, button] of [
      ['/sign-in?ended=true', words.session.signIn],
      ['/sign-up', words.session.signUp],
    ] as const) {
      await stranger.open(path)
      await stranger.page.getByRole('button', { name: button, exact: true }).click()
      await stranger.page.locator('[id$=-error]').first().waitFor()
      await look(stranger, `${path} with nothing filled in`)
    }
  })

  test(`the phone beside the page, and over it (${language})`, async (t) => {
    const ann = await enter(t, 'ann')
    const { page } = ann
    await ann.open('/chats')
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(WIDE)
      await ann.phone.locator('.chat-row').first().waitFor()
      await lookAtPhone(phoneFrame(ann), `the phone (${colorScheme})`)
      await ann.phone.locator('#toggle-weather').click()
      await ann.phone.getByRole('switch').first().waitFor()
      await lookAtPhone(phoneFrame(ann), `the faults on the phone (${colorScheme})`)
      await page.setViewportSize(NARROW)
      await page.getByRole('button', { name: words.common.showPhone }).click()
      await ann.phone.locator('.chat-row').first().click()
      await ann.phone.locator('.row.theirs').first().waitFor()
      await lookAtPhone(phoneFrame(ann), `the phone over the page (${colorScheme})`)
      await assertAccessible(page.mainFrame(), 'the page below the phone')
      await page.getByRole('button', { name: words.common.hidePhone }).click()
      await page.getByRole('button', { name: words.common.openMenu }).click()
      await page.getByRole('button', { name: words.common.closeMenu }).waitFor()
      await assertAccessible(page.mainFrame(), 'the menu')
      await assertTranslated(page.mainFrame(), language, NAMED, 'the menu')
      await page.getByRole('button', { name: words.common.closeMenu }).click()
    }
    assert.deepEqual(ann.troubles, [])
  })

  async function lookAtPhone(frame: Frame, what: string): Promise<void> {
    await assertAccessible(frame, what)
    await assertNoSideways(frame, what)
    assert.equal(await frame.evaluate('document.documentElement.lang'), language)
  }
}

function phoneFrame({ page }: Visit): Frame {
  const frame = page.frames().find((one) => one.url().includes('/sandbox/phone/'))
  assert.ok(frame, 'there is a phone')
  return frame
}
