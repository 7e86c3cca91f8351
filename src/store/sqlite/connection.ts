import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** One statement with its values, in order. */
export interface Statement {
  sql: string
  parameters: readonly unknown[]
}

export interface StatementResult {
  rows: Record<string, unknown>[]
  /** Rows that it changed; 0 for one that returns rows. */
  changes: number
}

/** Far more than the program has; a bound, so that a query with a list in it cannot fill the memory. */
const PREPARED_LIMIT = 300

interface Prepared {
  statement: StatementSync
  returnsRows: boolean
}

/** A connection that keeps the statements it prepared, the most recently used ones. */
export class Connection {
  readonly database: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(database: DatabaseSync) {
    this.database = database
  }

  run({ sql, parameters }: Statement): StatementResult {
    const { statement, returnsRows } = this.#prepare(sql)
    const values = parameters as SQLInputValue[]
    if (returnsRows) return { rows: statement.all(...values), changes: 0 }
    return { rows: [], changes: Number(statement.run(...values).changes) }
  }

  close(): void {
    this.#prepared.clear()
    this.database.close()
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known) this.#prepared.delete(sql)
    const statement = known?.statement ?? this.database.prepare(sql)
    const prepared = known ?? { statement, returnsRows: statement.columns().length > 0 }
    this.#prepared.set(sql, prepared)
    if (this.#prepared.size > PREPARED_LIMIT) this.#forgetOldest()
    return prepared
  }

  #forgetOldest(): void {
    for (const sql of this.#prepared.keys()) {
      this.#prepared.delete(sql)
      return
    }
  }
}

/** The connection that writes. Leaves the file in WAL mode, with each commit synced to the disk. */
export function openWriting(file: string, busyTimeoutMs: number): Connection {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
  switchToWal(database)
  database.exec('pragma synchronous = full')
  // 32 MB of log before it is copied into the file, and as much memory for pages: a page that many commits touch is then copied
  // once. Seen to write an eighth less for 30,000 messages of 1,000 users.
  database.exec('pragma wal_autocheckpoint = 8000')
  database.exec('pragma cache_size = -32768')
  // The log is cut back to this after a burst, so that it does not keep the disk for ever.
  database.exec('pragma journal_size_limit = 67108864')
  return new Connection(database)
}

/** A connection beside it that only reads; in WAL mode it waits for nobody. The file must have been opened for writing before. */
export function openReading(file: string, busyTimeoutMs: number): Connection {
  return new Connection(new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs }))
}

/**
 * The switch needs the file for itself for a moment, and SQLite does not wait for that with its own time-out when others hold it.
 * So several processes that start at once try again, for five seconds.
 */
function switchToWal(database: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      database.exec('pragma journal_mode = wal')
      return
    } catch (error) {
      if (attempt === 100 || !isBusy(error)) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}
