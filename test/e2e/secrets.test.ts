import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

const PASSWORD = 'a horse that nobody else has'

test('no secret stands in clear in the data folder, the log or the metrics, after everything was used once', async (t) => {
  const sandbox = await testSandbox(t)
  const bot = sandbox.control.createBot({ username: 'postrider_bot' })
  const dataDir = temporaryFolder(t)
  const program = await startProgram(t, {
    dataDir,
    env: { TELEGRAM_API_ROOT: sandbox.url, TELEGRAM_BOT_TOKEN: bot.token, LOG_LEVEL: 'debug', LOG_FORMAT: 'json' },
  })
  const ann = new Stranger(program.url, sandbox.url, 'ann', PASSWORD)
  await ann.ask('POST', '/v1/users', { login: 'ann', password: PASSWORD, name: 'Ann' })
  const session = await ann.ask('POST', '/v1/sessions', { login: 'ann', password: PASSWORD })
  const made = await ann.ask('POST', '/v1/tokens', { name: 'laptop', scopes: ['send', 'read', 'manage'] })
  const { body: link } = await ann.ask('POST', '/v1/link-codes')
  // Wrong guesses and odd places, where a careless log would write them down.
  await ann.ask('POST', '/v1/sessions', { login: 'ann', password: `${PASSWORD}, wrong` })
  await ann.ask('GET', `/v1/messages?token=${made.body.token}`)
  await fetch(`${program.url}/s/${made.body.token}`, { method: 'POST', body: 'too early' })
  await fetch(`${program.url}/s/${made.body.token}/`, { method: 'POST', body: 'nowhere' })
  await ann.ask('GET', '/v1/me', undefined, { authorization: `Bearer ${made.body.token}` })
  await ann.ask('GET', '/v1/me', undefined, { authorization: `Bearer ${session.body.accessToken}` })
  const phone = await ann.person('Annie', 'en')
  await phone.start(link.code)
  await until('the chat is linked', async () => (await phone.heard()).length > 0)
  const chatCode = await unlinkedChatCode(ann)
  await ann.ask('POST', '/v1/messages', { text: 'hello' }, { 'idempotency-key': 'k1' })
  await until('the message arrives', async () => (await phone.heard()).length > 1)
  const metrics = await (await fetch(`${program.url}/metrics`)).text()
  assert.equal(await program.end('SIGTERM'), 0)

  const secrets = {
    password: PASSWORD,
    'API token': made.body.token,
    'access token': session.body.accessToken,
    'bot token': bot.token.split(':')[1],
    'code of an account': link.code,
    'code of a chat': chatCode,
    'secret key': readFileSync(join(dataDir, 'secret.key'), 'utf8').trim(),
  }
  const places: Record<string, string> = {
    ...Object.fromEntries(
      readdirSync(dataDir)
        .filter((file) => file !== 'secret.key')
        .map((file) => [file, readFileSync(join(dataDir, file), 'latin1')]),
    ),
    log: program.output(),
    metrics,
  }
  assert.ok(
    Object.values(places).some((content) => content.includes('$argon2id$')),
    'this looked at the database',
  )
  for (const [what, secret] of Object.entries(secrets)) {
    assert.ok(typeof secret === 'string' && secret.length >= 8, what)
    for (const [where, content] of Object.entries(places)) {
      assert.ok(!content.includes(secret), `${what} stands in ${where}`)
      assert.ok(
        !content.includes(Buffer.from(secret).toString('base64').replace(/=+$/, '')),
        `${what} in ${where}, base64`,
      )
    }
  }
})

/** What the bot gives to a chat that no account has. */
async function unlinkedChatCode(ann: Stranger): Promise<string> {
  const phone = await ann.person('Bob', 'en')
  await phone.start()
  const heard = await until('the bot greets', async () => (await phone.heard())[0]?.text)
  return /\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b/.exec(heard)?.[0].replaceAll('-', '') ?? ''
}
