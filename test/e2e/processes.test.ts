import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { EventReader } from '../support/event-reader.ts'
import { ask, expectStatus } from '../support/kill-run/api.ts'
import { makeAccounts } from '../support/kill-run/people.ts'
import { newDatabase, testServer } from '../support/postgres-databases.ts'
import { type Program, startProgram, temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

/** A database and a Telegram that outlive every process, and one account with a linked chat. */
async function house(t: TestContext) {
  const { url } = await testServer()
  const sandbox = await testSandbox(t, { profile: 'off' })
  const { control } = sandbox
  const bot = control.createBot({ username: 'postrider_bot' })
  const dataDir = temporaryFolder(t)
  const env = {
    DATABASE_URL: url(await newDatabase()),
    TELEGRAM_BOT_TOKEN: bot.token,
    TELEGRAM_API_ROOT: sandbox.url,
    BOT_PORT: '0',
    LOG_FORMAT: 'json',
  }
  const start = (role: 'api' | 'bot', over: Record<string, string> = {}): Promise<Program> =>
    startProgram(t, { dataDir, env: { ...env, ...over }, role })
  return { start, sandbox, control, bot }
}

type House = Awaited<ReturnType<typeof house>>

/** An account at this API, and what it posts there. */
async function sender({ sandbox, control, bot }: House, api: Program) {
  const [account] = await makeAccounts({ url: api.url, sandbox, bot: bot.id }, { accounts: 1, chatsEach: 1 })
  assert.ok(account)
  const { authorization } = account
  const posted: { id: string; text: string }[] = []
  const read = (id: string) => expectStatus(200, ask(api.url, authorization, ['GET', `/v1/messages/${id}`]))
  return {
    authorization,
    posted,
    async post(text: string): Promise<string> {
      const { id } = await expectStatus(202, ask(api.url, authorization, ['POST', '/v1/messages'], { body: { text } }))
      posted.push({ id, text })
      return id
    },
    read,
    async allDelivered(): Promise<void> {
      for (const { id, text } of posted) {
        await until(`"${text}" is delivered`, async () => (await read(id)).status === 'delivered')
      }
    },
    /** Everything arrived; and what arrived more than once is marked. */
    async assertCounted(): Promise<void> {
      const arrived = control.deliveries({ bot: bot.id }).map(({ text }) => text.split('\n')[1])
      for (const { id, text } of posted) {
        const times = arrived.filter((one) => one === text).length
        assert.ok(times > 0, `"${text}" did not arrive`)
        if (times > 1) assert.equal((await read(id)).possibleDuplicate, true, `"${text}" arrived ${times} times`)
      }
    },
  }
}

function assertNoConflict({ control, bot }: House): void {
  const conflicts = control.requests({ bot: bot.id }).filter(({ status }) => status === 409)
  assert.deepEqual(conflicts, [])
}

const LOST = 'another process serves the bot now'

test('what is accepted while no bot process is up is delivered when one comes, and the news flow back', async (t) => {
  const here = await house(t)
  const api = await here.start('api')
  const first = await here.start('bot')
  assert.equal((await fetch(first.url)).status, 200)
  const ann = await sender(here, api)
  assert.equal(await first.end('SIGTERM'), 0)
  const events = await EventReader.open(`${api.url}/v1/events`, { authorization: ann.authorization })
  t.after(() => events.response.destroy())
  const id = await ann.post('for later')
  const nextStatus = async (): Promise<string> => {
    for (;;) {
      const { data } = (await events.next()) ?? {}
      const message = data as { id: string; status: string }
      if (message.id === id) return message.status
    }
  }
  assert.equal(await nextStatus(), 'queued')
  await here.start('bot')
  await ann.allDelivered()
  while ((await nextStatus()) !== 'delivered');
  await ann.assertCounted()
  assertNoConflict(here)
})

test('the bots of a process that is killed run elsewhere, nothing is lost, and what came twice is marked', async (t) => {
  const here = await house(t)
  const api = await here.start('api')
  const owner = await here.start('bot')
  const ann = await sender(here, api)
  const heir = await here.start('bot')
  here.control.addFault({ method: 'sendMessage', action: { kind: 'delay', when: 'after', ms: 300 } })
  for (let number = 1; number <= 6; number++) await ann.post(`before ${number}`)
  await until('a call is under way', () =>
    here.control.requests({ method: 'sendMessage' }).some(({ answeredAtMs }) => answeredAtMs === undefined),
  )
  await owner.end('SIGKILL')
  here.control.clearFaults()
  for (let number = 1; number <= 3; number++) await ann.post(`after ${number}`)
  await ann.allDelivered()
  await ann.assertCounted()
  assertNoConflict(here)
  assert.doesNotMatch(heir.output(), /"level":"error"/)
})

test('a process that slept while its bot went elsewhere sends nothing more, and is of use again', async (t) => {
  const here = await house(t)
  const api = await here.start('api')
  const owner = await here.start('bot')
  const ann = await sender(here, api)
  const heir = await here.start('bot')
  await ann.post('to the first')
  await ann.allDelivered()
  owner.process.kill('SIGSTOP')
  t.after(() => void owner.process.kill('SIGCONT'))
  await ann.post('to the second')
  await ann.allDelivered()
  owner.process.kill('SIGCONT')
  for (let number = 1; number <= 5; number++) await ann.post(`then ${number}`)
  await until('the first one has noticed', () => owner.output().includes(LOST))
  await ann.allDelivered()
  await ann.assertCounted()
  assertNoConflict(here)
  assert.equal(await heir.end('SIGTERM'), 0)
  await ann.post('to the first again')
  await ann.allDelivered()
  assertNoConflict(here)
  for (const program of [owner, heir]) assert.doesNotMatch(program.output(), /"level":"error"/)
})

test('processes come up while Telegram is away, and what they accept goes when it is back', async (t) => {
  const here = await house(t)
  const api = await here.start('api')
  const owner = await here.start('bot')
  const ann = await sender(here, api)
  assert.equal(await owner.end('SIGTERM'), 0)
  const away = { TELEGRAM_API_ROOT: 'http://127.0.0.1:9' }
  const [blind] = await Promise.all([here.start('bot', away), here.start('api', away)])
  await ann.post('patience')
  assert.equal(await blind.end('SIGTERM'), 0)
  await here.start('bot')
  await ann.allDelivered()
  await ann.assertCounted()
})
