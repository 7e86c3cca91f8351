/**
 * Makes the pictures of the README and of docs/page.md: the program with its sandbox, a person with a day of messages behind them, and the
 * account page in a real browser. `npm run screenshots` writes them to `docs/images/`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchChromium } from '../test/support/chromium.ts'
import { startProgram } from '../test/support/program.ts'
import { writePast } from './pictures/history.ts'
import { furnish, LOGIN, PASSWORD, sayToday } from './pictures/people.ts'

const IMAGES = join(import.meta.dirname, '../docs/images')

const DESK = { width: 1440, height: 900 }
const TALL = { width: 1440, height: 1180 }
const POCKET = { width: 390, height: 844 }

interface Picture {
  name: string
  path: string
  /** As high as to end between two boxes. */
  size?: { width: number; height: number }
  scheme?: 'light' | 'dark'
  locale?: 'en' | 'ru'
  /** The sandbox's phone stands beside the page. */
  phone?: boolean
  /** What must have happened before it is taken. */
  first: (page: Page) => Promise<unknown>
}

const drawn = (page: Page): Promise<unknown> =>
  page
    .locator('.recharts-bar-rectangle path, .recharts-line path, .recharts-area path')
    .first()
    .waitFor({ state: 'attached' })

/** Opens the bot's chat on the phone. */
async function openChat(page: Page): Promise<void> {
  const phone = page.frameLocator('iframe')
  await phone.getByText('Postrider').first().click()
  await phone.getByText('Disk of web2').last().waitFor()
}

async function ofTheDay(page: Page): Promise<void> {
  await page.getByText('48 hours').click()
  await drawn(page)
}

const PICTURES: readonly Picture[] = [
  {
    name: 'home',
    path: '',
    size: TALL,
    phone: true,
    first: async (page) => Promise.all([drawn(page), openChat(page)]),
  },
  { name: 'home-ru', path: '', size: TALL, locale: 'ru', first: drawn },
  { name: 'home-phone', path: '', size: POCKET, scheme: 'dark', first: drawn },
  { name: 'messages', path: 'messages', first: (page) => page.getByText('Disk of web2').first().waitFor() },
  {
    name: 'link',
    path: 'chats',
    size: { ...DESK, height: 940 },
    phone: true,
    first: async (page) => {
      await openChat(page)
      await page.getByRole('button', { name: 'Link a chat' }).first().click()
      await page.getByText('Copy the code').waitFor()
    },
  },
  { name: 'bots', path: 'bots', first: (page) => page.getByText('@invoices_bot').first().waitFor() },
  { name: 'operator-dark', path: 'operator', size: { ...DESK, height: 1020 }, scheme: 'dark', first: ofTheDay },
]

/** What a test context offers for cleaning up, for those who are no test. */
class Cleaning {
  readonly #tasks: (() => unknown)[] = []
  after(task: () => unknown): void {
    this.#tasks.unshift(task)
  }
  async all(): Promise<void> {
    for (const task of this.#tasks) await task()
  }
}

async function main(names: readonly string[]): Promise<void> {
  const cleaning = new Cleaning()
  try {
    const dataDir = mkdtempSync(join(tmpdir(), 'postrider-pictures-'))
    cleaning.after(() => rmSync(dataDir, { recursive: true, force: true }))
    const before = await startProgram(cleaning, { dataDir })
    const { userId, chatIds } = await furnish(before)
    await before.end('SIGTERM')
    await writePast({ databaseFile: join(dataDir, 'postrider.db'), userId, chatIds, nowMs: Date.now() })
    const program = await startProgram(cleaning, { dataDir })
    await sayToday(program)
    mkdirSync(IMAGES, { recursive: true })
    for (const picture of PICTURES) {
      if (names.length === 0 || names.includes(picture.name)) await take(program.url, picture)
    }
    await program.end('SIGTERM')
  } finally {
    await cleaning.all()
  }
}

/** In a browser of its own: the one from npm is a single process, and a context that closes takes it along. */
async function take(url: string, picture: Picture): Promise<void> {
  const { name, path, size = DESK, scheme = 'light', locale = 'en', phone = false, first } = picture
  const cleaning = new Cleaning()
  try {
    const browser = await launchChromium(cleaning)
    const context = await browser.newContext({ viewport: size, deviceScaleFactor: 1.5, colorScheme: scheme, locale })
    await context.request.post(`${url}/v1/sessions`, { data: { login: LOGIN, password: PASSWORD } })
    await context.request.patch(`${url}/v1/me`, { data: { locale } })
    const page = await context.newPage()
    await page.goto(`${url}/app/`)
    await page.evaluate((shown) => localStorage.setItem('postrider-phone', String(shown)), phone)
    await page.goto(`${url}/app/${path}`)
    await first(page)
    // Charts and bars grow for a moment.
    await page.waitForTimeout(1500)
    await page.screenshot({ path: join(IMAGES, `${name}.png`) })
    console.log(`docs/images/${name}.png`)
  } finally {
    await cleaning.all()
  }
}

await main(process.argv.slice(2))
