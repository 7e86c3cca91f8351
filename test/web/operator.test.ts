import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { complaintsBut, PASSWORD, startWithPage } from '../support/account-page.ts'
import { launchChromium } from '../support/chromium.ts'
import { runProgram, temporaryFolder } from '../support/program.ts'
import { linkByPhone, type SignedIn, signedIn } from '../support/signed-in.ts'
import { until } from '../support/until.ts'

/** One more than a page of the list holds, with Ann and Bob. */
const OTHERS = Array.from({ length: 24 }, (_, index) => `guest-${String(index).padStart(2, '0')}`)

test('an operator sees the house as it is, finds who is in it, and the role comes and goes while one looks', async (t) => {
  const house = await houseOf(t)
  const { ann, bob, held } = house
  const { page, troubles } = ann
  await ann.open('/operator')

  await t.test('how many there are of everything, and that all is well', async () => {
    const numbers = { Accounts: '26', Bots: '2', Chats: '2', Waiting: '2' }
    for (const [name, number] of Object.entries(numbers))
      await tile(page, name).getByText(number, { exact: true }).waitFor()
    await tile(page, 'Bots').getByText('1 running').waitFor()
    await oldestIs(page, 'Waiting', held[0])
    for (const name of ['Database', 'Telegram', 'Processes'])
      await tile(page, name).getByText('Well', { exact: true }).waitFor()
    const version = await runProgram(['--version'])
    await tile(page, `Version ${version.stdout.trim()}`).waitFor()
  })

  await t.test('what was accepted, delivered, failed and put off, by minute, hour and day', async () => {
    for (const span of ['60 minutes', '48 hours', '30 days']) {
      await page.getByRole('radiogroup', { name: 'Time' }).getByText(span, { exact: true }).click()
      await until(`the sums of ${span}`, async () => (await sumsOf(page)).join() === '5,2,1,1')
    }
  })

  await t.test('why messages failed, and how often', async () => {
    const failures = page.getByRole('region', { name: 'Failures of the last day' }).getByRole('row')
    await until('there is one, below the heads', async () => (await failures.count()) === 2)
    const [reason, count] = await failures.last().getByRole('cell').all()
    await reason?.getByRole('link', { name: 'text_refused' }).waitFor()
    assert.match((await count?.innerText()) ?? '', /^1\n/)
  })

  await t.test('whose queue is how long, by state, bot and owner', async () => {
    const bots = page.getByRole('region', { name: 'Bots and their queues' })
    const rows = bots.getByRole('row')
    const names = async (): Promise<string[]> => {
      const seen = await rows.filter({ hasText: '@' }).allInnerTexts()
      return seen.map((row) => /@(\w+)/.exec(row)?.[1] ?? row)
    }
    const untilBots = (wanted: string[]) =>
      until(`the bots are ${wanted.join()}`, async () => (await names()).join() === wanted.join())
    await untilBots(['bob_news_bot', 'postrider_bot'])
    const first = rows.filter({ hasText: '@bob_news_bot' })
    await first.getByText('of bob').waitFor()
    await first.getByText('Switched off').filter({ visible: true }).waitFor()
    await oldestIs(page, '@bob_news_bot', held[0])
    assert.match(await first.getByRole('cell').last().innerText(), /^2\n/)
    const search = bots.getByRole('textbox', { name: 'Find a bot or its owner' })
    await search.fill('postr')
    await untilBots(['postrider_bot'])
    await search.fill('BOB')
    await untilBots(['bob_news_bot'])
    await search.fill('nobody has it')
    await bots.getByText('There is none.').waitFor()
    await search.fill('')
    await bots.getByRole('combobox', { name: 'Any state' }).click()
    await page.getByRole('option', { name: 'Running', exact: true }).click()
    await untilBots(['postrider_bot'])
    await bots.getByRole('combobox', { name: 'Any state' }).click()
    await page.getByRole('option', { name: 'Running', exact: true }).click()
    await untilBots(['bob_news_bot', 'postrider_bot'])
  })

  await t.test('who is here, a page at a time, and who is sought', async () => {
    const accounts = page.getByRole('region', { name: 'Accounts' })
    const rows = accounts.getByRole('row').filter({ hasText: 'since' })
    await until('a page of them is there', async () => (await rows.count()) === 25)
    await accounts.getByRole('button', { name: 'Show more' }).click()
    await until('all are there', async () => (await rows.count()) === 26)
    assert.equal(new Set(await rows.allInnerTexts()).size, 26, 'each once')
    await accounts.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
    await accounts.getByRole('textbox', { name: 'Find an account' }).fill('bo')
    await until('one is found', async () => (await rows.count()) === 1)
    assert.deepEqual(
      await rows
        .getByRole('cell')
        .allInnerTexts()
        .then((cells) => cells.slice(1)),
      ['1', '1', '2'],
    )
  })

  await t.test('what happens while one looks', async () => {
    const { status } = await bob.stranger.ask('POST', '/v1/messages', { text: 'one more' })
    assert.equal(status, 202)
    await tile(page, 'Waiting').getByText('3', { exact: true }).waitFor()
    assert.deepEqual(troubles, [])
  })

  await t.test('the role is taken away, and given to another', async () => {
    await bob.open('/operator')
    await bob.page.getByText('This page is for operators.').waitFor()
    await house.role('bob', 'operator')
    await bob.page.getByRole('region', { name: 'Health' }).waitFor()
    await bob.page.getByRole('link', { name: 'Operator' }).waitFor()
    await house.role('ann', 'user')
    await page.getByText('This page is for operators.').waitFor()
    await page.getByRole('link', { name: 'Operator' }).waitFor({ state: 'detached' })
    assert.equal(await page.getByText('bob').count(), 0)
    assert.deepEqual([...complaintsBut(troubles, 403), ...bob.troubles], [])
  })
})

interface House {
  ann: SignedIn
  bob: SignedIn
  /** When what waits for Bob's bot was accepted. */
  held: string[]
  role: (login: string, role: 'operator' | 'user') => Promise<void>
}

/** Ann's messages are delivered, put off and refused; Bob's wait for a bot that is switched off; the others do nothing. */
async function houseOf(t: TestContext): Promise<House> {
  const dataDir = temporaryFolder(t)
  const [program, browser] = await Promise.all([startWithPage(t, { dataDir }), launchChromium(t)])
  const ann = await signedIn(t, { program, browser }, 'ann')
  const bob = await signedIn(t, { program, browser }, 'bob', { linked: false })
  const send = async ({ stranger }: SignedIn, text: string, wanted: string): Promise<string> => {
    const { body } = await stranger.ask('POST', '/v1/messages', { text })
    const isSo = async () => (await stranger.ask('GET', `/v1/messages/${body.id}`)).body.status === wanted
    await until(`${text} is ${wanted}`, isSo)
    return body.createdAt
  }
  const fault = (action: object) => ann.stranger.telegram('add-fault', { method: 'sendMessage', times: 1, action })
  await send(ann, 'hello', 'delivered')
  await fault({ kind: 'too_many_requests', retryAfterSeconds: 1 })
  await send(ann, 'again', 'delivered')
  await fault({ kind: 'http', entry: 'message_too_long' })
  await send(ann, 'never', 'failed')

  const about = { username: 'bob_news_bot', name: 'News' }
  const { token } = await bob.stranger.telegram<{ token: string }>('create-bot', about)
  const { body: bot } = await bob.stranger.ask('POST', '/v1/bots', { token })
  await linkByPhone(bob.stranger, bob.personId, bot.id)
  await bob.stranger.ask('PATCH', `/v1/bots/${bot.id}`, { active: false })
  const held = [await send(bob, 'first', 'queued'), await send(bob, 'second', 'queued')]
  await Promise.all(
    OTHERS.map((login) => ann.stranger.ask('POST', '/v1/users', { login, password: PASSWORD, name: login })),
  )
  // What was done is written down once a minute, and at the stop.
  await program.end('SIGTERM')
  const env = { PORT: new URL(program.url).port, SANDBOX_PORT: new URL(program.sandboxUrl).port }
  await startWithPage(t, { dataDir, env })
  const role: House['role'] = async (login, wanted) => {
    const { code, stderr } = await runProgram(['user', 'role', login, wanted], { env: { DATA_DIR: dataDir } })
    assert.equal(code, 0, stderr)
  }
  return { ann, bob, held, role }
}

/** A group of the page, or a row of a table, by its name. */
function tile(page: Page, name: string) {
  return page.getByRole('group', { name, exact: true })
}

async function oldestIs(page: Page, name: string, createdAt: string | undefined): Promise<void> {
  const it = tile(page, name).or(page.getByRole('row').filter({ hasText: name }))
  assert.equal(await it.locator('time').last().getAttribute('datetime'), createdAt, name)
}

/** Of the numbers behind the chart: accepted, delivered, failed, answers 429. */
async function sumsOf(page: Page): Promise<number[]> {
  const cells = await page.getByRole('table', { name: 'Activity' }).getByRole('cell').allTextContents()
  return [0, 1, 2, 3].map((column) =>
    cells.filter((_, index) => index % 4 === column).reduce((sum, cell) => sum + Number(cell), 0),
  )
}
