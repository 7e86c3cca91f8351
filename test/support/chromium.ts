import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

/** No feature of the browser may call home: a test that sees a request to another host must mean the page. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/**
 * What the Chromium from npm is told for the place it was made for, and what a browser of people does not do: all in one process, where
 * contexts mix up their cookies and closing one ends them all, and with the rules between sites switched off.
 */
const NOT_LIKE_PEOPLE = new Set([
  '--single-process',
  '--disable-web-security',
  '--disable-site-isolation-trials',
  '--allow-running-insecure-content',
])

/** A real Chromium: the system's where there is one, otherwise the one from npm. Closes itself at the end of the test. */
export async function launchChromium(t: Pick<TestContext, 'after'>): Promise<Browser> {
  const system = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  const isSystem = existsSync(system)
  // A home of its own: Chromium wants to write there, and a container's user may have none.
  const home = await mkdtemp(join(tmpdir(), 'chromium-'))
  const browser = await playwright.launch({
    executablePath: isSystem ? system : await chromium.executablePath(),
    args: isSystem ? QUIET : [...chromium.args.filter((flag) => !NOT_LIKE_PEOPLE.has(flag)), ...QUIET],
    env: { ...process.env, HOME: home },
    headless: true,
  })
  t.after(async () => {
    await browser.close()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  })
  return browser
}
