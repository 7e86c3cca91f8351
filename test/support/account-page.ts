import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import type { Browser, BrowserContext, BrowserContextOptions, FrameLocator, Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'
import { untilDrawn } from './page-checks.ts'
import { type Program, startProgram, temporaryFolder } from './program.ts'

/** How long a page may take to show something, on a machine that is busy with other tests. */
const PATIENCE_MS = 30_000

export const PASSWORD = 'correct horse'

/** As wide as the page has room for the phone beside it, and as narrow as it has to work. */
export const WIDE = { width: 1280, height: 900 }
export const NARROW = { width: 360, height: 740 }

let isBuilt = false

/** The program with its page built of the sources as they are now: nobody tests an old one. */
export async function startWithPage(
  t: Pick<TestContext, 'after'>,
  { dataDir = temporaryFolder(t), env = {} }: { dataDir?: string; env?: Record<string, string> } = {},
): Promise<Program> {
  if (!isBuilt) buildPage()
  return await startProgram(t, { dataDir, env })
}

function buildPage(): void {
  const script = join(import.meta.dirname, '../../scripts/build-page.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The page could not be built:\n${stdout}${stderr}`)
  isBuilt = true
}

/** At the end of the file's last test. */
const atTheEnd: Pick<TestContext, 'after'> = { after: (task) => after(task as () => void) }

/** A program and a browser for the tests of a file that come one after the other. */
export async function sharedHouse(env: Record<string, string> = {}): Promise<{ program: Program; browser: Browser }> {
  const [program, browser] = await Promise.all([startWithPage(atTheEnd, { env }), launchChromium(atTheEnd)])
  return { program, browser }
}

/** One person's browser with one tab, and what is wrong with what it shows. */
export interface Visit {
  context: BrowserContext
  page: Page
  /** Complaints of the browser, errors of the page, and requests to another host. */
  troubles: string[]
  /** The sandbox's phone beside the page. */
  phone: FrameLocator
  /** Opens a page by its address, `/chats` for instance, and waits until all of it is there. */
  open: (path: string) => Promise<void>
  /** Another tab. */
  tab: () => Promise<Page>
}

/** One person in a browser: without cookies of anybody else, whoever else uses it. Without `browser`, in one of its own. */
export async function visit(
  t: Pick<TestContext, 'after'>,
  { url }: Pick<Program, 'url'>,
  { browser, ...options }: BrowserContextOptions & { browser?: Browser } = {},
): Promise<Visit> {
  const context = await (browser ?? (await launchChromium(t))).newContext({ viewport: WIDE, ...options })
  t.after(() => context.close())
  context.setDefaultTimeout(PATIENCE_MS)
  const troubles: string[] = []
  const tab = async (): Promise<Page> => {
    const page = await context.newPage()
    watch(page, url, troubles)
    return page
  }
  const page = await tab()
  return {
    context,
    page,
    troubles,
    phone: page.frameLocator('iframe'),
    open: async (path) => {
      await page.goto(`${url}/app${path}`)
      await untilDrawn(page)
    },
    tab,
  }
}

function watch(page: Page, url: string, troubles: string[]): void {
  page.on('console', (said) => {
    if (said.type() === 'error' || said.type() === 'warning') troubles.push(`${said.text()} (${said.location().url})`)
  })
  page.on('pageerror', (error) => troubles.push(error.stack ?? error.message))
  page.on('dialog', (dialog) => {
    troubles.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) troubles.push(`a request to ${request.url()}`)
  })
}

/** A browser writes every refusal into its console. Takes out those of one status, and leaves nothing behind. */
export function complaintsBut(troubles: string[], status: number): string[] {
  const refused = `Failed to load resource: the server responded with a status of ${status} `
  return troubles.splice(0).filter((trouble) => !trouble.startsWith(refused))
}

/** Fills in the form as a stranger does, in English. */
export async function signUp({ page, open }: Visit, login: string, name: string): Promise<void> {
  await open('/sign-up')
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Login').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
}

/** The session of an account that was made through the API, put into this browser. */
export async function signInByApi(
  { context }: Pick<Visit, 'context'>,
  { url }: Pick<Program, 'url'>,
  login: string,
): Promise<void> {
  const { status } = await sessionOf(context, url, login)
  if (status !== 201) throw new Error(`${login} could not sign in: ${status}`)
}

async function sessionOf(context: BrowserContext, url: string, login: string): Promise<{ status: number }> {
  const answer = await context.request.post(`${url}/v1/sessions`, { data: { login, password: PASSWORD } })
  return { status: answer.status() }
}
