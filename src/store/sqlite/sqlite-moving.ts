import { type Kysely, sql } from 'kysely'
import { readMigrations } from '../migrate.ts'
import type { Schema } from '../schema.ts'
import type { Filling, Moving } from '../sql-store.ts'
import { openReading } from './connection.ts'
import { readingDatabase } from './kysely-dialect.ts'
import { SQLITE_MIGRATIONS } from './sqlite-migrations.ts'

/** As long as the last process of several may take to close the file. */
const BUSY_TIMEOUT_MS = 5000

/** Readers of a moment have a connection of their own, so that those of the program see what is new. */
export function sqliteMoving(file: string, writer: Kysely<Schema>, writing: Omit<Filling, 'db'>): Moving {
  return {
    schemaStep: readMigrations(SQLITE_MIGRATIONS).length,
    async snapshot(work) {
      const connection = openReading(file, BUSY_TIMEOUT_MS)
      try {
        // The moment is that of the first statement in a transaction.
        connection.database.exec('begin')
        connection.database.exec('select 1 from sqlite_schema')
        return await work(readingDatabase(connection))
      } finally {
        connection.close()
      }
    },
    alone: (work) => writer.transaction().execute((tx) => work({ ...writing, db: tx })),
    async tables(read) {
      const names = sql<{ name: string }>`
        select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name`
      return (await read.ask(names.compile(read.db))).map(({ name }) => name)
    },
    async columns(read, table) {
      const columns = sql<{ name: string }>`select name from pragma_table_info(${table})`
      return (await read.ask(columns.compile(read.db))).map(({ name }) => name)
    },
    async lastPeerId(read) {
      const last = sql<{ seq: number }>`select seq from sqlite_sequence where name = 'peers'`
      return (await read.ask(last.compile(read.db)))[0]?.seq ?? 0
    },
    async setLastPeerId(tx, id) {
      await tx.ask(sql`delete from sqlite_sequence where name = 'peers'`.compile(tx.db))
      await tx.ask(sql`insert into sqlite_sequence (name, seq) values ('peers', ${id})`.compile(tx.db))
    },
  }
}
