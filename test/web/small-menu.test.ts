import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { NARROW, sharedHouse, signUp, visit } from '../support/account-page.ts'
import { keyboardOf } from '../support/keyboard.ts'
import { untilDrawn } from '../support/page-checks.ts'
import { until } from '../support/until.ts'

const house = await sharedHouse()

test('on a small screen no key leads into the menu that is closed, and each of its links is there when it is open', async (t) => {
  const ann = await visit(t, house.program, { ...house, viewport: NARROW })
  const { page, open } = ann
  await signUp(ann, 'ann', 'Ann')
  await open('/chats')
  await page.getByRole('heading', { name: 'Chats', level: 1 }).waitFor()
  await untilDrawn(page)
  const pages = page.getByRole('navigation', { name: 'Pages' })
  assert.equal(await pages.count(), 0, 'a reader does not hear of it either')
  const closed = await stops(page)
  assert.ok(closed.length > 4, `${closed.length} stops`)
  assert.deepEqual(
    closed.filter(({ isInMenu }) => isInMenu),
    [],
  )

  await page.getByRole('button', { name: 'Open the menu' }).press('Enter')
  await pages.waitFor()
  await untilDrawn(page)
  const withMenu = await stops(page)
  const inMenu = withMenu.filter(({ isInMenu }) => isInMenu).map(({ name }) => name)
  for (const name of ['Home', 'Messages', 'Account']) assert.ok(inMenu.includes(name), `${name} of ${inMenu.join()}`)
  const covered = withMenu.filter(({ isOnPage }) => isOnPage)
  assert.deepEqual(covered, [], 'nothing that the menu lies over takes a key')

  await page.keyboard.press('Escape')
  await pages.waitFor({ state: 'detached' })
  await keyboardOf(page).isAt('Open the menu')
  assert.ok((await stops(page)).some(({ isOnPage }) => isOnPage))
  await page.getByRole('button', { name: 'Open the menu' }).press('Enter')
  await pages.waitFor()

  await pages.getByRole('link', { name: 'Messages' }).press('Enter')
  await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
  await pages.waitFor({ state: 'detached' })
  await until('reading goes on with the page', () => page.evaluate<boolean>(`document.activeElement.id === 'content'`))
})

interface Stop {
  name: string
  isInMenu: boolean
  isOnPage: boolean
}

/** What has the focus, one Tab after the other from the beginning of the page, until it comes round. */
async function stops(page: Page): Promise<Stop[]> {
  await page.evaluate('document.activeElement.blur(); getSelection().collapse(document.body, 0)')
  const found: Stop[] = []
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate<Stop | null>(`(() => {
      const it = document.activeElement
      if (it === document.body) return null
      const isWithin = (id) => it.closest('#' + id) !== null
      const name = it.getAttribute('aria-label') ?? it.innerText
      return { name, isInMenu: isWithin('navigation'), isOnPage: isWithin('content') }
    })()`)
    if (stop === null) return found
    found.push(stop)
  }
  return found
}
