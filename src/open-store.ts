import type { Config } from './config/load-config.ts'
import type { Clock } from './domain/clock.ts'
import { type Engine, type SqlStoreOptions, sqlStore } from './store/sql-store.ts'
import type { Store } from './store/store.ts'

export interface OpenStoreOptions extends SqlStoreOptions {
  clock: Clock
  /** Told whom a migration waits for. */
  onMigrationWait?: ((sentence: string) => void) | undefined
  /** Room that is kept beside a file for a full disk, in bytes; none when absent. A server has its own. */
  reserveBytes?: number
}

/**
 * The store that the settings name; `migrate()` before the first use.
 *
 * @throws OperatorError when it cannot be opened.
 */
export async function openStore(config: Config, options: OpenStoreOptions): Promise<Store> {
  return sqlStore(await openEngine(config, options), options)
}

/** What is below the store. Each engine is loaded when it is needed. */
export async function openEngine(config: Config, { clock, ...options }: OpenStoreOptions): Promise<Engine> {
  const { database } = config
  if (database.engine === 'sqlite') {
    const { openSqliteEngine } = await import('./store/sqlite/sqlite-store.ts')
    return await openSqliteEngine({ file: database.file, ...options })
  }
  const { openPostgresEngine } = await import('./store/postgres/postgres-store.ts')
  return await openPostgresEngine({
    url: database.url,
    clock,
    poolSize: config.databasePoolSize,
    connectTimeoutMs: config.databaseConnectTimeoutMs,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
    lockTimeoutMs: config.databaseLockTimeoutMs,
    idleTransactionTimeoutMs: config.databaseIdleTransactionTimeoutMs,
    ...options,
  })
}
