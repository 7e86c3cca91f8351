import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD, sharedHouse, visit } from '../support/account-page.ts'
import { until } from '../support/until.ts'

const house = await sharedHouse()

test('the whole way by keyboard alone: sign up, link, send, look, a token, the end of the session', async (t) => {
  const { page, phone, troubles, open } = await visit(t, house.program, house)
  const keys = keyboardOf(page)
  await open('/sign-up')
  await keys.isAt('Name')
  await keys.type('Ann')
  await keys.tabTo('Login')
  await keys.type('ann')
  await keys.tabTo('Password')
  await keys.type(PASSWORD)
  await keys.tabTo('Show the password')
  await keys.press('Space')
  assert.equal(await page.getByLabel('Password', { exact: true }).getAttribute('type'), 'text')
  await keys.press('Enter')
  await keys.tabTo('Create an account')
  await keys.press('Enter')
  await heading(page, 'Home')

  await t.test('the first stop of a page leads over the navigation to its content', async () => {
    await open('/chats')
    await heading(page, 'Chats')
    await keys.press('Tab')
    await keys.isAt('Skip to the content')
    await keys.press('Enter')
    await keys.tabTo('Hide linking', 2)
  })

  await t.test('a chat is linked through the phone', async () => {
    await keys.tabTo('Open in Telegram')
    await keys.press('Enter')
    await phone.locator('.bubble', { hasText: '/start' }).waitFor()
    await page.getByRole('status').filter({ hasText: 'Linked' }).waitFor()
    await keys.tabTo('Send a message')
    await keys.press('Enter')
    await heading(page, 'Home')
  })

  await t.test('a message is sent to a chat that is chosen with the arrows', async () => {
    await keys.tabTo('Text')
    await keys.type('by hand')
    await keys.tabTo('To')
    await keys.press('ArrowDown')
    await page.getByRole('option', { name: 'Ann (default)' }).waitFor()
    await keys.press('Enter')
    await keys.tabTo('Without a sound')
    await keys.press('Space')
    await keys.tabTo('Send')
    await keys.press('Enter')
    await phone.locator('.bubble', { hasText: 'by hand' }).filter({ hasText: 'silent' }).waitFor()
    await page.getByRole('status').filter({ hasText: 'Telegram has it' }).waitFor()
    await keys.tabTo('Text')
    await keys.type('by Ctrl and Enter')
    await keys.press('Control+Enter')
    await phone.locator('.bubble', { hasText: 'by Ctrl and Enter' }).waitFor()
  })

  await t.test('the list of messages is walked with the arrows, and Enter opens one', async () => {
    await open('/messages')
    await page.getByRole('link', { name: 'by Ctrl and Enter' }).waitFor()
    await keys.tabTo(/by Ctrl and Enter/)
    await keys.press('ArrowDown')
    await keys.isAt(/by hand/)
    await keys.press('Enter')
    await heading(page, 'Message')
    await keys.tabTo('Back to the messages')
    await keys.press('Enter')
    await heading(page, 'Messages')
  })

  await t.test('a dialog keeps the focus inside, closes with Escape and gives the focus back', async () => {
    await open('/tokens')
    await heading(page, 'Tokens')
    await keys.tabTo('Make a token')
    await keys.press('Enter')
    await keys.isAt('What is it for?')
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab')
      assert.ok(await page.evaluate(`document.activeElement.closest('[role=dialog]') !== null`), `after ${i + 1} tabs`)
    }
    await keys.press('Escape')
    await keys.isAt('Make a token')
    await keys.press('Enter')
    await keys.isAt('What is it for?')
    await keys.type('By hand')
    await keys.press('Enter')
    await page.getByRole('region', { name: 'Your token “By hand”' }).waitFor()
    await keys.tabTo('curl')
    await keys.press('ArrowRight')
    await keys.isAt('Python')
    await page.getByRole('tabpanel').getByText('urllib').waitFor()
    await keys.tabTo('I have kept it')
    await keys.press('Enter')
    await keys.tabTo('Revoke By hand')
    await keys.press('Enter')
    await page.getByRole('dialog', { name: 'Revoke “By hand”?' }).waitFor()
    await keys.press('Escape')
    await keys.isAt('Revoke By hand')
  })

  await t.test('menus open and close by keys: of a chat, and of the person, with the way out', async () => {
    await open('/chats')
    await page.getByRole('article', { name: 'Ann' }).waitFor()
    await keys.tabTo('What to do with Ann')
    await keys.press('Enter')
    await keys.isWithin('[role=menu]')
    await keys.press('ArrowDown')
    await keys.isAt('Rename')
    await keys.press('Enter')
    await keys.isAt('Name of this chat')
    await keys.type('Phone')
    await keys.press('Enter')
    await keys.isAt('What to do with Phone')
    await keys.press('Space')
    await keys.isWithin('[role=menu]')
    await keys.press('ArrowDown')
    await keys.isAt('Rename')
    await keys.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await keys.isAt('What to do with Phone')
    await keys.tabTo(/Account menu of Ann$/)
    await keys.press('Enter')
    await keys.isWithin('[role=menu]')
    await keys.press('ArrowDown')
    await keys.isAt('Account')
    await keys.press('ArrowDown')
    await keys.isAt('Sign out')
    await keys.press('Enter')
    await heading(page, 'Sign in')
    await keys.isAt('Login')
  })
  assert.deepEqual(
    troubles.filter((trouble) => !trouble.includes('status of 401')),
    [],
  )
})

async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name, level: 1, exact: true }).waitFor()
}

/** The name of what has the focus, as it is read aloud, roughly; and whether one sees that it has. */
const FOCUSED = `(() => {
  const it = document.activeElement
  if (!it || it === document.body) return { html: '', name: '', isSeen: true }
  const label = it.labels?.[0]?.innerText
  const name = it.getAttribute('aria-label') ?? label ?? it.innerText ?? it.getAttribute('title') ?? ''
  const styles = [it, it.parentElement, it.nextElementSibling, ...(it.labels ?? [])].filter(Boolean).map((part) => getComputedStyle(part))
  const isSeen = styles.some(({ outlineStyle, outlineWidth, borderColor }) => outlineStyle !== 'none' && outlineWidth !== '0px')
  return { html: it.outerHTML.slice(0, 200), name: name.replaceAll(/\\s+/g, ' ').trim(), isSeen: isSeen || it.matches('input, textarea, iframe') }
})()`

interface Keys {
  press: (key: string) => Promise<void>
  type: (text: string) => Promise<void>
  /** Waits until the focus is there: dialogs and menus take it a moment after they opened. */
  isAt: (name: string | RegExp) => Promise<void>
  /** Waits until the focus is somewhere in it: a menu shows itself a moment before it takes the keys. */
  isWithin: (selector: string) => Promise<void>
  tabTo: (name: string | RegExp, atMost?: number) => Promise<void>
}

function keyboardOf(page: Page): Keys {
  const look = (): Promise<{ html: string; name: string; isSeen: boolean }> => page.evaluate(FOCUSED)
  const fits = (name: string, wanted: string | RegExp): boolean =>
    typeof wanted === 'string' ? name === wanted : wanted.test(name)
  return {
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    isAt: async (wanted) => {
      const { isSeen } = await until(`the focus is at ${wanted}`, async () => {
        const focused = await look()
        return fits(focused.name, wanted) && focused
      })
      assert.ok(isSeen, `one sees that the focus is at ${wanted}`)
    },
    isWithin: async (selector) => {
      await until(`the focus is within ${selector}`, () =>
        page.evaluate<boolean>(`document.activeElement.closest('${selector}') !== null`),
      )
    },
    tabTo: async (wanted, atMost = 60) => {
      const passed: string[] = []
      for (let i = 0; i < atMost; i++) {
        await page.keyboard.press('Tab')
        const { html, name, isSeen } = await look()
        assert.ok(isSeen, `one sees that the focus is at ${html}`)
        if (fits(name, wanted)) return
        passed.push(name)
      }
      assert.fail(`${wanted} is not reached by Tab, but ${passed.join(', ')}`)
    },
  }
}
