import type { Config } from './config/load-config.ts'
import type { Clock } from './domain/clock.ts'
import type { SqlStoreOptions } from './store/sql-store.ts'
import type { Store } from './store/store.ts'

export interface OpenStoreOptions extends SqlStoreOptions {
  clock: Clock
  /** Room that is kept beside a file for a full disk, in bytes; none when absent. A server has its own. */
  reserveBytes?: number
}

/**
 * The store that the settings name; `migrate()` before the first use. Each engine is loaded when it is needed.
 *
 * @throws OperatorError when it cannot be opened.
 */
export async function openStore(config: Config, { clock, ...options }: OpenStoreOptions): Promise<Store> {
  const { database } = config
  if (database.engine === 'sqlite') {
    const { openSqliteStore } = await import('./store/sqlite/sqlite-store.ts')
    return await openSqliteStore({ file: database.file, ...options })
  }
  const { openPostgresStore } = await import('./store/postgres/postgres-store.ts')
  return await openPostgresStore({
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
