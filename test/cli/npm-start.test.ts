import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

test('npm start comes up, and a signal to npm stops the program, with exit 0', async (t) => {
  // Empty values: the token of a developer's own .env must not be used here.
  const noToken = { TELEGRAM_BOT_TOKEN: '', TG_TOKEN: '', BOT_TOKEN: '', TELEGRAM_API_ROOT: '' }
  const npm = spawn('npm', ['start'], {
    cwd: new URL('../../', import.meta.url),
    env: { ...process.env, ...noToken, DATA_DIR: temporaryFolder(t), PORT: '0', SANDBOX_PORT: '0', SANDBOX: 'on' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, so that nothing is left behind whatever happens.
    detached: true,
  })
  t.after(() => {
    try {
      process.kill(-(npm.pid ?? 0), 'SIGKILL')
    } catch {
      // All of it is gone, as it should be.
    }
  })
  let output = ''
  npm.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  // Where the account page is not built yet, it is built first.
  await until('it comes up', () => output.includes('Ctrl-C stops it.'), 200_000)
  const url = /^ {2}API\s+(http\S+)/m.exec(output)?.[1] ?? ''
  assert.equal((await fetch(`${url}/health/ready`)).status, 200)
  const exited = once(npm, 'exit')
  npm.kill('SIGTERM')
  assert.deepEqual(await exited, [0, null], output)
  await assert.rejects(fetch(url))
})
