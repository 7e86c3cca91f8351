import type { Pool, PoolClient } from 'pg'
import type { Clock } from '../../domain/clock.ts'
import { OperatorError } from '../../domain/operator-error.ts'
import { commitJobs } from '../commit-jobs.ts'
import { migrate, type Migration, type MigrationTarget, missingSteps, readMigrations } from '../migrate.ts'
import { type Engine, type SqlStoreOptions, sqlStore } from '../sql-store.ts'
import type { Store } from '../store.ts'
import { newClient, openPool, type PostgresOptions } from './connections.ts'
import { NotifyBus } from './notify-bus.ts'
import { openingTrouble, placeOf } from './opening-trouble.ts'
import { isOfConnection, readOnly, untilDone, wasLong, whyUnavailable } from './postgres-error.ts'
import { type MigrationWait, POSTGRES_MIGRATIONS, postgresMigrationTarget } from './postgres-migrations.ts'
import { postgresMoving } from './postgres-moving.ts'
import { readingDatabase, Session } from './session.ts'
import { Statements } from './statements.ts'

/** The oldest version that the tests were run with, as the server says it. */
const OLDEST_VERSION = 150_000

/** How long one statement of a migration may take, in milliseconds: an index on many millions of rows takes minutes. */
const MIGRATION_STATEMENT_MS = 3_600_000

export interface PostgresStoreOptions extends PostgresOptions, SqlStoreOptions, MigrationWait {
  clock: Clock
}

/** The store on a PostgreSQL database. `migrate()` before the first use. Rejects with an OperatorError when it cannot be used. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  return sqlStore(await openPostgresEngine(options), options)
}

export async function openPostgresEngine(options: PostgresStoreOptions): Promise<Engine> {
  const pool = openPool(options)
  const bus = new NotifyBus({ newClient: () => newClient(options), clock: options.clock })
  try {
    await assertUsable(pool, options.url)
    await bus.open()
  } catch (error) {
    await Promise.all([bus.close(), pool.end()])
    throw openingTrouble(options.url, error)
  }
  const statements = new Statements()
  const transaction = transactions(pool, statements)
  return {
    reader: readingDatabase(pool, statements),
    transaction,
    commitJobs: (jobs) => commitJobs({ transaction, whyUnavailable }, jobs),
    // What comes meanwhile collects: a second transaction would only wait for the first one's numbers.
    commitsAtOnce: 1,
    whyUnavailable,
    wasLong,
    bus,
    moving: postgresMoving(() => newClient({ ...options, statementTimeoutMs: 0 })),
    migrate: () => onClient(options, (target) => migrate(target, migrations())),
    missingSteps: () => onClient(options, (target) => missingSteps(target, migrations())),
    ping: () => ping(pool),
    sizeBytes: () => sizeBytes(pool),
    close: async () => {
      await bus.close()
      await pool.end()
    },
  }
}

async function assertUsable(pool: Pool, url: string): Promise<void> {
  const { rows } = await pool.query<{ version: string; encoding: string; synced: boolean }>(
    `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
      current_setting('synchronous_commit') <> 'off' as synced`,
  )
  const [{ version, encoding, synced } = { version: '', encoding: '', synced: false }] = rows
  if (Number(version) < OLDEST_VERSION) {
    throw new OperatorError(`The database at ${placeOf(url)} is older than PostgreSQL 15: use a newer one.`)
  }
  if (encoding !== 'UTF8') {
    throw new OperatorError(
      `The database at ${placeOf(url)} keeps texts in ${encoding}: make one with the encoding UTF8.`,
    )
  }
  if (!synced) {
    throw new OperatorError(
      `The database at ${placeOf(url)} does not wait for its disk, and what was accepted might be lost: set synchronous_commit to on.`,
    )
  }
}

function transactions(pool: Pool, statements: Statements): Engine['transaction'] {
  const sessions = new WeakMap<PoolClient, Session>()
  const once: Engine['transaction'] = async (work) => {
    const client = await pool.connect()
    const session = sessions.get(client) ?? new Session(client, statements)
    sessions.set(client, session)
    let mustGo = false
    try {
      return await session.transaction(work)
    } catch (error) {
      mustGo = isOfConnection(error)
      throw error
    } finally {
      client.release(mustGo || session.isBroken)
    }
  }
  return (work) => untilDone(() => once(work))
}

async function onClient<T>(options: PostgresStoreOptions, work: (target: MigrationTarget) => Promise<T>): Promise<T> {
  const client = newClient({ ...options, statementTimeoutMs: MIGRATION_STATEMENT_MS })
  try {
    await client.connect()
    return await work(postgresMigrationTarget(client, options))
  } finally {
    await client.end().catch(() => undefined)
  }
}

function migrations(): Migration[] {
  return readMigrations(POSTGRES_MIGRATIONS)
}

/**
 * That it would take a write, without one: a server that follows another, or was told to take none, says so of each transaction. The
 * connection to such a one is not kept, because the next may lead to its successor.
 */
async function ping(pool: Pool): Promise<void> {
  const client = await pool.connect()
  let isReadOnly = true
  try {
    const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only')
    isReadOnly = rows[0]?.transaction_read_only !== 'off'
  } finally {
    client.release(isReadOnly)
  }
  if (isReadOnly) throw readOnly()
}

async function sizeBytes(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: string | number }>('select pg_database_size(current_database()) as bytes')
  return Number(rows[0]?.bytes)
}
