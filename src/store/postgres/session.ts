import {
  CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
  type SqlBool,
  sql,
} from 'kysely'
import type { ClientBase, Pool } from 'pg'
import type { Read, Schema, Write } from '../schema.ts'
import type { Changed } from '../note-changes.ts'
import { expressionFor } from './regular-expression.ts'
import { isSilence, untilDone } from './postgres-error.ts'
import { type NamedStatement, type Statements, storable } from './statements.ts'

/** Compiled queries are kept by adapter, so there is one for all connections. */
const ADAPTER = new PostgresAdapter()

class Dialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return ADAPTER
  }
}

/** The counter that every change takes its number from: whoever has its row is followed by nobody before the commit. */
const ALONE = CompiledQuery.raw("select value from counters where name = 'change' for no key update")

/** Of the moment, and not of the transaction's begin. */
const NOW_MS = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`

const contains: Read['contains'] = (column, text) => sql<SqlBool>`${sql.ref(column as string)} ~ ${expressionFor(text)}`

/** What every way to this engine has in common. */
const ENGINE = { databaseNowMs: NOW_MS, contains }

type Rows = PostgresQueryResult<unknown>

/** Reads outside of transactions, each on any connection. */
export function readingDatabase(pool: Pool, statements: Statements): Read {
  const db = new Kysely<Schema>({ dialect: new Dialect({ pool: poolOf(pool) }) })
  return {
    db,
    ...ENGINE,
    ask: async <Row>(query: CompiledQuery<Row>) => {
      const { rows } = await untilDone(() => pool.query(statements.named(query)))
      return rows as Row[]
    },
  }
}

/** The pool as Kysely wants it: what goes through it has no U+0000 in it. */
function poolOf(pool: Pool): PostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect()
      const query = (sql: string, values: readonly unknown[]) => client.query({ text: sql, values: storable(values) })
      return withoutCursors({ query, release: (destroy) => client.release(destroy) })
    },
    end: () => pool.end(),
    options: pool.options,
  }
}

interface OwnClient {
  query(sql: string, values: readonly unknown[]): Promise<unknown>
  release(destroy?: boolean): void
}

/** Kysely's client can also stream results, and nobody here asks for that. */
function withoutCursors(client: OwnClient): PostgresPoolClient {
  return client as PostgresPoolClient
}

/** A connection with its transactions, one after the other. */
export class Session {
  readonly #client: ClientBase
  readonly #statements: Statements
  readonly #db: Kysely<Schema>
  /** Statements under way whose results nobody reads. */
  #unread: Promise<unknown>[] = []
  /** The first failure since the transaction began. */
  #failure: { error: unknown } | undefined
  #broken = false

  constructor(client: ClientBase, statements: Statements) {
    this.#client = client
    this.#statements = statements
    const self = withoutCursors({ query: this.#query.bind(this), release: () => undefined })
    const pool = { connect: async () => self, end: async () => undefined, options: {} }
    this.#db = new Kysely<Schema>({ dialect: new Dialect({ pool }) })
  }

  /** True when not even a rollback was possible: nobody may use the connection again. */
  get isBroken(): boolean {
    return this.#broken
  }

  async transaction<T>(work: (tx: Omit<Write, keyof Changed>) => Promise<T>): Promise<T> {
    const ask: Read['ask'] = async <Row>(query: CompiledQuery<Row>) => {
      const { rows } = await this.#send(this.#statements.named(query))
      return rows as Row[]
    }
    const runAll: Write['runAll'] = async (queries) => this.#runAll(queries)
    const alone: Write['alone'] = async () => void (await ask(ALONE))
    this.#failure = undefined
    return await this.#db.transaction().execute((db) => work({ db, ask, runAll, alone, ...ENGINE }))
  }

  #query(sql: string, values: readonly unknown[]): Promise<Rows> {
    return sql === 'rollback' ? this.#rollBack() : this.#send({ text: sql, values: storable(values) })
  }

  /** They are on their way at once; the next statement, or the commit, waits for them and rejects when one of them failed. */
  #runAll(queries: readonly CompiledQuery[]): void {
    for (const query of queries) this.#unread.push(this.#hand(this.#statements.named(query)))
  }

  /**
   * The first that fails is the reason, whoever reads its promise, and when: the server refuses all that comes after it in the
   * transaction, in words that say nothing. So everything rejects with it, the commit too, which would not fail by itself.
   */
  async #send(statement: NamedStatement): Promise<Rows> {
    const before = this.#unread
    this.#unread = []
    const sent = this.#hand(statement)
    await Promise.allSettled([...before, sent])
    if (this.#failure !== undefined) throw this.#failure.error
    return (await sent) as Rows
  }

  /** The server answers in the order in which it was asked, so what is noted here is what failed first. */
  #hand(statement: NamedStatement): Promise<unknown> {
    const sent = this.#client.query(statement)
    sent.catch((error: unknown) => {
      this.#failure ??= { error }
    })
    return sent
  }

  /** Never fails: a connection on which it does is given up, and the server rolls back what it left. */
  async #rollBack(): Promise<Rows> {
    this.#unread = []
    // A server that is silent would not answer this one either, and whoever waits has waited long enough.
    if (isSilence(this.#failure?.error)) return this.#giveUp()
    try {
      return (await this.#client.query('rollback')) as unknown as Rows
    } catch {
      return this.#giveUp()
    }
  }

  #giveUp(): Rows {
    this.#broken = true
    return { command: 'ROLLBACK', rowCount: 0, rows: [] }
  }
}
