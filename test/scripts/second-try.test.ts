import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { maySecondTry } from '../../scripts/second-try.ts'
import { temporaryFolder } from '../support/program.ts'

const REPORTER = join(import.meta.dirname, '../../scripts/failed-files.ts')

test('a few browser tests that failed are tried once more, and nothing else ever is', () => {
  const web = ['a', 'b', 'c', 'd'].map((name) => `test/web/${name}.test.ts`)
  assert.ok(maySecondTry(web.slice(0, 1)))
  assert.ok(maySecondTry(web.slice(0, 3)))
  assert.ok(!maySecondTry(web), 'too many')
  assert.ok(!maySecondTry([]))
  for (const other of ['test/domain/ids.test.ts', 'test/e2e/kill.test.ts', 'no file that could be named']) {
    assert.ok(!maySecondTry([other]))
    assert.ok(!maySecondTry([...web.slice(0, 1), other]), `${other} beside a browser test`)
  }
})

test('the files in which something failed are named once each, also one that cannot be loaded', (t) => {
  const folder = temporaryFolder(t)
  const write = (name: string, body: string): string => {
    const file = join(folder, name)
    writeFileSync(file, body)
    return file
  }
  const good = write('good.test.mjs', "import { test } from 'node:test'\ntest('good', () => {})")
  const inner = "await t.test('one', () => { throw new Error() }); await t.test('two', () => { throw new Error() })"
  const nested = write('nested.test.mjs', `import { test } from 'node:test'\ntest('outer', async (t) => { ${inner} })`)
  const broken = write('broken.test.mjs', "import 'nowhere'")
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const args = ['--test', `--test-reporter=${REPORTER}`, good, nested, broken]
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
  assert.equal(status, 1)
  assert.deepEqual(stdout.trim().split('\n').sort(), [broken, nested].sort())
})
