import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { temporaryFolder } from '../support/program.ts'
import { arrived, type Sender, startSender } from '../support/sender.ts'
import { until } from '../support/until.ts'

/** A server that stands before another one and does something else with the first requests. */
async function standBefore(
  t: TestContext,
  url: string,
  first: ((request: IncomingMessage, response: ServerResponse) => void)[],
): Promise<{ url: string; keys: (string | undefined)[] }> {
  const keys: (string | undefined)[] = []
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key'] as string | undefined)
    const misbehave = first.shift()
    if (misbehave) return misbehave(request, response)
    void forward(url, request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, keys }
}

async function forward(url: string, request: IncomingMessage, response?: ServerResponse): Promise<void> {
  const body = Buffer.concat(await Array.fromAsync(request))
  const headers = Object.fromEntries(
    ['authorization', 'content-type', 'idempotency-key'].flatMap((name) => {
      const value = request.headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
  const answer = await fetch(`${url}${request.url}`, {
    method: request.method ?? 'GET',
    headers,
    ...(body.length > 0 && { body }),
  })
  const text = await answer.text()
  response?.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
}

describe('send', () => {
  test('words become one message; without --wait it promises only what is true', async (t) => {
    const setup = await startSender(t)
    const { code, stdout, stderr } = await setup.send(['The', 'build is', 'green'])
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^Accepted; it will be delivered\. msg_\w+\n$/)
    await until('it arrives', async () => (await arrived(setup)).includes('The build is green'))
  })

  test('what comes out of a pipe arrives as it is, and --wait says when', async (t) => {
    const setup = await startSender(t)
    const input = 'commit 1\n\n    Żółw & <b>co</b>\n  😀\n\n'
    const { code, stdout } = await setup.send(['--wait'], { input })
    assert.equal(code, 0)
    assert.match(stdout, /^Delivered \d{4}-\d\d-\d\dT[\d:.]+Z\. msg_\w+\n$/)
    assert.deepEqual(await arrived(setup), [input.trimEnd()])
  })

  test('a pipe that is too long for one message arrives as several in order, each part of it once', async (t) => {
    const setup = await startSender(t)
    const input = Array.from({ length: 5000 }, (_, i) => `line ${i}`).join('\n')
    const { code, stdout, stderr } = await setup.send(['--wait', '--json', '--timeout', '2m'], { input })
    assert.equal(code, 0, stderr)
    assert.match(stderr, /goes out as 2, in order/)
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      messages.map(({ status }) => status),
      ['delivered', 'delivered'],
    )
    const numbers = (await setup.phone.heard()).flatMap(({ text }) =>
      [...text.matchAll(/^line (\d+)$/gm)].map(([, n]) => Number(n)),
    )
    assert.deepEqual(
      numbers,
      Array.from({ length: 5000 }, (_, i) => i),
    )
  })

  test('the same key sends nothing twice', async (t) => {
    const setup = await startSender(t)
    const once = await setup.send(['--idempotency-key', 'nightly-1', '--json', 'done'])
    const again = await setup.send(['--idempotency-key', 'nightly-1', '--json', '--wait', 'done'])
    assert.equal(JSON.parse(once.stdout).id, JSON.parse(again.stdout).id)
    const other = await setup.send(['--idempotency-key', 'nightly-1', 'something else'])
    assert.equal(other.code, 1)
    assert.match(other.stderr, /idempotency_conflict/)
    assert.deepEqual(await arrived(setup), ['done'])
  })

  test('a server that is away, busy, or gone after it took the message is asked again, and it arrives once', async (t) => {
    const setup = await startSender(t)
    const proxy = await standBefore(t, setup.url, [
      (request) => void request.socket.destroy(),
      (_request, response) => void response.writeHead(503, { 'retry-after': '1' }).end('{"code":"store_unavailable"}'),
      // Taken, but the answer is lost.
      (request) => void forward(setup.url, request).then(() => request.socket.destroy()),
    ])
    const { code, stderr } = await setup.send(['--wait', 'only once'], { env: { POSTRIDER_URL: proxy.url } })
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^http:\S+ does not take it yet .*; trying again\.\n$/)
    assert.deepEqual(await arrived(setup), ['only once'])
    assert.equal(new Set(proxy.keys.slice(0, 4)).size, 1)
  })
})

describe('send says in one sentence why it did not work, with exit 1', () => {
  async function refused(setup: Sender, args: readonly string[], more: Parameters<Sender['send']>[1], said: RegExp) {
    const { code, stdout, stderr } = await setup.send(args, more)
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.match(stderr, said)
    assert.match(stderr, /^postrider: .+\n$/)
    assert.ok(!stderr.includes(setup.token))
  }

  test('no chat, wrong token, empty pipe, no address, no such chat', async (t) => {
    const setup = await startSender(t, { linked: false })
    await refused(setup, ['x'], {}, /No Telegram chat is linked .*\(chat_not_linked\)/)
    await refused(setup, ['x'], { env: { POSTRIDER_TOKEN: 'pr_wrong' } }, /API token is wrong.*POSTRIDER_TOKEN/)
    await refused(setup, ['x'], { env: { POSTRIDER_TOKEN: '' } }, /There is no API token for http.*POSTRIDER_TOKEN/)
    await refused(setup, [], { input: '\n' }, /standard input is empty/)
    await refused(setup, ['x'], { env: { POSTRIDER_URL: 'nowhere' } }, /must be an address that begins with http/)
    await refused(setup, ['--chat', 'cht_none', 'x'], {}, /\(not_found\)/)
    await refused(setup, ['x'], { env: { POSTRIDER_URL: `${setup.url}/docs` } }, /\(not_found\)|is no Postrider/)
  })

  test('a token that may send and not read: sent, but --wait cannot be told', async (t) => {
    const setup = await startSender(t, { scopes: ['send'] })
    assert.equal((await setup.send(['x'])).code, 0)
    await refused(setup, ['--wait', 'y'], {}, /--wait needs "read" too/)
  })

  test('blocked by the person: --wait says that it failed and why', async (t) => {
    const setup = await startSender(t)
    await setup.ann.telegram('block', { user: setup.phone.id, bot: 'postrider_bot' })
    const { code, stdout, stderr } = await setup.send(['--wait', 'hello?'])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^Failed\. .*blocked.* msg_\w+\n$/)
  })

  test('time is up: --wait does not claim that it was delivered', async (t) => {
    const setup = await startSender(t)
    const action = { kind: 'too_many_requests', retryAfterSeconds: 60 }
    await setup.ann.telegram('add-fault', { method: 'sendMessage', action })
    const { code, stderr } = await setup.send(['--wait', '--timeout', '2s', 'later'])
    assert.equal(code, 1)
    assert.match(stderr, /^Not delivered yet, and still on its way/)
  })
})

describe('send --save', () => {
  test('keeps address and token for this user alone, and the next send needs neither', async (t) => {
    const setup = await startSender(t)
    const configHome = temporaryFolder(t)
    const env = { XDG_CONFIG_HOME: configHome }
    const saved = await setup.send(['--save', 'one'], { env })
    const file = join(configHome, 'postrider', 'config.json')
    assert.match(saved.stderr, /^Saved in .*config\.json\.\n$/)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { url: setup.url, token: setup.token })

    const bare = { ...env, POSTRIDER_URL: '', POSTRIDER_TOKEN: '' }
    assert.equal((await setup.send(['--wait', 'two'], { env: bare })).code, 0)
    assert.deepEqual(await arrived(setup), ['one', 'two'])
  })

  test('a saved token is not handed to another server, and what was refused is not saved', async (t) => {
    const setup = await startSender(t)
    const env = { XDG_CONFIG_HOME: temporaryFolder(t), POSTRIDER_URL: '', POSTRIDER_TOKEN: '' }
    const wrong = await setup.send(['--save', '--url', setup.url, '--token', 'pr_wrong', 'x'], { env })
    assert.equal(wrong.code, 1)
    assert.ok(!existsSync(join(env.XDG_CONFIG_HOME, 'postrider')))

    await setup.send(['--save', '--url', setup.url, '--token', setup.token, 'x'], { env })
    const stranger = await standBefore(t, setup.url, [])
    const { code, stderr } = await setup.send(['--url', stranger.url, 'x'], { env })
    assert.equal(code, 1)
    assert.match(stderr, /There is no API token for/)
    assert.deepEqual(stranger.keys, [])
  })
})
