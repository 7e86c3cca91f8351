import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { backUp } from '../../src/ops/backup.ts'
import { Stranger } from '../support/loop.ts'
import { runProgram, startProgram, temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

/** A program that accepts messages in a file as fast as it can. `acknowledged` grows. */
async function writer(t: TestContext, file: string): Promise<{ acknowledged: string[] }> {
  const source = join(import.meta.dirname, '../store/sqlite/enqueue-until-killed.ts')
  const child = spawn(process.execPath, [source, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => void child.kill('SIGKILL'))
  const acknowledged: string[] = []
  createInterface(child.stdout).on('line', (id) => void acknowledged.push(id))
  await until('it writes', () => acknowledged.length > 300)
  return { acknowledged }
}

/** What is wrong with a copy, which must be the database at one moment. */
function faultsOf(file: string): unknown[] {
  const copy = new DatabaseSync(file, { readOnly: true })
  try {
    const { ok } =
      copy
        .prepare("select (select value from counters where name = 'change') = max(change_seq) as ok from messages")
        .get() ?? {}
    return [
      ...copy
        .prepare('pragma integrity_check')
        .all()
        .filter(({ integrity_check: said }) => said !== 'ok'),
      ...copy.prepare('pragma foreign_key_check').all(),
      ...(ok === 1 ? [] : ['the counter is of another moment than the messages']),
    ]
  } finally {
    copy.close()
  }
}

function idsIn(file: string): Set<unknown> {
  const copy = new DatabaseSync(file, { readOnly: true })
  try {
    return new Set(
      copy
        .prepare('select id from messages')
        .all()
        .map(({ id }) => id),
    )
  } finally {
    copy.close()
  }
}

/** Several times what is copied in one step. */
function addBallast(file: string): void {
  const database = new DatabaseSync(file, { timeout: 60_000 })
  database.exec(`
    create table ballast as with recursive n (i) as (select 1 union all select i + 1 from n where i < 40000)
    select i, printf('%01000d', i) as text from n`)
  database.close()
}

describe('backup', () => {
  test('under writing load each copy is one moment, whole, with all that was accepted before it', async (t) => {
    const dataDir = temporaryFolder(t)
    const { acknowledged } = await writer(t, join(dataDir, 'postrider.db'))
    for (const round of [1, 2, 3]) {
      const before = [...acknowledged]
      const target = join(dataDir, `copy ${round}`)
      const { code, stderr } = await runProgram(['backup', target], { env: { DATA_DIR: dataDir } })
      assert.equal(code, 0, stderr)
      assert.deepEqual(faultsOf(target), [])
      const copied = idsIn(target)
      assert.deepEqual(
        before.filter((id) => !copied.has(id)),
        [],
      )
    }
    const written = acknowledged.length
    await until('the writer goes on', () => acknowledged.length > written)
  })

  test('of a database that is far larger than one step, it tells the way, and never begins anew', async (t) => {
    const dataDir = temporaryFolder(t)
    const file = join(dataDir, 'postrider.db')
    await writer(t, file)
    addBallast(file)
    const way: number[] = []
    await backUp(file, join(dataDir, 'copy'), {
      overwrite: false,
      onProgress: (copied, total) => {
        assert.ok(copied <= total)
        way.push(copied)
      },
    })
    assert.ok(way.length >= 3, `${way.length} steps`)
    assert.deepEqual(
      way,
      way.toSorted((a, b) => a - b),
    )
    assert.deepEqual(faultsOf(join(dataDir, 'copy')), [])
  })

  test('one that is stopped leaves nothing behind', async (t) => {
    const dataDir = temporaryFolder(t)
    await runProgram(['migrate'], { env: { DATA_DIR: dataDir } })
    addBallast(join(dataDir, 'postrider.db'))
    const stopped = backUp(join(dataDir, 'postrider.db'), join(dataDir, 'copy'), {
      overwrite: false,
      onProgress: () => {
        throw new Error('stopped')
      },
    })
    await assert.rejects(stopped, /copy could not be written \(stopped\)/)
    assert.deepEqual(
      readdirSync(dataDir).filter((name) => name.startsWith('copy')),
      [],
    )
  })

  test('a copy is one file, which can be read where nothing can be written', async (t) => {
    const dataDir = temporaryFolder(t)
    await runProgram(['migrate'], { env: { DATA_DIR: dataDir } })
    const target = join(temporaryFolder(t), 'copy')
    await runProgram(['backup', target], { env: { DATA_DIR: dataDir } })
    const copy = new DatabaseSync(target, { readOnly: true })
    t.after(() => copy.close())
    assert.equal(copy.prepare('pragma journal_mode').get()?.['journal_mode'], 'delete')
    assert.ok(!existsSync(`${target}-wal`) && !existsSync(`${target}-shm`))
  })
})

test('restore: a backup of a running program and its secret key are the whole of it, as of that moment', async (t) => {
  const sandbox = await testSandbox(t)
  const { token } = sandbox.control.createBot({ username: 'postrider_bot' })
  const env = { TELEGRAM_API_ROOT: sandbox.url, TELEGRAM_BOT_TOKEN: token }
  const [dataDir, restored] = [temporaryFolder(t), temporaryFolder(t)]
  const first = await startProgram(t, { dataDir, env })
  const before = new Stranger(first.url, sandbox.url, 'ann')
  const phone = await before.person('Annie', 'en')
  await before.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  await phone.start((await before.ask('POST', '/v1/link-codes')).body.code)
  await until('the chat is linked', async () => (await phone.heard()).length > 0)
  const { body: session } = await before.ask('POST', '/v1/sessions', { login: 'ann', password: 'correct horse' })
  const kept = await before.ask('POST', '/v1/messages', { text: 'before the backup' })
  assert.equal((await runProgram(['backup', join(dataDir, 'copy')], { env: { DATA_DIR: dataDir } })).code, 0)
  const lost = await before.ask('POST', '/v1/messages', { text: 'after the backup' })
  assert.equal(await first.end('SIGKILL'), null)

  copyFileSync(join(dataDir, 'copy'), join(restored, 'postrider.db'))
  copyFileSync(join(dataDir, 'secret.key'), join(restored, 'secret.key'))
  const second = await startProgram(t, { dataDir: restored, env })
  const after = new Stranger(second.url, sandbox.url, 'ann')
  const me = await fetch(`${second.url}/v1/me`, { headers: { authorization: `Bearer ${session.accessToken}` } })
  assert.equal(me.status, 200)
  assert.equal((await after.ask('GET', `/v1/messages/${lost.body.id}`)).status, 404)
  await until('what was accepted before arrives', async () => {
    const { body } = await after.ask('GET', `/v1/messages/${kept.body.id}`)
    return body.status === 'delivered'
  })
  const next = await after.ask('POST', '/v1/messages', { text: 'life goes on' })
  await until('it arrives', async () => (await phone.heard()).some(({ text }) => text.endsWith('life goes on')))
  assert.equal(next.status, 202)
})
