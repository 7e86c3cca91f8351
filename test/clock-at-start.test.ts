import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../src/ops/system-clock.ts'
import { startBotsApp } from './support/bots.ts'
import { testSandbox } from './support/sandbox.ts'

test('a start sees by how much the clock was set since the last one', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const sandbox = await testSandbox(t)
  sandbox.control.createBot({ username: 'postrider_bot' })
  const dataDir = mkdtempSync(join(tmpdir(), 'postrider clock '))
  t.after(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  const said: number[] = []
  for (const setByMs of [0, 0, -3_600_000, 0]) {
    const clock = { ...systemClock, now: () => systemClock.now() + setByMs }
    const app = await startBotsApp(t, sandbox, { dataDir, clock })
    await app.stop()
    const line = app.log.lines.find(({ message }) => message.includes("machine's clock was set"))
    const { byMs }: { byMs?: number } = line?.fields ?? {}
    said.push(Math.round((byMs ?? 0) / 10_000))
  }
  assert.deepEqual(said, [0, 0, -360, 360])
})
