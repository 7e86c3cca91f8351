import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { EventReader } from '../support/event-reader.ts'
import { freePort } from '../support/free-port.ts'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const DEPLOY = new URL('../../deploy/', import.meta.url)

/** Our example, with the addresses of this test in place of those that a reader replaces; without TLS, for which it would need a name. */
interface Proxy {
  program: string
  version: string[]
  /** Arguments that start it in the foreground. */
  prepare: (folder: string, at: { port: number; otherPort: number; upstream: string }) => string[]
}

const NGINX: Proxy = {
  program: 'nginx',
  version: ['-v'],
  prepare: (folder, { port, otherPort, upstream }) => {
    const site = replaceAll(readFileSync(new URL('nginx.conf', DEPLOY), 'utf8'), [
      ['server 127.0.0.1:8000;', `server ${upstream};`],
      ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
      ['listen 80;', `listen 127.0.0.1:${otherPort};`],
      [/^ *listen \[::\].*\n/gm, ''],
      [/^ *ssl_certificate.*\n/gm, ''],
      ['allow 91.108.4.0/22;', 'allow 91.108.4.0/22; allow 127.0.0.1;'],
    ])
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (of) => `${of}_temp_path "${folder}/${of}";`,
    )
    const file = join(folder, 'nginx.conf')
    writeFileSync(file, `events {}\nhttp {\naccess_log off;\n${temporary.join('\n')}\n${site}\n}\n`)
    return ['-c', file, '-p', folder, '-g', `daemon off; master_process off; error_log stderr; pid "${folder}/pid";`]
  },
}

const CADDY: Proxy = {
  program: 'caddy',
  version: ['version'],
  prepare: (folder, { port, upstream }) => {
    const site = replaceAll(readFileSync(new URL('Caddyfile', DEPLOY), 'utf8'), [
      ['reverse_proxy 127.0.0.1:8000', `reverse_proxy ${upstream}`],
      ['\npost.example {', `\nhttp://127.0.0.1:${port} {`],
      ['91.108.4.0/22\n', '91.108.4.0/22 127.0.0.1/32\n'],
    ])
    const file = join(folder, 'Caddyfile')
    writeFileSync(file, `{\n\tadmin off\n}\n${site}`)
    return ['run', '--adapter', 'caddyfile', '--config', file]
  },
}

for (const proxy of [NGINX, CADDY]) {
  test(`behind ${proxy.program} as in the example, updates come in, events come out at once, and no request is changed`, async (t) => {
    if (spawnSync(proxy.program, proxy.version).error) return t.skip(`there is no ${proxy.program} on this machine`)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const program = await startProgram(t, {
      dataDir: temporaryFolder(t),
      env: { PUBLIC_URL: url, TELEGRAM_UPDATES: 'webhook', TRUSTED_PROXIES: '127.0.0.1' },
    })
    await startProxy(t, proxy, { port, upstream: new URL(program.localUrl).host })
    const ann = new Stranger(url, program.sandboxUrl, 'ann')
    const registered = await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
    assert.equal(registered.status, 201)

    const authorization = `Basic ${Buffer.from('ann:correct horse').toString('base64')}`
    const events = await EventReader.open(`${url}/v1/events`, { authorization, 'accept-encoding': 'gzip' })
    t.after(() => events.close())
    assert.equal(events.response.headers['content-encoding'], undefined)
    const phone = await ann.person('Ann', 'en')
    await phone.start((await ann.ask('POST', '/v1/link-codes')).body.code)
    assert.partialDeepStrictEqual(await events.next(), { event: 'account', data: { type: 'chat.linked' } })

    const long = await ann.ask('POST', '/v1/messages', { text: 'x'.repeat(400_000) })
    assert.deepEqual([long.status, long.body.code], [400, 'request_invalid'])
  })
}

async function startProxy(
  t: TestContext,
  { program, prepare }: Proxy,
  at: { port: number; upstream: string },
): Promise<void> {
  const folder = temporaryFolder(t)
  const otherPort = await freePort()
  const args = prepare(folder, { ...at, otherPort })
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  await until(`${program} passes requests on`, async () => {
    assert.equal(child.exitCode, null, output)
    return fetch(`http://127.0.0.1:${at.port}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    )
  })
}

function replaceAll(text: string, replacements: readonly (readonly [from: string | RegExp, to: string])[]): string {
  return replacements.reduce((done, [from, to]) => {
    assert.ok(typeof from === 'string' ? done.includes(from) : from.test(done), `the example has no ${from}`)
    return done.replaceAll(from, to)
  }, text)
}
