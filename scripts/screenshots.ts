/**
 * Makes the pictures of the README: the program with its sandbox, a person who linked a chat, and the phone as that person sees it.
 * `npm run screenshots` writes them to `docs/images/`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchChromium } from '../test/support/chromium.ts'
import { Stranger } from '../test/support/loop.ts'
import { startProgram } from '../test/support/program.ts'
import { until } from '../test/support/until.ts'

const IMAGES = join(import.meta.dirname, '../docs/images')

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

async function main(): Promise<void> {
  const cleaning = new Cleaning()
  try {
    const dataDir = mkdtempSync(join(tmpdir(), 'postrider-pictures-'))
    cleaning.after(() => rmSync(dataDir, { recursive: true, force: true }))
    const program = await startProgram(cleaning, { dataDir })
    const ann = new Stranger(program.url, program.sandboxUrl, 'ann')
    const phone = await livelyChat(ann)
    const browser = await launchChromium(cleaning)
    mkdirSync(IMAGES, { recursive: true })
    const page = await browser.newPage({ viewport: { width: 960, height: 780 }, deviceScaleFactor: 1.5 })
    await page.goto(`${program.sandboxUrl}/_sandbox/?user=${phone.id}`)
    await page
      .getByRole('button', { name: /Postrider/ })
      .first()
      .click()
    await page.getByText('Disk of web2').last().waitFor()
    await page.screenshot({ path: join(IMAGES, 'phone.png') })
    console.log('docs/images/phone.png')
    await program.end('SIGTERM')
  } finally {
    await cleaning.all()
  }
}

async function livelyChat(ann: Stranger): Promise<{ id: number }> {
  const phone = await ann.person('Ann', 'en')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  const { body: link } = await ann.ask('POST', '/v1/link-codes')
  await phone.start(link.code)
  await until('the chat is linked', async () => (await phone.heard()).length === 1)
  const texts = [
    'Backup of db1 done: 41 GB in 12 min',
    'Deploy 4.2.0 is live.\n\nhttps://ci.example.com/builds/4711',
    'Disk of web2 is 91 % full',
  ]
  for (const [index, text] of texts.entries()) {
    await ann.ask('POST', '/v1/messages', { text })
    await until(text, async () => (await phone.heard()).length === index + 2)
  }
  return phone
}

await main()
