import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { loadSecretKey } from '../../src/config/secret-key.ts'
import { OperatorError } from '../../src/domain/operator-error.ts'
import { seededRandom } from '../support/seeded-random.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'postrider key '))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('SECRET_KEY is taken as it is, and no file is made', (t) => {
  const dataDir = folder(t)
  assert.equal(loadSecretKey({ secretKey: 'x'.repeat(32), dataDir }, seededRandom(1)), 'x'.repeat(32))
  assert.deepEqual(readdirSync(dataDir), [])
})

test('without one, a key is made once, kept, and readable for its owner alone', (t) => {
  const dataDir = folder(t)
  const key = loadSecretKey({ secretKey: null, dataDir }, seededRandom(1))
  assert.equal(key.length, 64)
  assert.equal(loadSecretKey({ secretKey: null, dataDir }, seededRandom(2)), key)
  assert.equal(statSync(join(dataDir, 'secret.key')).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(dataDir), ['secret.key'])
})

test('processes that start at once agree on one key', async (t) => {
  const dataDir = folder(t)
  const module = new URL('../../src/config/secret-key.ts', import.meta.url).href
  const program = `
    import { loadSecretKey } from ${JSON.stringify(module)}
    import { randomBytes } from 'node:crypto'
    const random = { bytes: randomBytes, unit: () => 0 }
    process.stdout.write(loadSecretKey({ secretKey: null, dataDir: process.argv[1] }, random))`
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, dataDir])
  const keys = (await Promise.all([run(), run(), run(), run()])).map(({ stdout }) => stdout)
  assert.equal(new Set(keys).size, 1)
  assert.equal(readFileSync(join(dataDir, 'secret.key'), 'utf8').trim(), keys[0])
  assert.deepEqual(readdirSync(dataDir), ['secret.key'])
})

test('a key file that is cut short, or a folder that is not there, is said in one sentence', (t) => {
  const dataDir = folder(t)
  assert.throws(() => loadSecretKey({ secretKey: null, dataDir: join(dataDir, 'no') }, seededRandom(1)), OperatorError)
  writeFileSync(join(dataDir, 'secret.key'), 'short\n')
  assert.throws(
    () => loadSecretKey({ secretKey: null, dataDir }, seededRandom(1)),
    (error: unknown) => {
      assert.ok(error instanceof OperatorError)
      assert.match(error.message, /fewer than 32 characters/)
      assert.ok(!error.message.includes('short\n'))
      return true
    },
  )
})
