import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { frontDoor } from '../support/front-door.ts'
import { Stranger } from '../support/loop.ts'
import { newDatabase, testServer } from '../support/postgres-databases.ts'
import { type Program, startProgram, temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

/** One HTTP process to which Telegram posts, any number of processes that serve bots, and an account with bots that echo. */
async function house(t: TestContext) {
  const { url } = await testServer()
  const sandbox = await testSandbox(t, { profile: 'off' })
  const { control } = sandbox
  const shared = control.createBot({ username: 'postrider_bot' })
  const dataDir = temporaryFolder(t)
  const door = await frontDoor(t)
  const env = {
    DATABASE_URL: url(await newDatabase()),
    TELEGRAM_BOT_TOKEN: shared.token,
    TELEGRAM_API_ROOT: sandbox.url,
    TELEGRAM_UPDATES: 'webhook',
    PUBLIC_URL: door.url,
    BOT_PORT: '0',
    LOG_FORMAT: 'json',
  }
  const api = await startProgram(t, { dataDir, env, role: 'api' })
  door.lead(api.localUrl)
  const startBots = (): Promise<Program> => startProgram(t, { dataDir, env, role: 'bot' })
  const ann = new Stranger(api.localUrl, sandbox.url, 'ann')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'ann' })
  const bob = control.createUser({ firstName: 'Bob' })
  const said = (bot: number) => control.deliveries({ bot, chat: bob.id }).map(({ text }) => text)

  /** A bot that echoes, and to which Bob has written already. */
  async function echoBot(username: string) {
    const view = control.createBot({ username })
    const { id } = (await ann.ask('POST', '/v1/bots', { token: view.token, echo: true })).body
    await until(`${username} runs`, async () => (await ann.ask('GET', `/v1/bots/${id}`)).body.state === 'running')
    control.start({ user: bob.id, bot: view.id })
    await until('it has greeted him', () => said(view.id).length === 2)
    return { id: id as string, view, said: () => said(view.id) }
  }
  const nothingWaits = (...bots: number[]) =>
    until('nothing waits at Telegram', () => bots.every((bot) => control.pendingUpdates(bot).length === 0))
  return { control, door, shared, startBots, ann, bob, said, echoBot, nothingWaits }
}

test('by webhook: what people write while no process serves the bots is answered when one does', async (t) => {
  const { control, door, shared, startBots, ann, bob, said, echoBot, nothingWaits } = await house(t)
  const first = await startBots()
  const echo = await echoBot('ann_echo_bot')
  const { code } = (await ann.ask('POST', '/v1/link-codes', { botId: echo.id })).body
  assert.equal(await first.end('SIGTERM'), 0)
  control.start({ user: bob.id, bot: shared.id })
  control.send({ user: bob.id, bot: echo.view.id, text: 'hello?' })
  control.send({ user: bob.id, bot: echo.view.id, text: code })
  await until('Telegram was told to come again, for both', () =>
    [shared, echo.view].every(({ id }) => control.bot(id).webhook.last_error_message?.includes('503')),
  )
  assert.ok(door.passed.findLast(({ status }) => status === 503))
  assert.deepEqual([said(shared.id), echo.said().length], [[], 2])
  await startBots()
  await until('the shared bot greets', () => said(shared.id).length === 1)
  await until('the other one repeats, and has linked', () => echo.said().length === 5)
  assert.deepEqual(echo.said().slice(2, 4), ['hello?', code])
  assert.match(echo.said()[4] ?? '', /ann/)
  assert.equal((await ann.ask('GET', '/v1/chats')).body.items.length, 1)
  await nothingWaits(shared.id, echo.view.id)
})

test('by webhook: what people write while the process of a bot sleeps, or was killed, is answered by another one', async (t) => {
  const { control, startBots, bob, echoBot, nothingWaits } = await house(t)
  const processes = [await startBots(), await startBots()]
  const bots = [await echoBot('ann_one_bot'), await echoBot('ann_two_bot'), await echoBot('ann_three_bot')]
  const ids = bots.map(({ view }) => view.id)

  /** With the end of a process's attention each bot is told something, right away and while others take over. */
  async function talk(name: string): Promise<void> {
    const texts: string[] = []
    for (let number = 1; number <= 3; number++) {
      const text = `${name} ${number}`
      texts.push(text)
      for (const bot of ids) control.send({ user: bob.id, bot, text })
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
    for (const bot of bots)
      await until(`all of ${name} is repeated`, () => texts.every((text) => bot.said().includes(text)))
    await nothingWaits(...ids)
  }
  await talk('while both live')
  for (const asleep of processes) {
    asleep.process.kill('SIGSTOP')
    await talk(`asleep ${processes.indexOf(asleep)}`).finally(() => asleep.process.kill('SIGCONT'))
    await talk(`awake ${processes.indexOf(asleep)}`)
  }
  await processes[0]?.end('SIGKILL')
  await talk('killed')
})
