import { type Kysely, sql } from 'kysely'
import { migrate, missingSteps, readMigrations } from '../migrate.ts'
import { type Engine, type SqlStoreOptions, sqlStore } from '../sql-store.ts'
import type { Schema } from '../schema.ts'
import type { Store } from '../store.ts'
import { openReading } from './connection.ts'
import { DiskReserve } from './disk-reserve.ts'
import { readingDatabase, writingDatabase } from './kysely-dialect.ts'
import { assertWritable, openingTrouble } from './opening-trouble.ts'
import { mayBeFull, whyUnavailable } from './sqlite-error.ts'
import { sqliteMoving } from './sqlite-moving.ts'
import { SQLITE_MIGRATIONS, sqliteMigrationTarget } from './sqlite-migrations.ts'
import { WriterThread } from './writer-thread.ts'

/** Long enough for a backup or a second process to finish a transaction; a caller of HTTP is still there. */
const BUSY_TIMEOUT_MS = 5000
/** Readers wait for nobody in WAL mode, but for the moment in which the last process of several closes the file. */
const READING_BUSY_TIMEOUT_MS = 100

export interface SqliteOptions extends SqlStoreOptions {
  /** Made when it does not exist; its folder must be there. */
  file: string
  /** How long a transaction waits while another process holds the file; 5000 when absent. */
  busyTimeoutMs?: number
  /**
   * Room that is kept beside the file for a full disk, so that what was accepted can still be delivered. At least as much as SQLite's log
   * has before it is copied (32 MB); 0, and so none, when absent.
   */
  reserveBytes?: number
}

/** The store on a SQLite file. `migrate()` before the first use. Rejects with an OperatorError when the file cannot be opened. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  return sqlStore(await openSqliteEngine(options), options)
}

export interface SqliteEngine extends Engine {
  /** The file, for what is no query of ours. */
  readonly writer: Kysely<Schema>
}

export async function openSqliteEngine(options: SqliteOptions): Promise<SqliteEngine> {
  const { file, busyTimeoutMs = BUSY_TIMEOUT_MS, reserveBytes = 0 } = options
  const thread = new WriterThread({ file, busyTimeoutMs })
  const connection = await open(thread, file)
  const reader = readingDatabase(connection)
  const { db: writer, ...writing } = writingDatabase(thread)
  const reserve = new DiskReserve(file, reserveBytes)
  const target = sqliteMigrationTarget(thread, writer)
  let isWellWritten = true
  return {
    reader,
    writer,
    transaction: (work) => writer.transaction().execute((tx) => work({ ...writing, db: tx })),
    commitJobs: (jobs) => thread.commit(jobs),
    // The thread collects what comes while it waits for the disk.
    commitsAtOnce: Number.POSITIVE_INFINITY,
    whyUnavailable: (error) => {
      if (mayBeFull(error)) {
        isWellWritten = false
        if (reserve.release()) void cutLog(writer)
      }
      return whyUnavailable(error)
    },
    moving: sqliteMoving(file, writer, writing),
    whyNoIntake: () => (reserve.isUsedUp() ? 'the disk is full' : undefined),
    migrate: () => migrate(target, readMigrations(SQLITE_MIGRATIONS)),
    missingSteps: () => missingSteps(target, readMigrations(SQLITE_MIGRATIONS)),
    async ping() {
      connection.run({ sql: 'select 1', parameters: [] })
      await thread.script('select 1')
      // Reading works on where nothing can be written, so only a write can tell whether that is over.
      if (!isWellWritten) await writeNothing(writer)
      isWellWritten = true
    },
    async sizeBytes() {
      const size = sql<{
        bytes: number
      }>`select page_count * page_size as bytes from pragma_page_count, pragma_page_size`
      const [row] = await reader.ask(size.compile(reader.db))
      return row?.bytes ?? 0
    },
    async close() {
      await writer.destroy()
      // The last one to leave carries the write-ahead log home, and the reader may not write.
      connection.close()
      await thread.close()
      reserve.close()
    },
  }
}

/** A commit that changes nothing that anybody reads. An update to the same value would not be one: SQLite sees that, and writes nothing. */
async function writeNothing(writer: Kysely<Schema>): Promise<void> {
  await sql`pragma user_version = 0`.execute(writer)
}

/** Copies the log into the file and cuts it, so that all of the room is there for what must still be written. */
async function cutLog(writer: Kysely<Schema>): Promise<void> {
  try {
    await sql`pragma wal_checkpoint(truncate)`.execute(writer)
  } catch {
    // Then there is so much less room. The next statement that fails says so.
  }
}

async function open(thread: WriterThread, file: string): ReturnType<typeof openBoth> {
  try {
    return await openBoth(thread, file)
  } catch (error) {
    await thread.close().catch(() => undefined)
    throw openingTrouble(file, error)
  }
}

async function openBoth(thread: WriterThread, file: string) {
  assertWritable(file)
  await thread.open()
  return openReading(file, READING_BUSY_TIMEOUT_MS)
}
