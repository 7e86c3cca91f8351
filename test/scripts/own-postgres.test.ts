import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { OwnPostgres } from '../../scripts/services/postgres.ts'
import { freePort } from '../support/free-port.ts'
import { copyOf, removePostgresCopy } from '../support/postgres-binaries.ts'
import { temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const isRoot = process.getuid?.() === 0

test('in a folder that is closed to others, what root starts is nobody and has no right of root', {
  skip: !isRoot && 'root alone runs PostgreSQL as somebody else',
}, async (t) => {
  const closed = temporaryFolder(t)
  chmodSync(closed, 0o700)
  const postgres = new OwnPostgres(closed)
  postgres.prepare()
  const port = await freePort()
  const [file = '', ...args] = postgres.command(port)
  const server = spawn(file, args, { cwd: '/', stdio: 'ignore' })
  const ended = once(server, 'exit')
  t.after(() => void server.kill('SIGQUIT'))
  await until('it is ready', () => postgres.isReady(port))
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
  assert.match(status, /^Uid:\t65534\t65534\t65534/m)
  assert.match(status, /^CapEff:\t0+$/m)
  assert.match(status, /^CapAmb:\t0+$/m)
  server.kill('SIGINT')
  await ended
})

/** As a package of PostgreSQL's programs is, as far as copying goes; and where the copy of it comes to be. */
function programs(t: TestContext) {
  const [folder, parent] = [temporaryFolder(t), temporaryFolder(t)]
  const native = join(folder, 'native')
  mkdirSync(join(native, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"version":"1.2.3"}')
  writeFileSync(join(native, 'bin', 'postgres'), 'good')
  return { native, parent }
}

test('the copy of PostgreSQL is made once, and removed', (t) => {
  const { native, parent } = programs(t)
  const copy = copyOf(native, parent)
  assert.equal(readFileSync(join(copy, 'bin', 'postgres'), 'utf8'), 'good')
  assert.equal(copyOf(native, parent), copy)
  assert.equal(removePostgresCopy(native, parent), copy)
  assert.ok(!existsSync(copy))
  assert.equal(removePostgresCopy(native, parent), undefined)
})

/** One sentence for whoever runs this, who can put it right; the stack of a bug would say that they cannot. */
const REFUSED = { name: 'OperatorError', message: /^Somebody else has \S.*: remove it\.$/ }

test('programs that somebody else may have put where the copy belongs are not run', (t) => {
  const { native, parent } = programs(t)
  const copy = copyOf(native, parent)
  chmodSync(copy, 0o777)
  assert.throws(() => copyOf(native, parent), REFUSED)
  rmSync(copy, { recursive: true })
  const planted = join(parent, 'planted')
  mkdirSync(join(planted, 'bin'), { recursive: true })
  symlinkSync(planted, copy)
  assert.throws(() => copyOf(native, parent), REFUSED)
  assert.equal(removePostgresCopy(native, parent), undefined)
})
