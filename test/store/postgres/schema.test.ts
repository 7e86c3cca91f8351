import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { readMigrations } from '../../../src/store/migrate.ts'
import { POSTGRES_MIGRATIONS } from '../../../src/store/postgres/postgres-migrations.ts'
import { SQLITE_MIGRATIONS } from '../../../src/store/sqlite/sqlite-migrations.ts'
import { migratedDatabase, testServer } from '../../support/postgres-databases.ts'

/** Such as `users.login, required`. */
type Column = string

function columnsOfSqlite(): Column[] {
  const database = new DatabaseSync(':memory:')
  for (const { sql } of readMigrations(SQLITE_MIGRATIONS)) database.exec(sql)
  const rows = database
    .prepare(
      `select t.name || '.' || c.name || iif(c."notnull" or c.pk > 0, ', required', '') as column
       from sqlite_schema t join pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite_%'`,
    )
    .all()
  database.close()
  return rows.map(({ column }) => String(column)).sort()
}

async function columnsOfPostgres(): Promise<Column[]> {
  const { execute } = await testServer()
  const rows = await execute(
    `select table_name || '.' || column_name || case is_nullable when 'NO' then ', required' else '' end as column
     from information_schema.columns where table_schema = 'public' and table_name <> 'schema_versions'`,
    await migratedDatabase(),
  )
  return rows.map(({ column }) => String(column)).sort()
}

describe('PostgreSQL and SQLite', () => {
  test('have the same migrations', () => {
    const names = (folder: URL) => readMigrations(folder).map(({ version, name }) => `${version} ${name}`)
    assert.deepEqual(names(POSTGRES_MIGRATIONS), names(SQLITE_MIGRATIONS))
  })

  test('have the same tables and columns', async () => {
    const columns = await columnsOfPostgres()
    assert.ok(columns.includes('messages.rank, required'))
    assert.deepEqual(columns, columnsOfSqlite())
  })
})
