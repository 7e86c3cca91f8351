import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { ApiMethods as Methods, Update } from '@grammyjs/types'
import type { Locator, Page } from 'playwright-core'
import type { BotView } from '../../src/sandbox/control-types.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { launchChromium } from './chromium.ts'
import { testSandbox } from './sandbox.ts'
import { until } from './until.ts'

type ApiMethods = Methods<Blob>

/** How long a page may take to show something, on a machine that is busy with other tests. */
const PATIENCE_MS = 30_000

interface Phone {
  sandbox: Sandbox
  bot: BotView
  page: Page
  /** What went wrong in the page: errors, and requests that left the sandbox. */
  troubles: string[]
}

/** A sandbox with one bot, and its page in a browser; what the page may not do is collected. */
export async function openPhone(t: TestContext, options: { query?: string; width?: number } = {}): Promise<Phone> {
  const sandbox = await testSandbox(t)
  const bot = sandbox.control.createBot({ username: 'letter_bot', name: 'Letters' })
  const browser = await launchChromium(t)
  const context = await browser.newContext({ viewport: { width: options.width ?? 1100, height: 800 } })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text())
  })
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${sandbox.url}/`)) troubles.push(`a request to ${request.url()}`)
  })
  await page.goto(`${sandbox.url}/_sandbox/${options.query ?? ''}`)
  return { sandbox, bot, page, troubles }
}

/** A raw call, as any bot would make it. */
export async function call<M extends keyof ApiMethods>(
  { sandbox, bot }: Phone,
  method: M,
  parameters: object,
): Promise<ReturnType<ApiMethods[M]>> {
  const response = await fetch(`${sandbox.url}/bot${bot.token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
  })
  const answer = (await response.json()) as { ok: boolean; result: ReturnType<ApiMethods[M]>; description?: string }
  assert.ok(answer.ok, answer.description ?? 'refused')
  return answer.result
}

interface Seen {
  offset: number
}

/** The next update of which `pick` makes something. */
export async function nextOf<T>(
  phone: Phone,
  seen: Seen,
  what: string,
  pick: (update: Update) => T | undefined,
): Promise<T> {
  const { picked } = await until(what, async () => {
    for (const update of await call(phone, 'getUpdates', { offset: seen.offset, timeout: 8 })) {
      seen.offset = update.update_id + 1
      const picked = pick(update)
      if (picked !== undefined) return { picked }
    }
    return undefined
  }).catch((cause: unknown) => {
    throw new Error(`the page said: ${phone.troubles.join('; ')}`, { cause })
  })
  return picked
}

/** The next text that somebody writes to the bot. */
export async function nextText(phone: Phone, seen: Seen): Promise<{ text: string; chatId: number; language: string }> {
  return await nextOf(phone, seen, 'somebody writes to the bot', ({ message }) =>
    message?.text === undefined
      ? undefined
      : { text: message.text, chatId: message.chat.id, language: message.from?.language_code ?? '' },
  )
}

export async function switchOn(page: Page, name: string, language = 'en'): Promise<void> {
  await page.locator('#first-name').fill(name)
  await page.locator('#first-language').selectOption(language)
  await page.getByRole('button', { name: 'Switch the phone on' }).click()
  await page.locator('.screen-head', { hasText: name }).waitFor()
}

export const bubble = (page: Page, text: string): Locator => page.locator('.bubble', { hasText: text })
