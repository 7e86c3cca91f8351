import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { explain } from '../../src/cli/failure.ts'
import { runProgram, startProgram, temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'

const ROOT = join(import.meta.dirname, '../..')

describe('help and usage', () => {
  const commands = ['up', 'api', 'bot', 'sandbox', 'send', 'doctor', 'migrate', 'backup', 'export', 'import', 'user']
  const subcommands = ['add', 'list', 'password', 'role', 'delete'].map((name) => `user ${name}`)

  test('every command explains itself on standard output, and that is a success', async () => {
    for (const command of ['', ...commands, ...subcommands]) {
      const { code, stdout, stderr } = await runProgram([...command.split(' ').filter(Boolean), '--help'])
      assert.equal(code, 0, command)
      assert.match(stdout, /^Usage: postrider/, command)
      assert.equal(stderr, '', command)
    }
  })

  test('the help names every command', async () => {
    const { stdout } = await runProgram(['help'])
    for (const command of commands) assert.match(stdout, new RegExp(`^ {2}${command}\\b`, 'm'))
  })

  const wrong = [
    [],
    ['bogus'],
    ['up', '--bogus'],
    ['up', 'extra'],
    ['sandbox'],
    ['sandbox', '--port', '70000'],
    ['sandbox', '--port', '0', '--profile', 'lax'],
    ['sandbox', '--port', '0', '--bot', 'without_token_bot'],
    ['send', '--timeout', '5', 'x'],
    ['send', ''],
    ['send', ' ', ''],
    ['send', '--url', 'nonsense', 'x'],
    ['user'],
    ['user', 'add'],
    ['user', 'role', 'ann', 'king'],
    ['user', 'add', 'ann', '--locale', 'xx', '--password-stdin'],
    ['user', 'add', 'ann'],
    ['user', 'delete', 'ann'],
    ['backup'],
    ['export', '--bogus'],
    ['import', 'a', 'b'],
  ]
  test('wrong usage exits with 2 and says on standard error what is wrong', async (t) => {
    for (const args of wrong) {
      const { code, stdout, stderr } = await runProgram(args, { env: { DATA_DIR: temporaryFolder(t) } })
      assert.deepEqual([code, stdout], [2, ''], args.join(' '))
      assert.notEqual(stderr, '')
      assert.doesNotMatch(stderr, /^ {4}at /m)
    }
  })

  test('no text to send is said as what it is', async () => {
    assert.match((await runProgram(['send', ''])).stderr, /There is no text to send/)
  })

  test('the help of roles says what an operator is, and who becomes one', async () => {
    const { stdout } = await runProgram(['user', 'add', '--help'])
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      /--role <role> an operator sees how the whole installation is doing; the first account is one/,
    )
  })

  test('separate processes are refused in one sentence where the database is SQLite', async () => {
    for (const command of ['api', 'bot']) {
      const { code, stderr } = await runProgram([command])
      assert.equal(code, 1)
      assert.match(stderr, /^postrider: `postrider (api|bot)` shares its database .*postgres:.*`postrider up`.*\n$/)
    }
  })

  test('nothing is coloured in a pipe', async () => {
    const { stdout, stderr } = await runProgram(['doctor'], { env: { PORT: 'x' } })
    assert.ok(!`${stdout}${stderr}`.includes('\u001B'))
  })
})

describe('the launcher', () => {
  test('bin/postrider.mjs passes arguments on and the exit code back', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/postrider.mjs'), 'bogus'], { stdio: 'ignore' })
    assert.deepEqual(await once(child, 'exit'), [2, null])
  })
})

describe('what stands in the way of a start is one sentence that says what to do, exit 1, no stack', () => {
  async function refusedStart(env: Record<string, string>): Promise<string> {
    const { code, stdout, stderr } = await runProgram(['up'], { env: { PORT: '0', SANDBOX_PORT: '0', ...env } })
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.match(stderr, /^postrider: .+\n$/)
    assert.doesNotMatch(stderr, /\n./)
    return stderr
  }

  test('the port is taken', async (t) => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    t.after(() => squatter.close())
    const { port } = squatter.address() as { port: number }
    const said = await refusedStart({ DATA_DIR: temporaryFolder(t), PORT: String(port) })
    assert.match(said, new RegExp(`${port}.*PORT`))
  })

  test('DATA_DIR cannot be written to', async (t) => {
    const file = join(temporaryFolder(t), 'file')
    writeFileSync(file, '')
    assert.match(await refusedStart({ DATA_DIR: file }), /is not a folder.*DATA_DIR/)
  })

  test('another one works with the same data', async (t) => {
    const dataDir = temporaryFolder(t)
    const { process } = await startProgram(t, { dataDir })
    assert.match(
      await refusedStart({ DATA_DIR: dataDir }),
      new RegExp(`Another Postrider \\(process ${process.pid}\\)`),
    )
  })

  test('Telegram does not accept the token', async (t) => {
    const sandbox = await testSandbox(t)
    const token = '123456789:AAE4fJzX0n2vLq8sYt7uWk3mPb9cRd5hGxQ'
    const said = await refusedStart({
      DATA_DIR: temporaryFolder(t),
      TELEGRAM_API_ROOT: sandbox.url,
      TELEGRAM_BOT_TOKEN: token,
    })
    assert.match(said, /token.*BotFather/)
    assert.ok(!said.includes('AAE4f'))
  })

  test('Telegram cannot be reached', async (t) => {
    const said = await refusedStart({
      DATA_DIR: temporaryFolder(t),
      TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
      TELEGRAM_BOT_TOKEN: '1:x',
    })
    assert.match(said, /cannot be reached.*TELEGRAM_API_ROOT/)
  })

  test('there is no token, and the sandbox is off', async (t) => {
    assert.match(await refusedStart({ DATA_DIR: temporaryFolder(t), SANDBOX: 'off' }), /set TELEGRAM_BOT_TOKEN/)
  })

  test('the sandbox alone says the same of its port', async (t) => {
    const sandbox = await testSandbox(t)
    const { code, stderr } = await runProgram(['sandbox', '--port', new URL(sandbox.url).port])
    assert.equal(code, 1)
    assert.match(stderr, /^postrider: Port \d+ is taken: .*--port \d+\.\n$/)
  })

  test('a port that is taken is never told to be replaced by one that does not exist', () => {
    for (const port of [1, 8000, 64_535, 64_536, 65_535]) {
      const taken = Object.assign(new Error('taken'), { code: 'EADDRINUSE', syscall: 'listen', port })
      const other = Number(/PORT=(\d+)/.exec(explain(taken))?.[1])
      assert.ok(other > 0 && other <= 65_535 && other !== port, `${other} instead of ${port}`)
    }
  })

  test('the settings cannot be used: all of them are named, and no secret is shown', async (t) => {
    const { code, stderr } = await runProgram(['up'], {
      env: { DATA_DIR: temporaryFolder(t), PORT: 'x', SECRET_KEY: 'hunter2', SEND_TIMEOUT: '5' },
    })
    assert.equal(code, 1)
    assert.match(
      stderr,
      /PORT must be[^]*SECRET_KEY must have[^]*SEND_TIMEOUT must be|SEND_TIMEOUT[^]*PORT|PORT[^]*SECRET_KEY/,
    )
    assert.ok(!stderr.includes('hunter2'))
  })
})

describe('the sandbox alone', () => {
  async function startSandbox(t: TestContext, ...options: string[]) {
    const args = [join(ROOT, 'src/main.ts'), 'sandbox', '--port', '0', ...options]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => void child.kill('SIGKILL'))
    let output = ''
    for await (const chunk of child.stdout) {
      output += String(chunk)
      if (/Phone/.test(output)) break
    }
    return { child, url: /^Bot API: (http\S+)$/m.exec(output)?.[1] }
  }

  test('with --cloud it is as strict as api.telegram.org, without it as a local Bot API server', async (t) => {
    for (const [options, malformed, webhook] of [
      [['--cloud'], 404, 400],
      [[], 401, 200],
    ] as const) {
      const { url } = await startSandbox(t, ...options)
      const ask = async (path: string, body?: object): Promise<number> => {
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(`${url}${path}`, body && { method: 'POST', headers, body: JSON.stringify(body) })
        await response.body?.cancel()
        return response.status
      }
      await ask('/_sandbox/create-bot', { username: 'my_test_bot', token: '123456:abc' })
      assert.equal(await ask('/botnonsense/getMe'), malformed)
      assert.equal(await ask('/bot123456:abc/setWebhook', { url: 'http://127.0.0.1:8443/' }), webhook)
    }
  })

  test('a world where no file can be is refused at once', async (t) => {
    if (!existsSync('/proc/self')) return t.skip('there is no /proc')
    const child = spawn(
      process.execPath,
      [join(ROOT, 'src/main.ts'), 'sandbox', '--port', '0', '--world', '/proc/x/world.json'],
      { stdio: 'ignore', timeout: 120_000, killSignal: 'SIGKILL' },
    )
    assert.deepEqual(await once(child, 'exit'), [1, null])
  })

  test('it says where it is, answers there, and stops on a signal with exit 0', async (t) => {
    const { child, url } = await startSandbox(t)
    const answer = await fetch(`${url}/bot1:nobody/getMe`)
    assert.equal(answer.status, 401)
    await answer.body?.cancel()
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    assert.deepEqual(await exited, [0, null])
  })
})
