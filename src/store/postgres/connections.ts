import { Client, type ClientConfig, Pool, types } from 'pg'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=` and what else PostgreSQL's own URLs may have. */
  url: string
  /** Connections that are open at once, besides one for what processes tell each other. Default 10. */
  poolSize?: number
  /** How long a connection may take to be made, or to become free. Default 5000. */
  connectTimeoutMs?: number
  /** How long one statement may take, its wait for others included; 0 for as long as it takes. Default 10 000. */
  statementTimeoutMs?: number
  /** How long a statement may wait for the work of others. Default 5000. */
  lockTimeoutMs?: number
  /** How long a transaction may be idle, because its process hangs, before the server ends it. Default 4000. */
  idleTransactionTimeoutMs?: number
}

const DEFAULTS = {
  poolSize: 10,
  connectTimeoutMs: 5000,
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 5000,
  idleTransactionTimeoutMs: 4000,
} as const

/** The server ends a statement in time. When even that word does not come, the connection is given up so much later, in milliseconds. */
const SILENCE_MS = 2000

/** Before the first probe of a silent connection, in milliseconds: a server that is gone without a word is noticed. */
const KEEP_ALIVE_MS = 10_000

/** Connections that work is done on. A server that cuts an idle one is no event: the next use makes another. */
export function openPool(given: PostgresOptions): Pool {
  const options = { ...DEFAULTS, ...given }
  const pool = new Pool({
    ...common(options),
    max: options.poolSize,
    idle_in_transaction_session_timeout: options.idleTransactionTimeoutMs,
  })
  pool.on('error', () => undefined)
  // Also while it is in use: whoever asks it is told anyway.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** A connection of its own. Not connected yet. */
export function newClient(options: PostgresOptions): Client {
  const client = new Client(common({ ...DEFAULTS, ...options }))
  client.on('error', () => undefined)
  return client
}

function common({ url, connectTimeoutMs, statementTimeoutMs, lockTimeoutMs }: Required<PostgresOptions>): ClientConfig {
  return {
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + SILENCE_MS,
    lock_timeout: lockTimeoutMs,
    connectionString: asLibpqReads(url),
    fallback_application_name: 'postrider',
    connectionTimeoutMillis: connectTimeoutMs,
    // What is asked in one breath goes one way there and back.
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    types: {
      getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)),
    },
  }
}

/** `sslmode` means what PostgreSQL says that it means: `require` encrypts, and only `verify-ca` and `verify-full` look who is there. */
function asLibpqReads(url: string): string {
  const hasOwnReading = /[?&]uselibpqcompat=/.test(url)
  return /[?&]sslmode=/.test(url) && !hasOwnReading ? `${url}&uselibpqcompat=true` : url
}
