import type { Client } from 'pg'
import type { MigrationTarget } from '../migrate.ts'

export const POSTGRES_MIGRATIONS = new URL('./migrations/', import.meta.url)

/** Of the lock that lets one process at a time change the schema. A number that means nothing elsewhere ("postride" in ASCII). */
const LOCK = '8101821198635721829'

const VERSIONS = 'create table if not exists schema_versions (version integer primary key, name text not null)'

export function postgresMigrationTarget(client: Client): MigrationTarget {
  const applied = async (): Promise<number[]> => {
    const known = await client.query("select to_regclass('schema_versions') as found")
    if (known.rows[0]?.found === null) return []
    const { rows } = await client.query<{ version: number }>('select version from schema_versions')
    return rows.map(({ version }) => version)
  }
  const applyInside = async ({ version, name, sql }: Parameters<MigrationTarget['apply']>[0]): Promise<boolean> => {
    await client.query(`select pg_advisory_xact_lock(${LOCK})`)
    await client.query(VERSIONS)
    const { rowCount } = await client.query(
      'insert into schema_versions (version, name) values ($1, $2) on conflict do nothing',
      [version, name],
    )
    if (rowCount === 0) return false
    await client.query(sql)
    return true
  }
  return {
    applied,
    apply: async (migration) => {
      await client.query('begin')
      try {
        const isMine = await applyInside(migration)
        await client.query('commit')
        return isMine
      } catch (error) {
        await client.query('rollback').catch(() => undefined)
        throw error
      }
    },
  }
}
