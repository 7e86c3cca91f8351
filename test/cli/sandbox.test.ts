import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

async function startSandbox(t: TestContext, ...options: string[]) {
  const args = [MAIN, 'sandbox', '--port', '0', ...options]
  const child = spawn(process.execPath, args, { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const url = await until('the sandbox says where it is', () => /^Bot API: (http\S+)/m.exec(output)?.[1])
  return {
    whoIs: async (token: string) => (await (await fetch(`${url}/bot${token}/getMe`)).json()) as object,
    stop: async () => {
      child.kill('SIGTERM')
      return (await once(child, 'exit'))[0] as number | null
    },
  }
}

test('a bot that is named at the start is there, and stays as it is in a world that is kept', async (t) => {
  const world = join(temporaryFolder(t), 'world.json')
  const first = await startSandbox(t, '--world', world, '--bot', 'known_bot=4242:first-secret')
  assert.partialDeepStrictEqual(await first.whoIs('4242:first-secret'), { ok: true, result: { username: 'known_bot' } })
  assert.equal(await first.stop(), 0)

  const second = await startSandbox(t, '--world', world, '--bot', 'known_bot=4242:other-secret')
  assert.partialDeepStrictEqual(await second.whoIs('4242:first-secret'), { ok: true, result: { id: 4242 } })
  assert.partialDeepStrictEqual(await second.whoIs('4242:other-secret'), { ok: false, error_code: 401 })
  assert.equal(await second.stop(), 0)
})
