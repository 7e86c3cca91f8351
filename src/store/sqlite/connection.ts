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
  /** Its numbers may be larger than JavaScript's, which `node:sqlite` refuses to read as such. */
  readsLarge: boolean
}

/** A connection that keeps the statements it prepared, the most recently used ones. */
export class Connection {
  readonly database: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(database: DatabaseSync) {
    this.database = database
  }

  run({ sql, parameters }: Statement): StatementResult {
    const prepared = this.#prepare(sql)
    const values = parameters as SQLInputValue[]
    if (prepared.returnsRows) return { rows: rowsOf(prepared, values), changes: 0 }
    return { rows: [], changes: Number(prepared.statement.run(...values).changes) }
  }

  close(): void {
    this.#prepared.clear()
    this.database.close()
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known) this.#prepared.delete(sql)
    const prepared = known ?? preparedFrom(this.database.prepare(sql), sql)
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

/** What changes rows and returns them cannot be asked again, so it is ready for large numbers from the start. */
function preparedFrom(statement: StatementSync, sql: string): Prepared {
  const returnsRows = statement.columns().length > 0
  const readsLarge = returnsRows && /\breturning\b/.test(sql)
  if (readsLarge) statement.setReadBigInts(true)
  return { statement, returnsRows, readsLarge }
}

/** A number that should never have been stored must not make the row that holds it, and all that is read with it, unreadable. */
function rowsOf(prepared: Prepared, values: readonly SQLInputValue[]): Record<string, unknown>[] {
  const { statement } = prepared
  if (prepared.readsLarge) return statement.all(...values).map(withPlainNumbers)
  try {
    return statement.all(...values)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE')) throw error
    prepared.readsLarge = true
    statement.setReadBigInts(true)
    return statement.all(...values).map(withPlainNumbers)
  }
}

function withPlainNumbers(row: Record<string, unknown>): Record<string, unknown> {
  const plain = (value: unknown) => (typeof value === 'bigint' ? nearestSafe(value) : value)
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)]))
}

function nearestSafe(value: bigint): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)))
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
