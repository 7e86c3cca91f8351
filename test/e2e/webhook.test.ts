import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { frontDoor } from '../support/front-door.ts'
import { Stranger } from '../support/loop.ts'
import { type Program, startProgram, temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

/** A Telegram that outlives the program, the program's public address, and a person who is about to link a chat. */
async function house(t: TestContext) {
  const dataDir = temporaryFolder(t)
  const sandbox = await testSandbox(t)
  const { control } = sandbox
  const account = control.createBot({ username: 'postrider_bot' })
  const door = await frontDoor(t)
  const phone = await new Stranger('', sandbox.url, 'ann').person('Annie', 'en')

  async function start(updates: 'polling' | 'webhook'): Promise<Program> {
    const env = {
      TELEGRAM_BOT_TOKEN: account.token,
      TELEGRAM_API_ROOT: sandbox.url,
      TELEGRAM_UPDATES: updates,
      // Whoever goes back to polling takes the address out in the same breath.
      ...(updates === 'webhook' && { PUBLIC_URL: door.url }),
      LOG_FORMAT: 'json',
    }
    const program = await startProgram(t, { dataDir, env })
    door.lead(program.localUrl)
    return program
  }

  const info = () => control.bot(account.id).webhook
  return {
    dataDir,
    control,
    account,
    door,
    phone,
    start,
    info,
    texts: async () => (await phone.heard()).map(({ text }) => text),
    webhookIsSet: () => until('the webhook is set', () => info().url?.startsWith(`${door.url}/v1/telegram/updates/`)),
    nothingWaits: () => until('nothing waits at Telegram', () => control.pendingUpdates(account.id).length === 0),
    /** An account, and a code that links a chat to it. */
    register: async (program: Program) => {
      const ann = new Stranger(program.localUrl, sandbox.url, 'ann')
      await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
      return { ann, code: (await ann.ask('POST', '/v1/link-codes')).body.code as string }
    },
  }
}

const LINKED = /Ann/

test('without a token it is the sandbox that posts, and a start at another address is found', async (t) => {
  const dataDir = temporaryFolder(t)
  const env = { TELEGRAM_UPDATES: 'webhook' }
  const first = await startProgram(t, { dataDir, env })
  const phone = await new Stranger(first.url, first.sandboxUrl, 'ann').person('Annie', 'en')
  await phone.start()
  await until('the bot greets', async () => (await phone.heard()).length === 1)
  await first.end('SIGTERM')
  const second = await startProgram(t, { dataDir, env })
  const again = await new Stranger(second.url, second.sandboxUrl, 'ann').person('Bob', 'en')
  await again.start()
  await until('the bot greets again', async () => (await again.heard()).length === 1)
  assert.notEqual(first.url, second.url)
})

test('by webhook: link and receive; what comes twice is answered once, and what is not from Telegram not at all', async (t) => {
  const { start, phone, register, door, texts, control, account, webhookIsSet, nothingWaits, info } = await house(t)
  const program = await start('webhook')
  await webhookIsSet()
  const { ann, code } = await register(program)
  await phone.start(code)
  await until('the chat is linked', async () => LINKED.test((await texts())[0] ?? ''))
  await ann.ask('POST', '/v1/messages', { text: 'hello' })
  await until('the message arrives', async () => (await texts())[1] === 'Ann, I got a message from you:\nhello')

  control.addFault({ bot: account.id, method: 'webhook', times: 1, action: { kind: 'duplicate_update' } })
  await phone.send('/status')
  await until('it was posted twice', () => door.passed.filter(({ body }) => body.includes('/status')).length === 2)
  await nothingWaits()
  const [original] = door.passed.filter(({ body }) => body.includes('/status'))
  assert.ok(original)
  const secret = String(original.headers['x-telegram-bot-api-secret-token'])
  const post = (body: string, token: string): Promise<Response> =>
    fetch(program.localUrl + original.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': token },
      body,
    })
  assert.equal((await post(original.body, secret)).status, 200)
  const forged = JSON.stringify({ ...JSON.parse(original.body), update_id: 1 })
  assert.equal((await post(forged, 'wrong')).status, 404)
  assert.equal((await post(forged, secret.slice(1))).status, 404)
  await phone.send('/help')
  await until('the last one is answered', async () => (await texts()).length === 4)
  await nothingWaits()
  assert.equal((await texts()).length, 4)
  assert.ok(door.passed.every(({ status }) => status === 200))
  assert.equal(info().last_error_message, undefined)
  assert.doesNotMatch(program.output(), new RegExp(secret))
})

test('kill -9 while an update is under way, and what comes while nobody is there: nothing is lost, all is in order', async (t) => {
  const { start, phone, register, texts, control, info, webhookIsSet, nothingWaits } = await house(t)
  const first = await start('webhook')
  await webhookIsSet()
  const { url } = info()
  const { ann, code } = await register(first)
  // The chat is linked, and its answer does not get out.
  const fault = control.addFault({ method: 'sendMessage', action: { kind: 'delay', when: 'before', ms: 600_000 } })
  await phone.start(code)
  await until('the chat is linked', async () => (await ann.ask('GET', '/v1/chats')).body.items.length === 1)
  await until('the answer is on its way', () => control.requests().some(({ method }) => method === 'sendMessage'))
  await first.end('SIGKILL')
  control.removeFault(fault.id)
  await phone.send('/status')
  await phone.send('/nonsense')
  assert.equal(info().url, url)

  const second = await start('webhook')
  const heard = await until('all three are answered', async () => (await texts()).length >= 3 && (await texts()))
  await nothingWaits()
  assert.equal(heard.length, 3)
  assert.match(heard[0] ?? '', LINKED)
  const again = new Stranger(second.localUrl, '', 'ann')
  assert.equal((await again.ask('GET', '/v1/chats')).body.items.length, 1)

  assert.equal(await second.end('SIGTERM'), 0)
  assert.equal(info().url, url)
})

test('what people wrote before their bot was switched off is answered when it is on again, all of it and in order', async (t) => {
  const { start, register, control } = await house(t)
  const program = await start('webhook')
  const { ann } = await register(program)
  const view = control.createBot({ username: 'ann_echo_bot' })
  const { id } = (await ann.ask('POST', '/v1/bots', { token: view.token, echo: true })).body
  await until('it runs', async () => (await ann.ask('GET', `/v1/bots/${id}`)).body.state === 'running')
  const bob = control.createUser({ firstName: 'Bob' })
  const said = () => control.deliveries({ bot: view.id, chat: bob.id }).map(({ text }) => text)
  control.start({ user: bob.id, bot: view.id })
  await until('it greets', () => said().length === 2)
  for (const round of [1, 2]) {
    const before = said().length
    // However slow the machine is, Telegram takes no second answer before the switch.
    const held = { kind: 'delay', when: 'before', ms: 600_000 } as const
    const fault = control.addFault({ bot: view.id, method: 'sendMessage', nth: 2, action: held })
    const texts = ['one', 'two', 'three', 'four'].map((word) => `${word}, ${round}`)
    for (const text of texts) control.send({ user: bob.id, bot: view.id, text })
    await until('it has begun', () => said().length > before)
    await ann.ask('PATCH', `/v1/bots/${id}`, { active: false })
    await until('its webhook is gone', () => control.bot(view.id).webhook.url === '')
    assert.equal(said().length, before + 1)
    control.removeFault(fault.id)
    await ann.ask('PATCH', `/v1/bots/${id}`, { active: true })
    await until('all is answered', () => said().length >= before + texts.length)
    await until('nothing waits at Telegram', () => control.pendingUpdates(view.id).length === 0)
    assert.deepEqual(said().slice(before), texts)
  }
})

test('while the database is away Telegram keeps its updates, and sends them again', async (t) => {
  const { dataDir, start, phone, register, texts, info, webhookIsSet, nothingWaits } = await house(t)
  const program = await start('webhook')
  await webhookIsSet()
  const { code } = await register(program)
  // The program may be writing when we come.
  const other = new DatabaseSync(join(dataDir, 'postrider.db'), { timeout: 60_000 })
  t.after(() => other.close())
  other.exec('begin immediate')
  await phone.start(code)
  await until('Telegram was told', () => /503 Service Unavailable/.test(info().last_error_message ?? ''))
  assert.deepEqual(await texts(), [])
  other.exec('rollback')
  await until('the chat is linked', async () => LINKED.test((await texts())[0] ?? ''))
  await nothingWaits()
  assert.equal((await texts()).length, 1)
})

test('from polling to the webhook and back: what waits goes along, and nothing is answered twice', async (t) => {
  const { start, phone, register, texts, info, webhookIsSet, nothingWaits, control, account } = await house(t)
  const polling = await start('polling')
  const { code } = await register(polling)
  await phone.start(code)
  await until('the chat is linked', async () => (await texts()).length === 1)
  await polling.end('SIGTERM')
  await phone.send('/status')

  const posted = await start('webhook')
  await webhookIsSet()
  await until('what waited is answered', async () => (await texts()).length === 2)
  await nothingWaits()
  await posted.end('SIGTERM')
  await phone.send('/help')

  const back = await start('polling')
  await until('what waited is answered', async () => (await texts()).length === 3)
  await until('the webhook is gone', () => info().url === '')
  await phone.send('/history')
  await until('polling goes on', async () => (await texts()).length === 4)
  await nothingWaits()
  assert.equal((await texts()).length, 4)
  assert.doesNotMatch(back.output(), /"state":"conflict"/)
  assert.equal(control.requests().filter(({ method }) => method === 'deleteWebhook').length, 1)
  assert.deepEqual(
    control.requests().filter(({ status }) => status === 409),
    [],
    'nobody polled while the webhook was set',
  )
  assert.equal(control.bot(account.id).webhook.pending_update_count, 0)
})
