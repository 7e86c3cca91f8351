import assert from 'node:assert/strict'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { Refusal } from '../../src/domain/refusals.ts'
import { explain } from '../../src/cli/failure.ts'
import { runProgram, startProgram, temporaryFolder, unprivilegedUser, type UserOfProcess } from '../support/program.ts'

async function refused(env: Record<string, string>, as: UserOfProcess = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(['up'], { env: { PORT: '0', SANDBOX_PORT: '0', ...env }, as })
  assert.deepEqual([code, stdout], [1, ''], stderr)
  // One sentence: one line, and one full stop with nothing after it.
  assert.match(stderr, /^postrider: [^\n]+[^.]\.\n$/)
  assert.doesNotMatch(stderr, /unexpected/)
  return stderr
}

/** The data of an installation that ran once, as it is when it has stopped. */
async function usedFolder(t: TestContext): Promise<string> {
  const dataDir = temporaryFolder(t)
  const program = await startProgram(t, { dataDir })
  assert.equal(await program.end('SIGTERM'), 0)
  return dataDir
}

const GARBAGE = 'this is nothing that anybody wrote on purpose, but it is long enough to be looked at. '.repeat(9)

describe('data that cannot be used is named in one sentence that says what to do', () => {
  test('a database that is none, a folder, or damaged', async (t) => {
    const dataDir = await usedFolder(t)
    const file = join(dataDir, 'postrider.db')
    writeFileSync(file, GARBAGE)
    assert.match(await refused({ DATA_DIR: dataDir }), /postrider\.db cannot be opened: it is not a database; put it/)
    rmSync(file)
    mkdirSync(file)
    assert.match(await refused({ DATA_DIR: dataDir }), /postrider\.db cannot be opened: it is a folder; move it away/)
  })

  test('a lock that is none', async (t) => {
    const dataDir = await usedFolder(t)
    writeFileSync(join(dataDir, 'postrider.db.lock'), GARBAGE)
    assert.match(await refused({ DATA_DIR: dataDir }), /postrider\.db\.lock cannot be used .*: make it .* or delete it/)
  })

  test('a world of the sandbox that is none, a folder, or has a damaged journal', async (t) => {
    const dataDir = await usedFolder(t)
    const file = join(dataDir, 'sandbox.json')
    const journal = readdirSync(dataDir).find((name) => name.includes('journal')) ?? ''
    writeFileSync(join(dataDir, journal), '{"torn\n')
    assert.match(await refused({ DATA_DIR: dataDir }), /journal beside .*sandbox\.json is damaged: move both away/)
    rmSync(join(dataDir, journal))
    writeFileSync(file, GARBAGE)
    assert.match(await refused({ DATA_DIR: dataDir }), /sandbox\.json is no world of the sandbox: move it away/)
    rmSync(file)
    mkdirSync(file)
    assert.match(await refused({ DATA_DIR: dataDir }), /sandbox\.json cannot be used for the world .*: make it/)
  })

  test('files that this user may not read or write, a port having nothing to do with it', async (t) => {
    const as = unprivilegedUser()
    if (!as) return t.skip('no user without privileges can run the program here')
    const dataDir = await usedFolder(t)
    if (as.uid !== undefined) {
      for (const name of ['', ...readdirSync(dataDir)]) chownSync(join(dataDir, name), as.uid, as.uid)
    }
    const said: Record<string, RegExp> = {
      'postrider.db': /postrider\.db cannot be opened: this user may not read and write it; give it to this user/,
      'postrider.db.lock': /postrider\.db\.lock cannot be used \(EACCES\): make it readable and writable/,
      'sandbox.json': /sandbox\.json cannot be used for the world of the sandbox \(EACCES\): make it and its folder/,
    }
    for (const [name, sentence] of Object.entries(said)) {
      for (const mode of name === 'sandbox.json' ? [0o000] : [0o400, 0o000]) {
        chmodSync(join(dataDir, name), mode)
        assert.match(await refused({ DATA_DIR: dataDir }, as), sentence)
        chmodSync(join(dataDir, name), 0o600)
      }
    }
    assert.ok(existsSync(join(dataDir, 'sandbox.json')))
  })

  test('a database that fails later on, in any command', () => {
    const said = explain(new Refusal('store_unavailable', { detail: 'the disk is full' }))
    assert.match(said, /^The database .*DATA_DIR.* cannot be used: the disk is full; put that right and try again\.$/)
  })
})

async function telegramThat(t: TestContext, answer: RequestListener): Promise<Record<string, string>> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as { port: number }
  return {
    DATA_DIR: temporaryFolder(t),
    TELEGRAM_BOT_TOKEN: '123456:AAE4fJzX0n2vLq8sYt7uWk3mPb9cRd5hGxQ',
    TELEGRAM_API_ROOT: `http://127.0.0.1:${port}`,
  }
}

describe('a Telegram that is not well at the start is told in words of a start, not of a message', () => {
  const cases: [what: string, answer: RequestListener, said: RegExp][] = [
    ['hangs', () => undefined, /does not answer/],
    ['breaks the connection', (request) => void request.socket.destroy(), /does not answer/],
    ['has trouble', (_request, response) => void response.writeHead(502).end('<html>'), /answers HTTP 502/],
    ['is a web page', (_request, response) => void response.end('<html>'), /answers HTTP 200, but not as a Bot API/],
    [
      'is busy',
      (_request, response) =>
        void response.writeHead(429).end('{"ok":false,"error_code":429,"parameters":{"retry_after":7}}'),
      /asks to wait 7 s/,
    ],
  ]
  for (const [what, answer, said] of cases) {
    test(`it ${what}`, async (t) => {
      const env = await telegramThat(t, answer)
      // Only of silence the end is waited for: an answer may take as long as a busy machine needs.
      const sentence = await refused(what === 'hangs' ? { ...env, SEND_TIMEOUT: '200ms' } : env)
      assert.match(sentence, said)
      assert.doesNotMatch(sentence, /message/)
    })
  }

  test('and doctor does the same', async (t) => {
    const env = await telegramThat(t, (_request, response) => void response.writeHead(502).end('<html>'))
    const { code, stdout } = await runProgram(['doctor'], { env: { ...env, PORT: '0' } })
    assert.equal(code, 1)
    assert.match(stdout, /^fail +bot token +Telegram answers HTTP 502\. Try again later\.$/m)
  })
})
