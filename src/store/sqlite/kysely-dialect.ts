import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  type SqlBool,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Read, Schema, Write } from '../schema.ts'
import type { Changed } from '../note-changes.ts'
import type { Connection, Statement, StatementResult } from './connection.ts'
import { globFor } from './glob.ts'
import { resultOf, type WriterThread } from './writer-thread.ts'

/** The clock of the database is that of the machine. */
const SQLITE_NOW_MS = sql<number>`cast(unixepoch('subsec') * 1000 as integer)`

const contains: Read['contains'] = (column, text) => sql<SqlBool>`${sql.ref(column as string)} glob ${globFor(text)}`

/** What every way to this engine has in common. */
const ENGINE = { databaseNowMs: SQLITE_NOW_MS, contains }

/** Queries that run here and now, on a connection that only reads. */
export function readingDatabase(connection: Connection): Read {
  const db = new Kysely<Schema>({ dialect: dialect(() => new ReadingDriver(connection), SharedAdapter) })
  return { db, ask: asker(connection), ...ENGINE }
}

/** Queries and transactions that run here and now, for whoever owns the connection that writes. */
export function ownDatabase(connection: Connection): { db: Kysely<Schema> } & Omit<Write, 'db' | keyof Changed> {
  const db = new Kysely<Schema>({ dialect: dialect(() => new OwnDriver(connection), SqliteAdapter) })
  const runAll = async (queries: readonly CompiledQuery[]): Promise<void> => {
    for (const query of queries) connection.run(query)
  }
  return { db, runAll, ask: asker(connection), alone: isAlone, ...ENGINE }
}

function asker(connection: Connection): Read['ask'] {
  return async <Row>(query: CompiledQuery<Row>) => connection.run(query).rows as Row[]
}

/**
 * Queries that run on the writer's thread, one transaction after the other. `runAll` belongs inside a transaction; its statements travel
 * with the next question or with the commit, and when one of them fails, that does.
 */
export function writingDatabase(thread: WriterThread): { db: Kysely<Schema> } & Omit<Write, 'db' | keyof Changed> {
  const driver = new WritingDriver(thread)
  const runAll = async (queries: readonly CompiledQuery[]): Promise<void> => {
    driver.connection.defer(queries.map(({ sql, parameters }) => ({ sql, parameters })))
  }
  const ask = async <Row>({ sql, parameters }: CompiledQuery<Row>): Promise<Row[]> => {
    const { rows } = await driver.connection.ask({ sql, parameters })
    return rows as Row[]
  }
  return {
    db: new Kysely<Schema>({ dialect: dialect(() => driver, SqliteAdapter) }),
    runAll,
    ask,
    alone: isAlone,
    ...ENGINE,
  }
}

/** A transaction that writes has the file for itself from its begin. */
async function isAlone(): Promise<void> {}

function dialect(createDriver: () => Driver, Adapter: typeof SqliteAdapter): Dialect {
  return {
    createDriver,
    createAdapter: () => new Adapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

/** Statements of the reading connection never overlap, so nobody has to wait for it. */
class SharedAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

function asQueryResult<R>({ rows, changes }: StatementResult): QueryResult<R> {
  return { rows: rows as R[], numAffectedRows: BigInt(changes) }
}

/** A connection of this very thread. */
function direct(connection: Connection): DatabaseConnection {
  return {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery) =>
      asQueryResult<R>(connection.run({ sql, parameters })),
    streamQuery: noStreams,
  }
}

class ReadingDriver implements Driver {
  readonly #connection: DatabaseConnection

  constructor(connection: Connection) {
    this.#connection = direct(connection)
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }
  async beginTransaction(): Promise<void> {
    throw new Error('this connection only reads')
  }
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

class OwnDriver implements Driver {
  readonly #connection: Connection
  readonly #direct: DatabaseConnection

  constructor(connection: Connection) {
    this.#connection = connection
    this.#direct = direct(connection)
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#direct
  }
  async beginTransaction(): Promise<void> {
    this.#connection.database.exec('begin immediate')
  }
  async commitTransaction(): Promise<void> {
    this.#connection.database.exec('commit')
  }
  async rollbackTransaction(): Promise<void> {
    // On a failure of the disk SQLite has done so by itself.
    if (this.#connection.database.isTransaction) this.#connection.database.exec('rollback')
  }
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

class WritingDriver implements Driver {
  readonly #thread: WriterThread
  readonly connection: WritingConnection

  constructor(thread: WriterThread) {
    this.#thread = thread
    this.connection = new WritingConnection(thread)
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<WritingConnection> {
    return this.connection
  }
  async beginTransaction(): Promise<void> {
    this.connection.transaction = 'begin'
  }
  async commitTransaction(): Promise<void> {
    await this.connection.commit()
  }
  async rollbackTransaction(): Promise<void> {
    const begun = this.connection.transaction === 'inside'
    this.connection.forget()
    if (begun) await this.#thread.rollback()
  }
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

/** The one connection to the writer. The start of a transaction travels with its first statements, to save a way there and back. */
class WritingConnection implements DatabaseConnection {
  transaction: 'begin' | 'inside' | 'none' = 'none'
  #deferred: Statement[] = []
  #asked: Statement[] = []
  #answers: Promise<StatementResult[]> | undefined
  readonly #thread: WriterThread

  constructor(thread: WriterThread) {
    this.#thread = thread
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const result = (await this.#run([{ sql, parameters }], false)).at(-1)
    if (!result) throw new Error('the writer gave no answer')
    return asQueryResult(result)
  }

  /** Runs them before the next statement, or before the commit. */
  defer(statements: readonly Statement[]): void {
    if (this.transaction === 'none') throw new Error('there is no transaction that would run them')
    this.#deferred.push(...statements)
  }

  /** The result of one statement, which travels with all that are asked before anybody awaits something. */
  async ask(statement: Statement): Promise<StatementResult> {
    const index = this.#asked.push(statement) - 1
    this.#answers ??= Promise.resolve().then(() => this.#runAsked())
    const result = (await this.#answers)[index]
    if (!result) throw new Error('the writer gave no answer')
    return result
  }

  #runAsked(): Promise<StatementResult[]> {
    const asked = this.#asked
    this.#asked = []
    this.#answers = undefined
    return this.#run(asked, false)
  }

  /** Commits, with what was deferred. A transaction without a statement was never begun. */
  async commit(): Promise<void> {
    if (this.transaction === 'inside' || this.#deferred.length > 0) await this.#run([], true)
    this.transaction = 'none'
  }

  /** The transaction is over, and what was deferred with it. */
  forget(): void {
    this.transaction = 'none'
    this.#deferred = []
  }

  /** Several statements in one message. Rejects with the first failure; the transaction must then be rolled back. */
  async #run(last: readonly Statement[], commit: boolean): Promise<StatementResult[]> {
    const { transaction } = this
    const before = this.#deferred.length
    const statements = [...this.#deferred, ...last]
    this.#deferred = []
    if (transaction === 'begin') this.transaction = 'inside'
    const answers = await this.#thread.send({ kind: 'statements', transaction, statements, commit })
    return answers.map(resultOf).slice(before)
  }

  readonly streamQuery = noStreams
}

function noStreams(): never {
  throw new Error('results are read whole, in pages')
}
