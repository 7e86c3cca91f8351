import assert from 'node:assert/strict'
import type { Frame, Page } from 'playwright-core'
import { until } from './until.ts'
import { EN } from '../../web/src/texts/en/all.ts'

/** Two frames on, because what a new size of the window moves is moved with the first of them. */
const IS_DRAWN = `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(
  document.querySelector('.mantine-Skeleton-root, .mantine-Loader-root') === null &&
  document.getAnimations().every(({ playState }) => playState !== 'running')
))))`

/** Until nothing on the page says that something is still on its way. */
export async function untilDrawn(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  // Not by waitForFunction: it would evaluate a string, which the page's policy rightly forbids.
  await until('the page is drawn', () => page.evaluate<boolean>(IS_DRAWN))
}

/** After the person's system changed its colours. */
export async function untilScheme(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor()
}

/** Tables that are wider than the box that scrolls or cuts them; those for screen readers alone are no bigger than a dot. */
const HIDDEN_PARTS = `[...document.querySelectorAll('table')].filter((table) => {
  for (let box = table.parentElement; box; box = box.parentElement) {
    const isDot = box.clientWidth <= 1
    if (!isDot && getComputedStyle(box).overflowX !== 'visible') return box.scrollWidth > box.clientWidth
    if (isDot) return false
  }
}).length`

/** Boxes, dialogs among them, that one would have to scroll sideways; commands to copy may be longer than any box. */
const WIDER_THAN_THEIR_ROOM = `[...document.body.querySelectorAll('*')]
  .filter((box) => box.clientWidth > 1 && box.scrollWidth > box.clientWidth + 1 && !box.closest('pre, input, textarea'))
  .filter((box) => ['auto', 'scroll'].includes(getComputedStyle(box).overflowX) && box.querySelector('pre') === null)
  .map((box) => box.scrollWidth + ' pixels of content in ' + box.clientWidth + ': ' + box.outerHTML.slice(0, 200))`

/** Whoever has to scroll sideways has lost what they read. */
export async function assertNoSideways(frame: Frame, what: string): Promise<void> {
  const [needed, there] = await frame.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )
  assert.ok(needed <= there, `${what}: ${needed} pixels of content in ${there}`)
  assert.deepEqual(await frame.evaluate<string[]>(WIDER_THAN_THEIR_ROOM), [], what)
  const tables = await frame.evaluate<number>(HIDDEN_PARTS)
  assert.equal(tables, 0, `${what}: tables of which a part is out of sight`)
}

/** Whatever is read or read aloud: texts, names of controls, placeholders, titles; not what is marked as of another language. */
async function wordsOf(frame: Frame): Promise<string[]> {
  return await frame.evaluate(`(() => {
    const other = 'body [lang]:not([lang="' + document.documentElement.lang + '"])'
    const words = [document.title]
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (!node.parentElement.closest('script, style, noscript, ' + other)) words.push(node.data)
    }
    for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
      for (const element of document.querySelectorAll('[' + name + ']:not([aria-hidden=true])')) {
        if (!element.closest(other)) words.push(element.getAttribute(name))
      }
    }
    return [...new Set(words.map((word) => word.trim()).filter((word) => word !== ''))]
  })()`)
}

/** Keys that no sentence looks like. */
const KEYS = new Set(
  Object.values(EN)
    .flatMap((texts) => Object.keys(texts))
    .filter((key) => /[A-Z_]/.test(key)),
)

/**
 * Everything is in words of the language.
 *
 * @param same What is the same in both, such as names that people gave.
 */
export async function assertTranslated(frame: Frame, language: 'en' | 'ru', same: RegExp, what: string): Promise<void> {
  const words = await wordsOf(frame)
  assert.ok(words.length > 2, `${what}: hardly a word was found`)
  const foreign = words.filter((word) => !same.test(word) && isForeign(word, language))
  assert.deepEqual(foreign, [], `${what}: not in ${language}`)
  const raw = words.filter((word) => KEYS.has(word) || /^[a-z]+:\w+$/.test(word) || word.includes('{{'))
  assert.deepEqual(raw, [], `${what}: no words but their keys`)
}

function isForeign(word: string, language: 'en' | 'ru'): boolean {
  const isRussian = /[а-яё]/i.test(word)
  return language === 'en' ? isRussian : !isRussian && /[a-z]{2}/i.test(word)
}
