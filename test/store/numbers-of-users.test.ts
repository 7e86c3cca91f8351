import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { type Migration, readMigrations } from '../../src/store/migrate.ts'
import { POSTGRES_MIGRATIONS } from '../../src/store/postgres/postgres-migrations.ts'
import { SQLITE_MIGRATIONS } from '../../src/store/sqlite/sqlite-migrations.ts'
import { newDatabase, testServer } from '../support/postgres-databases.ts'

const NAME = 'numbers_and_profiles'
const USERS = `insert into users (id, login, login_key, password_hash, name, locale, role, created_at_ms) values
  ('u3', 'c', 'c', '', 'c', 'en', 'user', 20), ('u1', 'b', 'b', '', 'b', 'en', 'user', 10),
  ('u2', 'a', 'a', '', 'a', 'en', 'user', 10)`
const NUMBERS = 'select id, number from users order by number'
const COUNTER = "select value from counters where name = 'user'"

function aroundNumbers(folder: URL): { before: Migration[]; numbers: Migration } {
  const migrations = readMigrations(folder)
  const place = migrations.findIndex(({ name }) => name === NAME)
  const numbers = migrations[place]
  assert.ok(numbers)
  return { before: migrations.slice(0, place), numbers }
}

describe('users who were there before there were numbers get theirs in order of registration', () => {
  test('SQLite', (t) => {
    const { before, numbers } = aroundNumbers(SQLITE_MIGRATIONS)
    const database = new DatabaseSync(':memory:')
    t.after(() => database.close())
    for (const { sql } of before) database.exec(sql)
    database.exec(USERS)
    database.exec(numbers.sql)
    const found = database.prepare(NUMBERS).all()
    assert.deepEqual(
      found.map(({ id, number }) => [id, number]),
      ORDER,
    )
    assert.equal(database.prepare(COUNTER).get()?.['value'], 3)
  })

  test('PostgreSQL', async () => {
    const { before, numbers } = aroundNumbers(POSTGRES_MIGRATIONS)
    const { execute } = await testServer()
    const database = await newDatabase()
    for (const { sql } of before) await execute(sql, database)
    await execute(USERS, database)
    await execute(numbers.sql, database)
    const found = await execute(NUMBERS, database)
    assert.deepEqual(
      found.map(({ id, number }) => [id, Number(number)]),
      ORDER,
    )
    const [counter] = await execute(COUNTER, database)
    assert.equal(Number(counter?.['value']), 3)
  })
})

const ORDER = [
  ['u1', 1],
  ['u2', 2],
  ['u3', 3],
]
