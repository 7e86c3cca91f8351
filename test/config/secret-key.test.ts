import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { findPreviousKey, loadSecretKey, rotateSecretKey } from '../../src/config/secret-key.ts'
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

test('a new key takes the place of the old one, which stays beside it until somebody removes it', (t) => {
  const dataDir = folder(t)
  const place = { secretKey: null, previousSecretKey: null, dataDir }
  const old = loadSecretKey(place, seededRandom(1))
  assert.equal(findPreviousKey(place), null)
  rotateSecretKey(place, seededRandom(2))
  const now = loadSecretKey(place, seededRandom(3))
  assert.notEqual(now, old)
  assert.equal(findPreviousKey(place), old)
  assert.deepEqual(readdirSync(dataDir).toSorted(), ['secret.key', 'secret.key.previous'])
  for (const file of readdirSync(dataDir)) assert.equal(statSync(join(dataDir, file)).mode & 0o777, 0o600)
  assert.throws(() => rotateSecretKey(place, seededRandom(4)), /still in .*secret\.key\.previous/)
  rmSync(join(dataDir, 'secret.key.previous'))
  rotateSecretKey(place, seededRandom(5))
  assert.equal(findPreviousKey(place), now)
})

test('a change that was cut between its two steps is made whole by the next', (t) => {
  const dataDir = folder(t)
  const place = { secretKey: null, previousSecretKey: null, dataDir }
  const old = loadSecretKey(place, seededRandom(1))
  linkSync(join(dataDir, 'secret.key'), join(dataDir, 'secret.key.previous'))
  assert.equal(loadSecretKey(place, seededRandom(2)), old)
  rotateSecretKey(place, seededRandom(3))
  assert.notEqual(loadSecretKey(place, seededRandom(4)), old)
  assert.equal(findPreviousKey(place), old)
})

test('a key that is a setting, or is not there yet, is not changed, and one is told what to do', (t) => {
  const dataDir = folder(t)
  assert.throws(() => rotateSecretKey({ secretKey: 'x'.repeat(32), dataDir }, seededRandom(1)), /SECRET_KEY_PREVIOUS/)
  assert.throws(() => rotateSecretKey({ secretKey: null, dataDir }, seededRandom(1)), /no key/)
  assert.deepEqual(readdirSync(dataDir), [])
})

test('SECRET_KEY_PREVIOUS goes before the file', (t) => {
  const dataDir = folder(t)
  writeFileSync(join(dataDir, 'secret.key.previous'), `${'f'.repeat(64)}\n`)
  assert.equal(findPreviousKey({ previousSecretKey: 's'.repeat(32), dataDir }), 's'.repeat(32))
  assert.equal(findPreviousKey({ previousSecretKey: null, dataDir }), 'f'.repeat(64))
})
