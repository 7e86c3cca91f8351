import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { frontDoor } from '../support/front-door.ts'
import { Stranger } from '../support/loop.ts'
import { newDatabase, testServer } from '../support/postgres-databases.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

const HEADING = 'ann, I got a message from you:\n'

/** Two HTTP processes and one that serves bots, on one database; and an account that asks now the one, now the other. */
async function house(t: TestContext, updates: 'polling' | 'webhook') {
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
    TELEGRAM_UPDATES: updates,
    PUBLIC_URL: door.url,
    BOT_PORT: '0',
    LOG_FORMAT: 'json',
  }
  const [one, two] = [
    await startProgram(t, { dataDir, env, role: 'api' }),
    await startProgram(t, { dataDir, env, role: 'api' }),
  ]
  door.lead(one.localUrl, two.localUrl)
  const bot = await startProgram(t, { dataDir, env, role: 'bot' })
  const ann = new Stranger(one.localUrl, sandbox.url, 'ann')
  const elsewhere = new Stranger(two.localUrl, sandbox.url, 'ann')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'ann' })
  return { control, door, ann, elsewhere, bot }
}

type House = Awaited<ReturnType<typeof house>>

/** A bot of the account, with a person who has linked a chat through it. */
async function linkedBot({ control, ann }: House, username: string) {
  const view = control.createBot({ username })
  const { body } = await ann.ask('POST', '/v1/bots', { token: view.token })
  const id = body.id as string
  await until(`${username} runs`, async () => (await ann.ask('GET', `/v1/bots/${id}`)).body.state === 'running')
  const user = control.createUser({ firstName: 'Annie' })
  const { code } = (await ann.ask('POST', '/v1/link-codes', { botId: id })).body
  control.start({ user: user.id, bot: view.id, payload: code })
  const chat = await until('the chat is linked', async () => {
    const { items } = (await ann.ask('GET', '/v1/chats')).body
    return (items as { id: string; botId: string }[]).find(({ botId }) => botId === id)
  })
  const arrived = () =>
    control
      .deliveries({ bot: view.id, chat: user.id })
      .flatMap(({ text }) => (text.startsWith(HEADING) ? [text.slice(HEADING.length)] : []))
  const open = () => control.requests({ bot: view.id }).filter(({ answeredAtMs }) => answeredAtMs === undefined)
  return { id, view, user, chatId: chat.id, arrived, open }
}

test('a switch at an HTTP process that serves no bot takes effect where the bot is served', async (t) => {
  const here = await house(t, 'polling')
  const { control, ann, elsewhere } = here
  const bot = await linkedBot(here, 'ann_one_bot')
  const change = (body: object) => elsewhere.ask('PATCH', `/v1/bots/${bot.id}`, body)
  for (let round = 0; round < 3; round++) {
    await until('it polls', () => bot.open().some(({ method }) => method === 'getUpdates'))
    assert.equal((await change({ active: false })).body.state, 'idle')
    await until('nothing of it is open', () => bot.open().length === 0)
    const { body } = await ann.ask('POST', '/v1/messages', { text: `round ${round}`, chatId: bot.chatId })
    const held = (await elsewhere.ask('GET', `/v1/messages/${body.id}`)).body
    assert.deepEqual([held.status, held.waitingFor], ['queued', 'bot_inactive'])
    assert.equal(bot.arrived().length, round)
    assert.equal((await change({ active: true })).body.active, true)
    await until('it flows', () => bot.arrived().length === round + 1)
  }
  assert.deepEqual(bot.arrived(), ['round 0', 'round 1', 'round 2'])
  assert.equal((await elsewhere.ask('DELETE', `/v1/bots/${bot.id}`)).status, 204)
  await until('nothing of it is open', () => bot.open().length === 0)
  assert.deepEqual(
    control.requests().filter(({ status }) => status === 409),
    [],
  )
  assert.doesNotMatch(here.bot.output(), /"level":"error"/)
})

test('by webhook: two bots of an account over two HTTP processes, each at its own address, until it is switched off', async (t) => {
  const here = await house(t, 'webhook')
  const { control, door, ann, elsewhere } = here
  const bots = [await linkedBot(here, 'ann_one_bot'), await linkedBot(here, 'ann_two_bot')]
  const urls = bots.map(({ view }) => control.bot(view.id).webhook.url)
  assert.equal(new Set(urls).size, 2)
  const secrets = new Set(door.passed.map(({ headers }) => headers['x-telegram-bot-api-secret-token']))
  assert.equal(secrets.size, 2)
  for (const { id, view, user } of bots) {
    await elsewhere.ask('PATCH', `/v1/bots/${id}`, { echo: true })
    // Until both processes have heard of it, the former answer may come.
    await until('it repeats what it is told', async () => {
      control.send({ user: user.id, bot: view.id, text: 'hello' })
      return await until(
        'an answer',
        () =>
          control.pendingUpdates(view.id).length === 0 && control.deliveries({ bot: view.id }).at(-1)?.text === 'hello',
        2000,
      ).catch(() => false)
    })
  }
  // A secret of one bot opens nothing of the other.
  const [first, second] = bots.map(({ id }) => door.passed.findLast(({ path }) => path.includes(id)))
  assert.ok(first && second)
  const forged = await fetch(door.url + first.path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': String(second.headers['x-telegram-bot-api-secret-token']),
    },
    body: first.body,
  })
  assert.equal(forged.status, 404)

  const [off, on] = bots
  assert.ok(off && on)
  await elsewhere.ask('PATCH', `/v1/bots/${off.id}`, { active: false })
  await until('its webhook is gone', () => control.bot(off.view.id).webhook.url === '')
  assert.notEqual(control.bot(on.view.id).webhook.url, '')
  control.send({ user: off.user.id, bot: off.view.id, text: 'while it is off' })
  const before = control.deliveries({ bot: off.view.id }).length
  await ann.ask('POST', '/v1/messages', { text: 'through the other', chatId: on.chatId })
  await until('the other one works', () => on.arrived().length === 1)
  assert.equal(control.deliveries({ bot: off.view.id }).length, before)
  await ann.ask('PATCH', `/v1/bots/${off.id}`, { active: true })
  await until('what was said meanwhile is answered', () =>
    control.deliveries({ bot: off.view.id }).some(({ text }) => text === 'while it is off'),
  )
  await ann.ask('DELETE', `/v1/bots/${on.id}`)
  await until('the webhook of a bot that is deleted is gone', () => control.bot(on.view.id).webhook.url === '')
  assert.deepEqual(
    control.requests().filter(({ status }) => status === 409),
    [],
  )
})

test('when no process serves bots any more, the account is told so instead of what was last said', async (t) => {
  const here = await house(t, 'polling')
  const { id } = await linkedBot(here, 'ann_left_bot')
  assert.equal(await here.bot.end('SIGTERM'), 0)
  const { body } = await here.ann.ask('GET', `/v1/bots/${id}`)
  assert.equal(body.state, 'starting')
  assert.match(body.stateReason, /^No process serves this bot/)
})
