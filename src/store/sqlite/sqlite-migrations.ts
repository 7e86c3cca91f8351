import { type Kysely, sql } from 'kysely'
import type { MigrationTarget } from '../migrate.ts'
import type { Schema } from '../schema.ts'
import type { WriterThread } from './writer-thread.ts'

export const SQLITE_MIGRATIONS = new URL('./migrations/', import.meta.url)

const VERSIONS = 'create table if not exists schema_versions (version integer primary key, name text not null) strict'

/** SQLite's lock on the file is the lock: `begin immediate` lets one process at a time in here. */
export function sqliteMigrationTarget(thread: WriterThread, writer: Kysely<Schema>): MigrationTarget {
  const applied = async (): Promise<number[]> => {
    const known = await sql`select 1 from sqlite_schema where name = 'schema_versions'`.execute(writer)
    if (known.rows.length === 0) return []
    const { rows } = await sql<{ version: number }>`select version from schema_versions`.execute(writer)
    return rows.map(({ version }) => version)
  }
  return {
    applied,
    apply: async (migration) =>
      await writer.transaction().execute(async (tx) => {
        await sql.raw(VERSIONS).execute(tx)
        const { rows } = await sql`
          insert into schema_versions (version, name) values (${migration.version}, ${migration.name})
          on conflict do nothing returning version`.execute(tx)
        if (rows.length > 0) await thread.script(migration.sql)
        return rows.length > 0
      }),
  }
}
