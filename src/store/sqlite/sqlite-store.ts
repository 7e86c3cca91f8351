import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { OperatorError } from '../../domain/operator-error.ts'
import { migrate, readMigrations } from '../migrate.ts'
import { type Engine, type SqlStoreOptions, sqlStore } from '../sql-store.ts'
import type { Store } from '../store.ts'
import { openReading } from './connection.ts'
import { readingDatabase, writingDatabase } from './kysely-dialect.ts'
import { whyUnavailable } from './sqlite-error.ts'
import { SQLITE_MIGRATIONS, sqliteMigrationTarget } from './sqlite-migrations.ts'
import { WriterThread } from './writer-thread.ts'

/** Long enough for a backup or a second process to finish a transaction; a caller of HTTP is still there. */
const BUSY_TIMEOUT_MS = 5000
/** Readers wait for nobody in WAL mode, but for the moment in which the last process of several closes the file. */
const READING_BUSY_TIMEOUT_MS = 100

export interface SqliteOptions extends SqlStoreOptions {
  /** Made when it does not exist, with its folder. */
  file: string
  /** How long a transaction waits while another process holds the file; 5000 when absent. */
  busyTimeoutMs?: number
}

/** The store on a SQLite file. `migrate()` before the first use. Rejects with an OperatorError when the file cannot be opened. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  return sqlStore(await openSqliteEngine(options), options)
}

export async function openSqliteEngine({ file, busyTimeoutMs = BUSY_TIMEOUT_MS }: SqliteOptions): Promise<Engine> {
  const thread = new WriterThread({ file, busyTimeoutMs })
  const connection = await open(thread, file)
  const reader = readingDatabase(connection)
  const { db: writer, runAll } = writingDatabase(thread)
  const target = sqliteMigrationTarget(thread, writer)
  return {
    reader,
    writer,
    runAll,
    whyUnavailable,
    migrate: () => migrate(target, readMigrations(SQLITE_MIGRATIONS)),
    async ping() {
      connection.run({ sql: 'select 1', parameters: [] })
      await thread.script('select 1')
    },
    async close() {
      await writer.destroy()
      // The last one to leave carries the write-ahead log home, and the reader may not write.
      connection.close()
      await thread.close()
    },
  }
}

async function open(thread: WriterThread, file: string): ReturnType<typeof openBoth> {
  try {
    return await openBoth(thread, file)
  } catch (error) {
    await thread.close().catch(() => undefined)
    throw new OperatorError(
      `The database ${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}.`,
    )
  }
}

async function openBoth(thread: WriterThread, file: string) {
  mkdirSync(dirname(file), { recursive: true })
  await thread.open()
  return openReading(file, READING_BUSY_TIMEOUT_MS)
}
