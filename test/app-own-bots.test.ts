import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type BotsApp, newBot, owner, startBotsApp } from './support/bots.ts'
import { Stranger } from './support/loop.ts'
import { newDatabase, testServer } from './support/postgres-databases.ts'
import { runProgram, temporaryFolder } from './support/program.ts'
import { testSandbox } from './support/sandbox.ts'
import { until } from './support/until.ts'

const KEYS = { first: 'the first key of this test, long', second: 'the second key of this test', third: 'a third key' }
const FIRST = { SECRET_KEY: KEYS.first }

/** An installation with a bot of somebody's own, on which a chat is linked; it is stopped. */
async function withOwnBot(t: TestContext, env: Record<string, string> = FIRST) {
  const sandbox = await testSandbox(t)
  const dataDir = temporaryFolder(t)
  const start = (now: Record<string, string>, folder = dataDir) =>
    startBotsApp(t, sandbox, { dataDir: folder, env: now })
  const app = await start(env)
  const ann = await owner(app, sandbox, 'ann')
  const view = newBot(sandbox)
  const { body: bot } = await ann.ask('POST', '/v1/bots', { token: view.token })
  const { body: link } = await ann.ask('POST', '/v1/link-codes', { botId: bot.id })
  const annie = sandbox.control.createUser({ firstName: 'Annie', languageCode: 'en' })
  sandbox.control.start({ user: annie.id, bot: view.id, payload: link.code })
  await until('the chat is linked', async () => (await ann.ask('GET', '/v1/chats')).body.items.length === 1)
  await app.stop()
  const annOn = (there: BotsApp) => new Stranger(there.url, sandbox.url, 'ann')
  return { dataDir, start, view, bot, annOn }
}

/** A message goes all the way. */
async function works(ann: Stranger): Promise<void> {
  const { body: sent } = await ann.ask('POST', '/v1/messages', { text: 'hello' })
  await until('it arrives', async () => (await ann.ask('GET', `/v1/messages/${sent.id}`)).body.status === 'delivered')
}

const said = ({ log }: BotsApp, words: RegExp) => log.lines.filter(({ message }) => words.test(message))

test('SECRET_KEY is changed with the one before at hand, and then needs it no more', async (t) => {
  const { start, annOn } = await withOwnBot(t)
  const changing = await start({ SECRET_KEY: KEYS.second.repeat(2), SECRET_KEY_PREVIOUS: KEYS.first })
  await works(annOn(changing))
  assert.deepEqual(
    said(changing, /encrypted anew/).map(({ fields }) => fields),
    [{ bots: 1 }],
  )
  assert.equal(said(changing, /remove SECRET_KEY_PREVIOUS/).length, 1)
  await changing.stop()
  const after = await start({ SECRET_KEY: KEYS.second.repeat(2) })
  await works(annOn(after))
  assert.deepEqual(said(after, /encrypted anew|SECRET_KEY_PREVIOUS/), [])
})

test('a generated key is changed by `postrider rotate-key`', async (t) => {
  const { start, annOn, dataDir } = await withOwnBot(t, {})
  const before = readFileSync(join(dataDir, 'secret.key'), 'utf8')
  const { code, stdout } = await runProgram(['rotate-key'], { env: { DATA_DIR: dataDir } })
  assert.equal(code, 0)
  assert.match(stdout, /Restart/)
  assert.notEqual(readFileSync(join(dataDir, 'secret.key'), 'utf8'), before)
  assert.equal(readFileSync(join(dataDir, 'secret.key.previous'), 'utf8'), before)
  const changing = await start({})
  assert.equal(said(changing, /encrypted anew/).length, 1)
  await works(annOn(changing))
})

test('a token that no key opens is told in plain words, what waits is held, and the token given again ends it', async (t) => {
  const { start, annOn, bot, view, dataDir } = await withOwnBot(t)
  const env = { SECRET_KEY: KEYS.third.repeat(3) }
  const lost = await start(env)
  const ann = annOn(lost)
  assert.equal(said(lost, /cannot be decrypted/).length, 1)
  const now = async () => (await ann.ask('GET', `/v1/bots/${bot.id}`)).body
  await until('it is told', async () => (await now()).state === 'rejected')
  assert.match((await now()).stateReason, /secret key .* was changed: enter the token again/)
  const { body: sent } = await ann.ask('POST', '/v1/messages', { text: 'held' })
  assert.deepEqual([sent.status, sent.waitingFor], ['queued', 'bot_rejected'])

  const doctor = await runProgram(['doctor', '--json'], { env: { ...env, DATA_DIR: dataDir, PORT: '0' } })
  const findings = JSON.parse(doctor.stdout) as { check: string; state: string; detail: string }[]
  const finding = findings.find(({ check }) => check === 'bot tokens')
  assert.equal(finding?.state, 'fail')
  assert.match(finding.detail, new RegExp(`@${view.username} cannot be decrypted: set SECRET_KEY_PREVIOUS`))

  await ann.ask('PATCH', `/v1/bots/${bot.id}`, { token: view.token })
  await lost.stop()
  const again = await start(env)
  await until('what was held flows', async () => {
    const { body } = await annOn(again).ask('GET', `/v1/messages/${sent.id}`)
    return body.status === 'delivered'
  })
})

test('the key that comes back ends it as well', async (t) => {
  const { start, annOn, bot } = await withOwnBot(t)
  const env = { SECRET_KEY: KEYS.third.repeat(3) }
  const lost = await start(env)
  const state = async (): Promise<string> => (await annOn(lost).ask('GET', `/v1/bots/${bot.id}`)).body.state
  await until('it is told', async () => (await state()) === 'rejected')
  await lost.stop()
  const healed = await start({ ...env, SECRET_KEY_PREVIOUS: KEYS.first })
  await works(annOn(healed))
})

test('an export carries the token sealed, and with the same key the bot works in the new place', async (t) => {
  const { start, annOn, dataDir, view } = await withOwnBot(t)
  const file = join(temporaryFolder(t), 'all.jsonl.gz')
  const exported = await runProgram(['export', file], { env: { ...FIRST, DATA_DIR: dataDir } })
  assert.equal(exported.code, 0, exported.stderr)
  const content = gunzipSync(readFileSync(file)).toString()
  assert.match(content, /"v1\.[0-9a-f]{16}\.[\w-]{16}\.[\w-]+"/)
  assert.ok(!content.includes(view.token.split(':')[1] ?? view.token))
  const folder = temporaryFolder(t)
  const imported = await runProgram(['import', file], { env: { ...FIRST, DATA_DIR: folder } })
  assert.equal(imported.code, 0, imported.stderr)
  await works(annOn(await start(FIRST, folder)))
})

test('at most MAX_BOTS_PER_USER through two processes on one PostgreSQL at once', async (t) => {
  const sandbox = await testSandbox(t)
  const { url } = await testServer()
  const env = { ...FIRST, DATABASE_URL: url(await newDatabase()), MAX_BOTS_PER_USER: '3' }
  const one = await startBotsApp(t, sandbox, { env })
  const other = await startBotsApp(t, sandbox, { env })
  const ann = await owner(one, sandbox, 'ann')
  const { body: session } = await ann.ask('POST', '/v1/sessions', { login: 'ann', password: 'correct horse' })
  const headers = { authorization: `Bearer ${session.accessToken}` }
  const across = new Stranger(other.url, sandbox.url, 'ann')
  const adding = Array.from({ length: 100 }, (_, n) => {
    const { token } = newBot(sandbox)
    return (n % 2 === 0 ? ann : across).ask('POST', '/v1/bots', { token, active: n % 3 > 0 }, headers)
  })
  const lines = (await Promise.all(adding)).map((answer) => `${answer.status} ${answer.body.code ?? ''}`)
  assert.deepEqual(
    Object.fromEntries(
      Map.groupBy(lines, (line) => line)
        .entries()
        .map(([line, all]) => [line, all.length]),
    ),
    {
      '201 ': 3,
      '403 bot_limit_reached': 97,
    },
  )
  assert.equal((await ann.ask('GET', '/v1/bots', undefined, headers)).body.items.length, 3)
})
