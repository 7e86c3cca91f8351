import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { killImport } from '../support/kill-import.ts'
import { type Person, Stranger } from '../support/loop.ts'
import { newDatabase, testServer } from '../support/postgres-databases.ts'
import { type Program, runProgram, startProgram, temporaryFolder } from '../support/program.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

/** A house with an account in it. */
async function house(t: TestContext, login = 'ann') {
  const dataDir = temporaryFolder(t)
  const run = (args: readonly string[], input = '') => runProgram(args, { env: { DATA_DIR: dataDir }, input })
  if (login !== '') {
    assert.equal((await run(['user', 'add', login, '--password-stdin'], 'correct horse\n')).code, 0)
  }
  return { dataDir, run }
}

async function logins(run: (args: readonly string[]) => Promise<{ stdout: string }>): Promise<string[]> {
  return JSON.parse((await run(['user', 'list', '--json'])).stdout).map(({ login }: { login: string }) => login)
}

/** Programs in several places, all with one Telegram and one bot in it. */
async function telegram(t: TestContext) {
  const sandbox = await testSandbox(t)
  const { token } = sandbox.control.createBot({ username: 'postrider_bot' })
  const env = { TELEGRAM_API_ROOT: sandbox.url, TELEGRAM_BOT_TOKEN: token }
  const start = (dataDir: string, more: Record<string, string> = {}): Promise<Program> =>
    startProgram(t, { dataDir, env: { ...env, ...more } })
  return { sandbox, start }
}

/** Registers, links a chat and logs in. */
async function moveIn(here: Stranger): Promise<{ phone: Person; session: string }> {
  const phone = await here.person('Annie', 'en')
  await here.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  await phone.start((await here.ask('POST', '/v1/link-codes')).body.code)
  await until('the chat is linked', async () => (await phone.heard()).length > 0)
  const { body } = await here.ask('POST', '/v1/sessions', { login: 'ann', password: 'correct horse' })
  return { phone, session: body.accessToken }
}

/** Posts some while Telegram answers nothing, and kills the program in the midst of the first call. */
async function postAndKill(program: Program, here: Stranger, sandbox: Awaited<ReturnType<typeof testSandbox>>) {
  sandbox.control.addFault({ method: 'sendMessage', action: { kind: 'delay', when: 'before', ms: 3_600_000 } })
  const ids: string[] = []
  for (const number of [0, 1, 2, 3, 4]) {
    const posted = await here.ask(
      'POST',
      '/v1/messages',
      { text: `number ${number}` },
      { 'idempotency-key': `k${number}` },
    )
    assert.equal(posted.status, 202)
    ids.push(posted.body.id)
  }
  await until('a call is under way', () => (sandbox.control.faults()[0]?.struck ?? 0) > 0)
  await program.end('SIGKILL')
  sandbox.control.clearFaults()
  return ids
}

/** Where one may move: what `DATABASE_URL` is there. */
const PLACES = {
  'another machine': async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: (await testServer()).url(await newDatabase()) }),
} as const satisfies Record<string, () => Promise<Record<string, string>>>

for (const [place, databaseOf] of Object.entries(PLACES)) {
  test(`a program that was killed in the midst of its work goes on in ${place} where it stopped`, async (t) => {
    const { sandbox, start } = await telegram(t)
    const [old, anew, database] = [await house(t, ''), await house(t, ''), await databaseOf()]
    const first = await start(old.dataDir)
    const before = new Stranger(first.url, sandbox.url, 'ann')
    const { phone, session } = await moveIn(before)
    const numbered = [0, 1, 2, 3, 4].map((number) => `number ${number}`)
    const ids = await postAndKill(first, before, sandbox)

    const file = join(old.dataDir, 'all.jsonl.gz')
    const out = await old.run(['export', file])
    assert.deepEqual([out.code, statSync(file).mode & 0o777], [0, 0o600], out.stderr)
    assert.match(out.stdout, /^Exported \d+ rows to .*all\.jsonl\.gz\.\nThe new place needs the same secret key, .*\n$/)
    copyFileSync(join(old.dataDir, 'secret.key'), join(anew.dataDir, 'secret.key'))
    const taken = await runProgram(['import', file, '--json'], { env: { DATA_DIR: anew.dataDir, ...database } })
    assert.deepEqual([taken.code, JSON.parse(taken.stdout).secretKey], [0, 'same'], taken.stderr)

    const second = await start(anew.dataDir, database)
    const after = new Stranger(second.url, sandbox.url, 'ann')
    const items = await until('everything is delivered', async () => {
      const { body } = await after.ask('GET', '/v1/messages?order=asc')
      return body.items.every(({ status }: { status: string }) => status === 'delivered') && body.items
    })
    assert.deepEqual(
      items.map(({ id, possibleDuplicate }: { id: string; possibleDuplicate: boolean }) => [id, possibleDuplicate]),
      ids.map((id, number) => [id, number === 0]),
    )
    const heard = (await phone.heard()).map(({ text }) => text).filter((text) => text.includes('number'))
    // The call that was under way may have arrived too: that is what `possibleDuplicate` says.
    const arrived = new Set(heard.join('\n').match(/number \d/g))
    assert.deepEqual([...arrived], numbered)
    // What was answered there is known here: a key, and a session.
    const repeated = await after.ask('POST', '/v1/messages', { text: 'number 3' }, { 'idempotency-key': 'k3' })
    assert.deepEqual([repeated.status, repeated.body.id], [202, ids[3]])
    const me = await fetch(`${second.url}/v1/me`, { headers: { authorization: `Bearer ${session}` } })
    assert.equal(me.status, 200)
  })
}

test('without the secret key it says what that costs, and so it is: sessions end, passwords and messages do not', async (t) => {
  const { sandbox, start } = await telegram(t)
  const [old, anew] = [await house(t, ''), await house(t, '')]
  const first = await start(old.dataDir)
  const { session } = await moveIn(new Stranger(first.url, sandbox.url, 'ann'))
  const archive = (await old.run(['export'])).stdout
  assert.equal(await first.end('SIGTERM'), 0)
  const taken = await anew.run(['import'], archive)
  assert.match(taken.stdout, /There is no secret key here yet: bring secret\.key .* before the first start\./)
  assert.match(taken.stdout, /everybody is logged out, open linking codes are void/)

  const second = await start(anew.dataDir)
  const me = await fetch(`${second.url}/v1/me`, { headers: { authorization: `Bearer ${session}` } })
  assert.equal(me.status, 401)
  const ann = new Stranger(second.url, sandbox.url, 'ann')
  assert.equal((await ann.ask('GET', '/v1/me')).status, 200)
  assert.equal((await ann.ask('GET', '/v1/chats')).body.items?.length ?? 1, 1)
})

describe('PostgreSQL', () => {
  async function server() {
    const { url } = await testServer()
    const databaseUrl = url(await newDatabase())
    const env = { DATABASE_URL: databaseUrl, DATA_DIR: temporaryFolder({ after: () => undefined }) }
    return { databaseUrl, run: (args: readonly string[], input = '') => runProgram(args, { env, input }) }
  }

  test('`migrate --from` carries everything there, and `--to` back again', async (t) => {
    const [here, back, there] = [await house(t), await house(t, ''), await server()]
    const moved = await there.run(['migrate', '--from', `sqlite:${join(here.dataDir, 'postrider.db')}`])
    assert.equal(moved.code, 0, moved.stderr)
    assert.match(moved.stdout, /^Moved \d+ rows\. Set DATABASE_URL to the new place; keep DATA_DIR\/secret\.key/)
    assert.deepEqual(await logins(there.run), ['ann'])

    const again = await here.run(['migrate', '--to', there.databaseUrl, '--json'])
    assert.deepEqual([again.code, again.stdout], [1, ''])
    assert.match(again.stderr, /^postrider: The database is not empty .*\n$/)

    const file = `sqlite:${join(back.dataDir, 'postrider.db')}`
    const returned = await back.run(['migrate', '--from', there.databaseUrl, '--to', file, '--json'])
    assert.deepEqual([returned.code, JSON.parse(returned.stdout)], [0, { rows: 4 }])
    assert.deepEqual(await logins(back.run), ['ann'])
  })

  test('export and import work there as everywhere', async (t) => {
    const [here, there, next] = [await house(t), await server(), await server()]
    assert.equal((await there.run(['import'], (await here.run(['export'])).stdout)).code, 0)
    assert.equal((await next.run(['import'], (await there.run(['export'])).stdout)).code, 0)
    assert.deepEqual(await logins(next.run), ['ann'])
  })

  test('backup says in one sentence how PostgreSQL is copied', async () => {
    const { code, stdout, stderr } = await (await server()).run(['backup', 'x'])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^postrider: The data is in PostgreSQL.*pg_dump --format=custom .*pg_restore.*\n$/)
  })
})

describe('export', () => {
  test('through a pipe the data is all of standard output, and what is said goes to standard error', async (t) => {
    const [old, anew] = [await house(t), await house(t, '')]
    const out = await old.run(['export'])
    assert.equal(out.code, 0)
    for (const line of out.stdout.trim().split('\n')) JSON.parse(line)
    assert.match(out.stderr, /^Exported \d+ rows\.\n/)
    assert.equal((await anew.run(['import', '-'], out.stdout)).code, 0)
    assert.deepEqual(await logins(anew.run), ['ann'])
  })

  test('a name that ends in .gz or --gzip compresses, and nothing else does', async (t) => {
    const { dataDir, run } = await house(t)
    for (const [name, flags, zipped] of [
      ['a.gz', [], true],
      ['b.jsonl', ['--gzip'], true],
      ['c.jsonl', [], false],
    ] as const) {
      await run(['export', join(dataDir, name), ...flags])
      const bytes = readFileSync(join(dataDir, name))
      assert.match((zipped ? gunzipSync(bytes) : bytes).toString(), /^{"format":"postrider-export"/)
    }
  })

  test('nothing is overwritten without --force, and without a database there is nothing to export', async (t) => {
    const [{ dataDir, run }, nobody] = [await house(t), await house(t, '')]
    const file = join(dataDir, 'precious')
    writeFileSync(file, 'precious')
    const refused = await run(['export', file])
    assert.deepEqual([refused.code, readFileSync(file, 'utf8')], [1, 'precious'])
    assert.match(refused.stderr, /^postrider: .*precious exists already.*--force\.\n$/)
    assert.equal((await run(['export', file, '--force'])).code, 0)
    assert.match(readFileSync(file, 'utf8'), /^{"format"/)

    const none = await nobody.run(['export'])
    assert.deepEqual([none.code, none.stdout], [1, ''])
    assert.match(none.stderr, /^postrider: There is no database .*\n$/)
    assert.ok(!existsSync(join(nobody.dataDir, 'postrider.db')))
  })
})

describe('import', () => {
  test('what cannot be taken is one sentence and exit 1, and the place stays empty', async (t) => {
    const [old, anew] = [await house(t), await house(t, '')]
    const good = (await old.run(['export'])).stdout
    const refused = [
      [await anew.run(['import'], good.slice(0, -20)), /ends too early/],
      [await anew.run(['import'], good.replace('"ann"', '"eve"')), /damaged or was changed/],
      [await anew.run(['import'], good.replace('"version":1', '"version":7')), /newer Postrider/],
      [await anew.run(['import'], 'hello\n'), /is not an export of Postrider/],
      [await anew.run(['import'], ''), /is empty/],
      [await anew.run(['import', join(old.dataDir, 'nothing')]), /cannot be read \(ENOENT\)/],
    ] as const
    for (const [{ code, stdout, stderr }, said] of refused) {
      assert.deepEqual([code, stdout], [1, ''], stderr)
      assert.match(stderr, said)
      assert.match(stderr, /^postrider: .+\n$/)
    }
    assert.equal((await anew.run(['import'], good)).code, 0)
  })

  test('a place that is none is named by the flag that named it', async (t) => {
    const { run } = await house(t)
    for (const flag of ['--from', '--to']) {
      const { code, stderr } = await run(['migrate', flag, 'mysql://db/x'])
      assert.equal(code, 1)
      assert.ok(stderr.includes(flag), stderr)
      assert.doesNotMatch(stderr, /DATABASE_URL/)
    }
  })

  test('a place with tables of another program is refused before a table of ours is beside them', async (t) => {
    const old = await house(t)
    const good = (await old.run(['export'])).stdout
    const { url, execute } = await testServer()
    const database = await newDatabase()
    await execute('create table invoices (id integer)', database)
    // Named as one of ours is.
    await execute('create table users (id integer)', database)
    const dataDir = temporaryFolder(t)
    const file = join(dataDir, 'theirs.db')
    const theirs = new DatabaseSync(file)
    theirs.exec('create table invoices (id integer); create table users (id integer)')
    theirs.close()
    for (const place of [url(database), `sqlite:${file}`]) {
      const refused = [
        await runProgram(['import'], { env: { DATA_DIR: dataDir, DATABASE_URL: place }, input: good }),
        await old.run(['migrate', '--to', place]),
      ]
      for (const { code, stderr } of refused) {
        assert.equal(code, 1)
        assert.match(
          stderr,
          /^postrider: The database is not empty \(.* not Postrider's: invoices, users\), and nothing was/,
        )
      }
      const migrated = await runProgram(['migrate'], { env: { DATA_DIR: dataDir, DATABASE_URL: place } })
      assert.equal(migrated.code, 1)
      assert.match(
        migrated.stderr,
        /^postrider: The database has a table of another program with the name of one of ours/,
      )
    }
    const tables = await execute(
      "select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_versions' order by 1",
      database,
    )
    assert.deepEqual(tables, [{ tablename: 'invoices' }, { tablename: 'users' }])
  })

  test('a place where somebody lives or a program works is refused, and left alone', async (t) => {
    const [old, other, running] = [await house(t), await house(t, 'bob'), await house(t, '')]
    const good = (await old.run(['export'])).stdout
    const refused = await other.run(['import'], good)
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^postrider: The database is not empty .*nothing was changed.*\n$/)
    assert.deepEqual(await logins(other.run), ['bob'])

    const { process } = await startProgram(t, { dataDir: running.dataDir })
    assert.match(
      (await running.run(['import'], good)).stderr,
      new RegExp(`Another Postrider \\(process ${process.pid}\\)`),
    )
  })

  test('an import that is killed leaves a place that can be filled', async (t) => {
    const [old, anew] = [await house(t), await house(t, '')]
    await fillWithMessages(old, 30_000)
    const file = join(old.dataDir, 'all')
    await old.run(['export', file])
    await killImport(file, anew.dataDir)
    assert.deepEqual(await logins(anew.run), [])
    assert.equal((await anew.run(['import', file])).code, 0)
    assert.deepEqual(await logins(anew.run), ['ann'])
  })

  test('in a pipe every tenth of a long way is a line on standard error', async (t) => {
    const [old, anew] = [await house(t), await house(t, '')]
    await fillWithMessages(old, 12_000)
    const out = await old.run(['export', join(old.dataDir, 'all')])
    const taken = await anew.run(['import', join(old.dataDir, 'all')])
    for (const [{ stderr }, doing] of [
      [out, 'Exporting'],
      [taken, 'Importing'],
    ] as const) {
      const lines = stderr.trim().split('\n')
      assert.ok(lines.length >= 10 && lines.length <= 11, stderr)
      for (const line of lines) assert.match(line, new RegExp(`^${doing}: \\d+ % \\([\\d,]+ of 12,00\\d rows\\)$`))
      assert.match(lines.at(-1) ?? '', /100 %/)
    }
  })
})

/** Ended messages of the first account. */
async function fillWithMessages({ dataDir }: { dataDir: string }, count: number): Promise<void> {
  const database = new DatabaseSync(join(dataDir, 'postrider.db'))
  try {
    database.exec(`
      with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
      insert into messages (seq, id, user_id, chat_id, bot_id, peer_id, status, text, silent, name, locale, created_at_ms,
        changed_at_ms, change_seq, turn)
      select i, 'msg_' || i, (select id from users), 'c', 'b', 1, 'delivered', 'text ' || i, 0, 'Ann', 'en', 1, 1, i, i from n`)
  } finally {
    database.close()
  }
}
