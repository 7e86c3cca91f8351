import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Records, type ServiceRecord } from '../../scripts/services/records.ts'
import { isAlive } from '../../scripts/services/process.ts'
import { Stranger } from '../support/loop.ts'
import { temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const ROOT = join(import.meta.dirname, '..', '..')

test('make upd brings up the whole loop, which goes on while one service is started anew, and clean and fclean leave nothing', async (t) => {
  const { make, services, dataDir } = checkout(t)
  const up = await make('upd')
  assert.equal(up.code, 0, up.output)
  const url = placeOf(up.output, 'api')
  const ann = new Stranger(url, new URL(placeOf(up.output, 'sandbox')).origin, 'ann')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  assert.match(await (await fetch(`${url}/app/`)).text(), /<div id="root">/)
  const phone = await ann.person('Ann', 'en')
  await phone.start((await ann.ask('POST', '/v1/link-codes')).body.code)
  await until('the bot has linked the chat', async () => (await phone.heard()).length === 1)
  const before = services()
  assert.deepEqual(Object.keys(before).sort(), ['api', 'bot', 'postgres', 'sandbox'])

  const again = await make('re_bot')
  assert.equal(again.code, 0, again.output)
  assert.equal((await ann.ask('POST', '/v1/messages', { text: 'still there' })).status, 202)
  await until('the new bot delivers', async () =>
    (await phone.heard()).some(({ text }) => text === 'Ann, I got a message from you:\nstill there'),
  )
  const after = services()
  assert.notEqual(after['bot']?.pid, before['bot']?.pid)
  for (const name of ['api', 'postgres', 'sandbox']) assert.deepEqual(after[name], before[name])

  // A number that somebody else has by now: it must not be taken for the api.
  const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' })
  t.after(() => void stranger.kill('SIGKILL'))
  const api = after['api'] as ServiceRecord
  writeFileSync(join(dataDir, 'mine.txt'), 'not of Postrider')

  const cleaned = await make('clean')
  assert.equal(cleaned.code, 0, cleaned.output)
  assert.deepEqual(
    cleaned.output.match(/^\w+ is stopped\.$/gm),
    ['bot', 'api', 'sandbox', 'postgres'].map((name) => `${name} is stopped.`),
  )
  for (const record of Object.values(after)) assert.ok(!isAlive(record))
  new Records(join(dataDir, 'services', 'records')).write('api', { ...api, pid: stranger.pid ?? 0 })
  assert.match((await make('clean')).output, /^Nothing runs\.$/m)
  assert.equal(stranger.exitCode, null)

  const erased = await make('fclean')
  assert.equal(erased.code, 0, erased.output)
  assert.deepEqual(readdirSync(dataDir), ['mine.txt'])
  assert.match(erased.output, /^removed .*\/postgres$/m)
  assert.match(erased.output, /^kept .*because there is also: mine\.txt$/m)
})

test('make run_api has the api in the foreground, or ARGS in its place; logs show the others, which go on', async (t) => {
  const { make, start, services } = checkout(t)
  const asked = await make('run_api', { args: 'node -p "process.env.DATABASE_URL"' })
  assert.equal(asked.code, 0, asked.output)
  assert.match(asked.output, /^postgres:\/\/postrider:.+@127\.0\.0\.1:\d+\/postrider$/m)
  assert.deepEqual(Object.keys(services()).sort(), ['bot', 'postgres', 'sandbox'])

  const running = start(['run_api'])
  const [, url] = await running.says(/^api: (http\S+)$/m)
  await until('it answers', () =>
    fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  const before = services()
  running.process.kill('SIGTERM')
  await running.exited
  await assert.rejects(fetch(`${url}/health/ready`))

  const logs = start(['logs'])
  await logs.says(/^postgres \| .*ready to accept/m)
  await logs.says(/^bot {6}\| ./m)
  logs.process.kill('SIGTERM')
  await logs.exited
  const { api: _api, ...others } = before
  assert.deepEqual(services(), others)
})

test('make up shows what they write, and stops all of them when it is told to, or when one ends by itself', async (t) => {
  const { start, services } = checkout(t)
  for (const cause of ['signal', 'crash'] as const) {
    const running = start(['up'])
    await running.says(/^Ctrl-C stops it\.$/m)
    await running.says(/^(api|bot|postgres|sandbox) +\| /m)
    const began = services()
    assert.equal(Object.keys(began).length, 4)
    if (cause === 'signal') running.process.kill('SIGTERM')
    else process.kill(began['bot']?.pid ?? 0, 'SIGKILL')
    await running.exited
    for (const record of Object.values(began)) assert.ok(!isAlive(record), running.output())
    if (cause === 'crash') assert.match(running.output(), /^bot ended by itself: /m)
  }
})

test('what does not start is said with its last words, and what was started until then is stopped', async (t) => {
  const { make, services } = checkout(t)
  const { code, output } = await make('upd', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' })
  assert.notEqual(code, 0)
  assert.match(output, /^(api|bot) ended\. Its last words, from .*\.log:\n.*127\.0\.0\.1:1/m)
  assert.match(output, /^sandbox is stopped\.$/m)
  assert.deepEqual(services(), {})
})

test('a port that is taken is said in one sentence, and nothing is started', async (t) => {
  const { make, services, dataDir } = checkout(t)
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const { code, output } = await make('upd', { PORT: String(port) })
  assert.notEqual(code, 0)
  assert.match(output, new RegExp(`^Port ${port} is taken: stop what uses it, or set PORT to another one\\.$`, 'm'))
  assert.deepEqual(services(), {})
  assert.ok(!existsSync(join(dataDir, 'services', 'postgres')))
})

test('make help lists every target', async (t) => {
  const { output } = await checkout(t).make()
  const targets = [...readFileSync(join(ROOT, 'Makefile'), 'utf8').matchAll(/^([a-z_]+):/gm)].map(([, name]) => name)
  assert.ok(targets.length > 10)
  for (const target of targets) assert.match(output, new RegExp(`^ +make ${target} +\\S`, 'm'))
})

interface Running {
  process: ChildProcess
  output: () => string
  /** Waits for these words; rejects when it ends before. */
  says: (words: RegExp) => Promise<RegExpExecArray>
  exited: Promise<unknown>
}

/** A copy of the checkout with data of its own, on free ports, where there is no Docker engine. Whatever was started ends with the test. */
function checkout(t: TestContext) {
  const root = temporaryFolder(t)
  for (const path of ['Makefile', 'package.json', 'package-lock.json', 'scripts', 'src', 'web', 'bin', 'docs']) {
    cpSync(join(ROOT, path), join(root, path), { recursive: true })
  }
  mkdirSync(join(root, 'test'))
  cpSync(join(ROOT, 'test', 'support'), join(root, 'test', 'support'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  const dataDir = join(root, 'data')
  const records = new Records(join(dataDir, 'services', 'records'))
  const services = (): Record<string, ServiceRecord> =>
    Object.fromEntries(
      ['postgres', 'sandbox', 'api', 'bot'].flatMap((name) => {
        const record = records.running(name)
        return record ? [[name, record]] : []
      }),
    )
  const start = (args: readonly string[], env: Record<string, string> = {}): Running => {
    const { PATH, HOME } = process.env
    const child = spawn('make', ['ENGINE=local', ...args], {
      cwd: root,
      env: { PATH, HOME, PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
      })
    const says = (words: RegExp): Promise<RegExpExecArray> =>
      until(`make says ${words}`, () => {
        const found = words.exec(output)
        assert.ok(found || child.exitCode === null, output)
        return found ?? false
      })
    return { process: child, output: () => output, says, exited: once(child, 'close') }
  }
  t.after(() => {
    for (const { pid } of Object.values(services())) process.kill(pid, 'SIGKILL')
  })
  const make = async (
    target?: string,
    { args, ...env }: { args?: string; [setting: string]: string } = {},
  ): Promise<{ code: number | null; output: string }> => {
    const given = args === undefined ? [] : [`ARGS=${args}`]
    const running = start([...(target === undefined ? [] : [target]), ...given], env)
    const [code] = (await running.exited) as [number | null]
    return { code, output: running.output() }
  }
  return { root, dataDir, services, start, make }
}

function placeOf(output: string, name: string): string {
  const place = new RegExp(`^${name} is up: (\\S+)`, 'm').exec(output)?.[1]
  assert.ok(place, output)
  return place
}
