import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { runProgram, startProgram, temporaryFolder } from '../support/program.ts'

const PASSWORD = 'correct horse'

function installation(t: TestContext) {
  const dataDir = temporaryFolder(t)
  const run = (args: readonly string[], input = '') =>
    runProgram(args, { env: { DATA_DIR: dataDir, REGISTRATION: 'closed' }, input })
  const add = (login: string, ...more: string[]) =>
    run(['user', 'add', login, '--password-stdin', ...more], `${PASSWORD}\n`)
  return { dataDir, run, add }
}

describe('user', () => {
  test('accounts are added, listed, promoted and deleted, also where registration is closed', async (t) => {
    const { run, add } = installation(t)
    assert.equal((await add('Ann', '--name', 'Ann Ö', '--locale', 'ru')).stdout, 'Added Ann (operator).\n')
    assert.equal((await add('bob')).stdout, 'Added bob (user).\n')
    assert.equal((await run(['user', 'role', 'BOB', 'operator'])).stdout, 'bob is an operator now.\n')

    const { stdout } = await run(['user', 'list', '--json'])
    const users = JSON.parse(stdout)
    assert.partialDeepStrictEqual(users, [
      { login: 'Ann', name: 'Ann Ö', locale: 'ru', role: 'operator' },
      { login: 'bob', name: 'bob', locale: 'en', role: 'operator' },
    ])
    assert.ok(!stdout.includes('argon2'))
    assert.match((await run(['user', 'list'])).stdout, /^LOGIN +NAME +LOCALE +ROLE +CREATED\nAnn +Ann Ö +ru +operator /)

    assert.equal((await run(['user', 'delete', 'ann', '--yes'])).stdout, 'Deleted Ann.\n')
    assert.deepEqual(JSON.parse((await run(['user', 'list', '--json'])).stdout).length, 1)
  })

  test('what cannot be done is one sentence and exit 1', async (t) => {
    const { run, add } = installation(t)
    await add('ann')
    const refused = [
      [await add('ANN'), /has this login already/],
      [await add('a b'), /login must have 3 to 64 characters/],
      [await run(['user', 'add', 'carl', '--password-stdin'], 'short\n'), /password must have 8 to 256 characters/],
      [await run(['user', 'password', 'nobody', '--password-stdin'], `${PASSWORD}\n`), /no account with this login/],
      [await run(['user', 'role', 'nobody', 'user']), /no account with this login/],
      [await run(['user', 'delete', 'nobody', '--yes']), /no account with this login/],
    ] as const
    for (const [{ code, stdout, stderr }, said] of refused) {
      assert.deepEqual([code, stdout], [1, ''], stderr)
      assert.match(stderr, said)
      assert.match(stderr, /^postrider: .+\n$/)
      assert.ok(!stderr.includes('short'))
    }
  })

  test('beside a running server: a new password works there at once, the old one no more, its sessions are over', async (t) => {
    const { dataDir, run, add } = installation(t)
    await add('ann')
    const { url } = await startProgram(t, { dataDir })
    const logIn = async (password: string) => {
      const response = await fetch(`${url}/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login: 'ann', password }),
      })
      return { status: response.status, body: (await response.json()) as { accessToken: string } }
    }
    const before = await logIn(PASSWORD)
    assert.equal(before.status, 201)

    const changed = await run(['user', 'password', 'ann', '--password-stdin'], 'battery staple\n')
    assert.deepEqual([changed.code, changed.stdout], [0, 'ann has a new password.\n'])
    const me = await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${before.body.accessToken}` } })
    assert.equal(me.status, 401)
    assert.equal((await logIn('battery staple')).status, 201)
    assert.equal((await logIn(PASSWORD)).status, 401)
  })
})

describe('migrate', () => {
  test('the first run makes the database, the second one has nothing to do', async (t) => {
    const { run } = installation(t)
    const first = JSON.parse((await run(['migrate', '--json'])).stdout)
    assert.ok(first.steps > 0)
    assert.equal((await run(['migrate'])).stdout, 'The database is up to date.\n')
  })

  test('a database that is newer than the program is refused in one sentence, and left alone', async (t) => {
    const { dataDir, run } = installation(t)
    await run(['migrate'])
    const database = new DatabaseSync(join(dataDir, 'postrider.db'))
    t.after(() => database.close())
    database.exec(`INSERT INTO schema_versions (version, name) VALUES (9999, 'from the future')`)
    for (const args of [['migrate'], ['up'], ['user', 'list']]) {
      const { code, stderr } = await run(args)
      assert.equal(code, 1, args.join(' '))
      assert.match(stderr, /^postrider: The database is at version 9999.*start the newer program\.\n$/)
    }
  })
})

describe('backup', () => {
  test('a copy of a database that is in use is whole, and for this user alone', async (t) => {
    const { dataDir, run, add } = installation(t)
    await add('ann')
    await startProgram(t, { dataDir })
    const target = join(temporaryFolder(t), 'copy.db')
    const { code, stdout } = await run(['backup', target, '--json'])
    assert.deepEqual([code, JSON.parse(stdout)], [0, { file: target, bytes: statSync(target).size }])
    assert.equal(statSync(target).mode & 0o777, 0o600)

    const copy = new DatabaseSync(target, { readOnly: true })
    t.after(() => copy.close())
    assert.deepEqual({ ...copy.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
    assert.deepEqual({ ...copy.prepare('SELECT login FROM users').get() }, { login: 'ann' })
  })

  test('nothing is overwritten without --force, and without a database there is nothing to copy', async (t) => {
    const { dataDir, run } = installation(t)
    const target = join(dataDir, 'copy.db')
    assert.match((await run(['backup', target])).stderr, /There is no database/)
    await run(['migrate'])
    writeFileSync(target, 'precious')
    const refused = await run(['backup', target])
    assert.deepEqual([refused.code, statSync(target).size], [1, 'precious'.length])
    assert.equal((await run(['backup', target, '--force'])).code, 0)
    assert.notEqual(statSync(target).size, 'precious'.length)
  })
})
