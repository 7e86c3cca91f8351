import { DatabaseSync } from 'node:sqlite'
import { readMigrations } from '../migrate.ts'
import { SQLITE_MIGRATIONS } from './sqlite-migrations.ts'

/** The schema after all migrations, as `docs/schema.sqlite.sql` shows it. A test compares the two. */
export function printSqliteSchema(): string {
  const database = new DatabaseSync(':memory:')
  try {
    for (const { sql } of readMigrations(SQLITE_MIGRATIONS)) database.exec(sql)
    const rows = database
      .prepare(
        "select sql from sqlite_schema where sql is not null and name not like 'sqlite_%' order by tbl_name, type desc, name",
      )
      .all()
    const newest = readMigrations(SQLITE_MIGRATIONS).length
    return `-- Printed from the migrations; version ${newest}.\n\n${rows.map(({ sql }) => `${String(sql)};`).join('\n\n')}\n`
  } finally {
    database.close()
  }
}
