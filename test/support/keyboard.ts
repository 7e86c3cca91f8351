import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { until } from './until.ts'

/**
 * The name of what has the focus, as it is read aloud, roughly; and whether one sees that it has, also on the phone.
 *
 * Where a box of text has the focus, its frame says so: it is drawn otherwise than a copy of it that has none. Everything else has an
 * outline, or what stands for it has: the track of a switch, the label of a choice.
 */
const FOCUSED = `(() => {
  let it = document.activeElement
  if (it?.matches('iframe')) it = it.contentDocument?.activeElement
  if (!it || it.matches('body')) return { html: '', name: '', isSeen: true }
  const label = it.labels?.[0]?.innerText
  const name = it.getAttribute('aria-label') ?? label ?? it.innerText ?? it.getAttribute('title') ?? ''
  const isOutlined = [it, it.parentElement, it.nextElementSibling, ...(it.labels ?? [])]
    .filter(Boolean)
    .map((part) => getComputedStyle(part))
    .some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px')
  const frameOf = (part) => {
    const { borderColor, borderWidth, boxShadow } = getComputedStyle(part)
    return [borderColor, borderWidth, boxShadow].join()
  }
  const isFramed = () => {
    const box = it.parentElement
    const copy = box.cloneNode(true)
    const boxes = [copy, ...copy.querySelectorAll('*')]
    for (const part of boxes) for (const said of ['id', 'name']) part.removeAttribute(said)
    box.after(copy)
    const isOther = [box, ...box.querySelectorAll('*')].some((part, index) => frameOf(part) !== frameOf(boxes[index]))
    copy.remove()
    return isOther
  }
  const isSeen = isOutlined || (it.matches('input, textarea') && isFramed())
  return { html: it.outerHTML.slice(0, 200), name: name.replaceAll(/\\s+/g, ' ').trim(), isSeen }
})()`

export interface Keys {
  press: (key: string) => Promise<void>
  type: (text: string) => Promise<void>
  /** Waits until the focus is there: dialogs and menus take it a moment after they opened. */
  isAt: (name: string | RegExp) => Promise<void>
  /** Opens the menu whose button has the focus, by this key, and goes to its first item: a menu shows itself a moment before it takes the keys. */
  openMenu: (key: string, first: string) => Promise<void>
  tabTo: (name: string | RegExp, atMost?: number) => Promise<void>
  /** The same the other way round. */
  backTo: (name: string | RegExp, atMost?: number) => Promise<void>
}

/** The keys of a page. Wherever they lead, one has to see where that is. */
export function keyboardOf(page: Page): Keys {
  const look = (): Promise<{ html: string; name: string; isSeen: boolean }> => page.evaluate(FOCUSED)
  const fits = (name: string, wanted: string | RegExp): boolean =>
    typeof wanted === 'string' ? name === wanted : wanted.test(name)
  // The frame takes its colour by and by.
  const untilSeen = (): Promise<{ name: string }> =>
    until('one sees where the focus is', async () => {
      const focused = await look()
      return focused.isSeen && focused
    }).catch(async (cause: unknown) => {
      throw new Error(`one does not see that the focus is at ${(await look()).html}`, { cause })
    })
  const go =
    (key: string): Keys['tabTo'] =>
    async (wanted, atMost = 60) => {
      const passed: string[] = []
      for (let i = 0; i < atMost; i++) {
        await page.keyboard.press(key)
        const { name } = await untilSeen()
        if (fits(name, wanted)) return
        passed.push(name)
      }
      assert.fail(`${wanted} is not reached by ${key}, but ${passed.join(', ')}`)
    }
  const isAt: Keys['isAt'] = async (wanted) => {
    await until(`the focus is at ${wanted}`, async () => fits((await look()).name, wanted))
    await untilSeen()
  }
  return {
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    isAt,
    openMenu: async (key, first) => {
      await page.keyboard.press(key)
      await until('the menu has the keys', () =>
        page.evaluate<boolean>(`document.activeElement.closest('[role=menu]') !== null`),
      )
      await page.keyboard.press('ArrowDown')
      await isAt(first)
    },
    tabTo: go('Tab'),
    backTo: go('Shift+Tab'),
  }
}
