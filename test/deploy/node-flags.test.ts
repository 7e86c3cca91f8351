import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { NODE_FLAGS } from '../support/program.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Where the program is started. The other ways, `node src/main.ts` by hand and `bin` on a host's own Node, take what that Node is given. */
const STARTERS = [
  'package.json',
  'bin/postrider.mjs',
  'deploy/Dockerfile',
  'scripts/services/catalogue.ts',
  ...globSync('deploy/systemd/*.service', { cwd: ROOT }),
]

test('whatever starts the program gives Node the same flags as the tests and benchmarks do, and the manual names them', () => {
  assert.ok(STARTERS.length >= 7)
  for (const file of [...STARTERS, 'docs/operations.md']) {
    const given = readFileSync(join(ROOT, file), 'utf8').match(/--max-[a-z-]+=\d+/g)
    assert.deepEqual(given, NODE_FLAGS, file)
  }
})
