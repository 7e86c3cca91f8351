import assert from 'node:assert/strict'
import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { OperatorError } from '../../src/domain/operator-error.ts'
import { isDatabaseInUse, lockDatabase, prepareDataDir } from '../../src/ops/data-dir.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'postrider data '))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function sentence(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof OperatorError, String(error))
    assert.doesNotMatch(error.message, /\n/)
    return error.message
  }
  return assert.fail('it was taken')
}

test('the folders are made, for this user alone, and left empty', (t) => {
  const dataDir = join(folder(t), 'a', 'b')
  prepareDataDir({ dataDir, database: { file: join(dataDir, 'db', 'postrider.db') } })
  assert.equal(statSync(dataDir).mode & 0o777, 0o700)
  assert.deepEqual(readdirSync(dataDir), ['db'])
  prepareDataDir({ dataDir, database: { file: join(dataDir, 'db', 'postrider.db') } })
})

test('a file in the way is said in one sentence that names the folder and the setting', (t) => {
  const dataDir = join(folder(t), 'data')
  writeFileSync(dataDir, '')
  for (const path of [dataDir, join(dataDir, 'deeper')]) {
    assert.match(
      sentence(() => prepareDataDir({ dataDir: path, database: { file: join(path, 'x.db') } })),
      /data(\/deeper)? is not a folder: a file stands .*set DATA_DIR to another place\.$/,
    )
  }
  const elsewhere = folder(t)
  assert.match(
    sentence(() => prepareDataDir({ dataDir: elsewhere, database: { file: join(dataDir, 'x.db') } })),
    /set DATABASE_URL to another place\.$/,
  )
})

test('a folder that cannot be written to is said in one sentence', (t) => {
  // Nobody may make files in /proc, not even root, whom mode bits do not stop.
  const dataDir = process.getuid?.() === 0 ? '/proc/self' : join(folder(t), 'read-only')
  if (dataDir !== '/proc/self') mkdirSync(dataDir, { mode: 0o500 })
  assert.match(
    sentence(() => prepareDataDir({ dataDir, database: { file: join(dataDir, 'x.db') } })),
    /^\/.*(may not be written to|cannot be).*: put that right, or set DATA_DIR to another place\.$/,
  )
})

test('a place where nothing can be made, though the folder above is there, is said at once', {
  skip: existsSync('/proc/self') ? false : 'there is no /proc',
}, () => {
  // Node's own recursive mkdir never returns from here, so this is another process with a limit.
  const module = new URL('../../src/ops/data-dir.ts', import.meta.url).href
  const script = `
    const { prepareDataDir } = await import(${JSON.stringify(module)})
    for (const dataDir of ['/proc/x', '/proc/x/y'])
      try { prepareDataDir({ dataDir, database: { file: dataDir + '/x.db' } }) } catch (error) { console.log(error.message) }`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 120_000,
    encoding: 'utf8',
  })
  assert.equal(child.signal, null, 'it did not end by itself')
  assert.match(child.stdout, /^(\/proc\/x\S* cannot be made: put that right, or set DATA_DIR to another place\.\n){2}$/)
})

test('a second taker of a database is refused, with the process that has it, until the first lets go', (t) => {
  const file = join(folder(t), 'postrider.db')
  const first = lockDatabase(file)
  assert.match(
    sentence(() => lockDatabase(file)),
    new RegExp(`^Another Postrider \\(process ${process.pid}\\) works with .*postrider\\.db: stop it first`),
  )
  first.release()
  first.release()
  assert.ok(!existsSync(`${file}.pid`))
  lockDatabase(file).release()
})

test('whether a database is in use can be asked without taking it', (t) => {
  const file = join(folder(t), 'postrider.db')
  assert.equal(isDatabaseInUse(file), false)
  const lock = lockDatabase(file)
  assert.equal(isDatabaseInUse(file), true)
  lock.release()
  assert.equal(isDatabaseInUse(file), false)
  lockDatabase(file).release()
})

test('two databases in two folders do not know of each other', (t) => {
  const locks = [folder(t), folder(t)].map((path) => lockDatabase(join(path, 'postrider.db')))
  for (const lock of locks) lock.release()
})

test('a killed process holds nothing: the next one takes the database at once', async (t) => {
  const file = join(folder(t), 'postrider.db')
  const child = fork(join(import.meta.dirname, '..', 'support', 'lock-holder.ts'), [file])
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'message')
  assert.match(
    sentence(() => lockDatabase(file)),
    new RegExp(`\\(process ${child.pid}\\)`),
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  lockDatabase(file).release()
})
