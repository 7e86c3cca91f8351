import type { Client } from 'pg'
import { OperatorError } from '../../domain/operator-error.ts'
import type { MigrationTarget } from '../migrate.ts'

export const POSTGRES_MIGRATIONS = new URL('./migrations/', import.meta.url)

/** Of the lock that lets one process at a time change the schema. A number that means nothing elsewhere ("postride" in ASCII). */
const LOCK = '8101821198635721829'

const VERSIONS = 'create table if not exists schema_versions (version integer primary key, name text not null)'

export interface MigrationWait {
  /** How long to wait for whoever changes the tables already, in milliseconds. Default 5 min. */
  migrationLockTimeoutMs?: number
  /** Told again and again, in a sentence, whom a migration waits for. Must not throw. */
  onMigrationWait?: ((sentence: string) => void) | undefined
}

/** Somebody at a terminal, or in a log, is told so often whom we wait for, in milliseconds. */
const TELL_EVERY_MS = 5000

const DEFAULT_LOCK_TIMEOUT_MS = 300_000

export function postgresMigrationTarget(client: Client, wait: MigrationWait = {}): MigrationTarget {
  const { migrationLockTimeoutMs: limitMs = DEFAULT_LOCK_TIMEOUT_MS, onMigrationWait } = wait
  const tries = Math.max(2, Math.round(limitMs / TELL_EVERY_MS))

  const applied = async (): Promise<number[]> => {
    const known = await client.query("select to_regclass('schema_versions') as found")
    if (known.rows[0]?.found === null) return []
    const { rows } = await client.query<{ version: number }>('select version from schema_versions')
    return rows.map(({ version }) => version)
  }
  const applyInside = async ({ version, name, sql }: Parameters<MigrationTarget['apply']>[0]): Promise<boolean> => {
    await client.query(VERSIONS)
    const { rowCount } = await client.query(
      'insert into schema_versions (version, name) values ($1, $2) on conflict do nothing',
      [version, name],
    )
    if (rowCount === 0) return false
    await client.query(sql)
    return true
  }
  const beginLocked = async (): Promise<void> => {
    let holder: Holder | undefined
    for (let turn = 0; turn < tries; turn++) {
      await client.query('begin')
      if (await lock(client, Math.ceil(limitMs / tries))) return
      await client.query('rollback')
      holder = (await holderOf(client)) ?? holder
      if (holder !== undefined) onMigrationWait?.(`Waiting: ${heldBy(holder)}.`)
    }
    throw stillHeld(holder)
  }
  return {
    applied,
    apply: async (migration) => {
      try {
        await beginLocked()
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

/** True when it has the lock until the end of the transaction. */
async function lock(client: Client, patienceMs: number): Promise<boolean> {
  await client.query(`set local lock_timeout = ${patienceMs}`)
  try {
    await client.query(`select pg_advisory_xact_lock(${LOCK})`)
    await client.query('set local lock_timeout to default')
    return true
  } catch (error) {
    if ((error as { code?: string }).code === '55P03') return false
    throw error
  }
}

interface Holder {
  pid: number
  program: string
  who: string
  place: string
  seconds: number
}

const HOLDER = `
  select a.pid, coalesce(nullif(a.application_name, ''), 'a program without a name') as program,
    coalesce(a.usename::text, 'nobody') as who, coalesce(host(a.client_addr), 'its own machine') as place,
    floor(extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.state_change, a.backend_start)))::int as seconds
  from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32 | l.objid::bigint) = ${LOCK}`

async function holderOf(client: Client): Promise<Holder | undefined> {
  const { rows } = await client.query<Holder>(HOLDER)
  return rows[0]
}

function heldBy({ pid, program, who, place, seconds }: Holder): string {
  return `${program} (user ${who}, from ${place}, process ${pid} of the server) holds the lock for changing the tables, for ${seconds} s now`
}

function stillHeld(holder: Holder | undefined): OperatorError {
  return new OperatorError(
    holder === undefined
      ? 'The tables could not be brought up to date, because others change them all the time: start again.'
      : `The tables cannot be brought up to date: ${heldBy(holder)}. If that is a Postrider at work, wait and start again; otherwise end it with select pg_terminate_backend(${holder.pid}).`,
  )
}
