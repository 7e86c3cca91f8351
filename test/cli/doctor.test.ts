import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { migratedDatabase, testServer } from '../support/postgres-databases.ts'
import { runProgram, startProgram, temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'

interface Finding {
  check: string
  state: 'ok' | 'warn' | 'fail'
  detail: string
}

async function doctor(
  env: Record<string, string>,
): Promise<{ code: number | null; of: (check: string) => Finding | undefined }> {
  const { code, stdout, stderr } = await runProgram(['doctor', '--json'], { env: { PORT: '0', ...env } })
  assert.equal(stderr, '')
  const findings = JSON.parse(stdout) as Finding[]
  return { code, of: (check) => findings.find((finding) => finding.check === check) }
}

/** A web server at a port of its own whose clock is off by so much. */
async function skewedServer(t: TestContext, skewMs: number): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(404, { date: new Date(Date.now() + skewMs).toUTCString() }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

test('a new installation without a token is well, with a word about the sandbox', async (t) => {
  const { code, of } = await doctor({ DATA_DIR: temporaryFolder(t) })
  assert.equal(code, 0)
  assert.partialDeepStrictEqual(of('bot token'), { state: 'warn' })
  for (const check of ['settings', 'data folder', 'disk', 'database', 'port'])
    assert.equal(of(check)?.state, 'ok', check)
})

test('with a token it asks Telegram who the bot is, and never shows the token', async (t) => {
  const sandbox = await testSandbox(t)
  const bot = sandbox.control.createBot({ username: 'courier_bot', name: 'Courier' })
  const env = { DATA_DIR: temporaryFolder(t), TELEGRAM_API_ROOT: sandbox.url }
  const good = await doctor({ ...env, TELEGRAM_BOT_TOKEN: bot.token })
  assert.equal(good.code, 0)
  assert.partialDeepStrictEqual(good.of('bot token'), { state: 'ok', detail: 'It is the bot @courier_bot (Courier).' })
  assert.partialDeepStrictEqual(good.of('telegram'), { state: 'ok' })

  const bad = await doctor({ ...env, TELEGRAM_BOT_TOKEN: `${bot.id}:AAE4fJzX0n2vLq8sYt7uWk3mPb9cRd5hGxQ` })
  assert.equal(bad.code, 1)
  assert.partialDeepStrictEqual(bad.of('bot token'), { state: 'fail' })
  assert.match(bad.of('bot token')?.detail ?? '', /@BotFather/)
  assert.ok(!JSON.stringify(bad.of('bot token')).includes('AAE4f'))
})

test('a Telegram that cannot be reached, and a clock that is off, are said with what to do', async (t) => {
  const env = { DATA_DIR: temporaryFolder(t), TELEGRAM_BOT_TOKEN: '1:x' }
  const away = await doctor({ ...env, TELEGRAM_API_ROOT: 'http://127.0.0.1:9' })
  assert.equal(away.code, 1)
  assert.match(away.of('telegram')?.detail ?? '', /cannot be reached .*TELEGRAM_API_ROOT/)

  const behind = await doctor({ ...env, TELEGRAM_API_ROOT: await skewedServer(t, 3_600_000) })
  assert.match(behind.of('clock')?.detail ?? '', /^It is 3[56]\d\d s behind .*NTP/)
  assert.equal(behind.of('clock')?.state, 'warn')
  const right = await doctor({ ...env, TELEGRAM_API_ROOT: await skewedServer(t, 0) })
  assert.equal(right.of('clock')?.state, 'ok')
})

test('every wrong setting is a finding of its own', async () => {
  const { code, stdout } = await runProgram(['doctor', '--json'], { env: { PORT: 'x', LOG_LEVEL: 'loud' } })
  assert.equal(code, 1)
  const findings = JSON.parse(stdout) as Finding[]
  assert.deepEqual(
    findings.map(({ check, state }) => [check, state]),
    [
      ['settings', 'fail'],
      ['settings', 'fail'],
    ],
  )
})

test('a port that another program has is a failure, one that Postrider has is not', async (t) => {
  const squatter = createTcpServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  t.after(() => squatter.close())
  const { port } = squatter.address() as { port: number }
  const taken = await doctor({ DATA_DIR: temporaryFolder(t), PORT: String(port) })
  assert.deepEqual([taken.code, taken.of('port')?.state], [1, 'fail'])
  assert.match(taken.of('port')?.detail ?? '', new RegExp(`Port ${port} is taken.*PORT=`))

  const dataDir = temporaryFolder(t)
  const { url } = await startProgram(t, { dataDir })
  const running = await doctor({ DATA_DIR: dataDir, PORT: new URL(url).port })
  assert.deepEqual([running.code, running.of('port')?.state, running.of('database')?.state], [0, 'ok', 'ok'])
})

test('a Postrider with other data at the port is a failure: a start would fail there', async (t) => {
  const { url } = await startProgram(t, { dataDir: temporaryFolder(t) })
  const { code, of } = await doctor({ DATA_DIR: temporaryFolder(t), PORT: new URL(url).port, SANDBOX_PORT: '0' })
  assert.deepEqual([code, of('port')?.state], [1, 'fail'])
  assert.match(of('port')?.detail ?? '', /other data .* a start would fail.*PORT=\d+/)
})

test('without a token the port of the sandbox is looked at, too, and with one it is not', async (t) => {
  const dataDir = temporaryFolder(t)
  const fresh = await doctor({ DATA_DIR: dataDir })
  assert.deepEqual([fresh.code, fresh.of('sandbox port')?.state], [0, 'ok'])
  const { url, sandboxUrl } = await startProgram(t, { dataDir })
  const env = { PORT: new URL(url).port, SANDBOX_PORT: new URL(sandboxUrl).port }

  const running = await doctor({ DATA_DIR: dataDir, ...env })
  assert.deepEqual([running.code, running.of('sandbox port')?.state], [0, 'ok'])
  assert.match(running.of('sandbox port')?.detail ?? '', /answers at port \d+ already/)

  const taken = await doctor({ DATA_DIR: temporaryFolder(t), SANDBOX_PORT: env.SANDBOX_PORT })
  assert.deepEqual([taken.code, taken.of('sandbox port')?.state], [1, 'fail'])
  assert.match(taken.of('sandbox port')?.detail ?? '', /^Port \d+ is taken: .*SANDBOX_PORT=\d+\.$/)

  const same = await doctor({ DATA_DIR: temporaryFolder(t), PORT: '65535', SANDBOX_PORT: '65535' })
  assert.match(same.of('sandbox port')?.detail ?? '', /It is PORT, too.*SANDBOX_PORT=8001\./)
  const real = { TELEGRAM_BOT_TOKEN: '1:x', TELEGRAM_API_ROOT: 'http://127.0.0.1:9' }
  assert.equal((await doctor({ DATA_DIR: temporaryFolder(t), ...real })).of('sandbox port'), undefined)
})

test('a database that is none, a folder that is none and a key that others can read are found', async (t) => {
  const dataDir = temporaryFolder(t)
  writeFileSync(
    join(dataDir, 'postrider.db'),
    'this is no database, and much longer than a header of SQLite would be. '.repeat(9),
  )
  writeFileSync(join(dataDir, 'secret.key'), 'x'.repeat(40))
  chmodSync(join(dataDir, 'secret.key'), 0o644)
  const { code, of } = await doctor({ DATA_DIR: dataDir })
  assert.equal(code, 1)
  assert.equal(of('database')?.state, 'fail')
  assert.match(of('secret key')?.detail ?? '', /chmod 600/)
  assert.equal((await doctor({ DATA_DIR: join(dataDir, 'secret.key') })).of('data folder')?.state, 'fail')
})

test('passwords in clear over the network are warned about', async (t) => {
  const { of } = await doctor({ DATA_DIR: temporaryFolder(t), PUBLIC_URL: 'http://post.example' })
  assert.match(of('settings')?.detail ?? '', /TLS/)
})

test('for people it is one line for each check', async (t) => {
  const { code, stdout } = await runProgram(['doctor'], { env: { DATA_DIR: temporaryFolder(t), PORT: '0' } })
  assert.equal(code, 0)
  for (const line of stdout.trim().split('\n')) assert.match(line, /^(ok|warn|fail) +[a-z ]+ {2}\S.*\.$/)
})

test('a database that is newer than the program, or takes no writes, is no good one', async (t) => {
  const { url, execute } = await testServer()
  const database = await migratedDatabase()
  const env = { DATA_DIR: temporaryFolder(t), DATABASE_URL: url(database) }
  const good = await doctor(env)
  assert.equal(good.of('database')?.state, 'ok')
  await execute("insert into schema_versions (version, name) values (9999, 'later')", database)
  const newer = await doctor(env)
  assert.equal(newer.code, 1)
  assert.equal(newer.of('database')?.state, 'fail')
  assert.match(newer.of('database')?.detail ?? '', /at version 9999 .* start the newer program/)
  await execute('delete from schema_versions where version = 9999', database)
  await execute(`alter database ${database} set default_transaction_read_only = on`)
  const readOnly = await doctor(env)
  assert.equal(readOnly.code, 1)
  assert.match(readOnly.of('database')?.detail ?? '', /takes no writes now \(read-only\)/)
})
