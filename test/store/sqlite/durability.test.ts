import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { temporaryFile } from '../../support/test-store.ts'

describe('a killed process', () => {
  test('leaves every acknowledged message behind, in the order of each sender', async (t) => {
    const file = temporaryFile(t)
    const child = spawn(process.execPath, [fileOf('enqueue-until-killed.ts'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.after(() => child.kill('SIGKILL'))
    const acknowledged = await linesUntilKilled(child, 400)
    assert.ok(acknowledged.length >= 400)

    const store = await openSqliteStore({ file })
    t.after(() => store.close())
    assert.equal(await store.migrate(), 0)
    const [lane] = await store.outbox.lanes('bot_1', { limit: 1, afterPeerId: 0 })
    const stored = (await store.outbox.waiting(lane?.peerId ?? 0, 1_000_000)).map(({ id }) => id)
    assert.deepEqual(
      acknowledged.filter((id) => !stored.includes(id)),
      [],
    )
    for (let name = 0; name < 20; name++) {
      const numbers = stored.filter((id) => id.startsWith(`msg_${name}_`)).map((id) => Number(id.split('_')[2]))
      assert.deepEqual(numbers, [...numbers.keys()])
    }
  })
})

/** What a program wrote until it was killed, which happens in the middle of its work, after `count` lines. */
async function linesUntilKilled(child: ChildProcess, count: number): Promise<string[]> {
  const lines: string[] = []
  if (!child.stdout) throw new Error('no output to read')
  const exited = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (lines.length === count) child.kill('SIGKILL')
  }
  const [, signal] = (await exited) as [number | null, string | null]
  assert.equal(signal, 'SIGKILL')
  return lines
}

function fileOf(path: string): string {
  return join(import.meta.dirname, path)
}
