import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Kills an import of a large file when a part of it has been taken; the last fifth of it never comes, so that it cannot be done before. */
export async function killImport(file: string, dataDir: string): Promise<void> {
  const main = join(import.meta.dirname, '../../src/main.ts')
  const child = spawn(process.execPath, [main, 'import'], {
    cwd: tmpdir(),
    env: { DATA_DIR: dataDir },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  // It is killed while it reads.
  child.stdin.on('error', () => undefined)
  createReadStream(file, { end: Math.floor(statSync(file).size * 0.8) }).pipe(child.stdin, { end: false })
  const exited = once(child, 'exit')
  let said = ''
  for await (const chunk of child.stderr) if ((said += String(chunk)).includes('Importing: 5')) child.kill('SIGKILL')
  const [, signal] = (await exited) as [number | null, string | null]
  assert.equal(signal, 'SIGKILL')
}
