import { Client } from 'pg'
import { systemClock } from '../../src/ops/system-clock.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import type { Store } from '../../src/store/store.ts'
import { startPostgres } from '../../test/support/postgres-server.ts'
import type { Bench } from '../benchmark.ts'
import { parentOf, usedByFamilyMs } from './processor.ts'

/**
 * As somebody sets up a server that has 2 GB for it. What decides about safety is as PostgreSQL brings it: `fsync`, `full_page_writes`
 * and `synchronous_commit` are on.
 */
const SETTINGS = { shared_buffers: '512MB', max_wal_size: '4GB' }

export interface BenchPostgres {
  /** A new database with the tables of the program; its address. */
  newDatabase: () => Promise<string>
  /** So much processor time the server used so far, in milliseconds. */
  usedMs: () => number
  /** So much the server wrote to its log so far, in bytes. */
  walBytes: () => Promise<number>
}

/** A PostgreSQL that keeps what it says it keeps, for one benchmark. */
export async function startBenchPostgres(bench: Pick<Bench, 'after'>): Promise<BenchPostgres> {
  const server = await startPostgres({ settings: SETTINGS })
  bench.after(() => server.stop('immediate'))
  // Whoever serves a connection is a child of the server.
  const client = await connect(bench, server.url('postgres'))
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const pid = parentOf(rows[0]?.pid)
  let made = 0
  return {
    newDatabase: async () => {
      const name = `bench_${++made}`
      await client.query(`create database ${name}`)
      await using(server.url(name), (store) => store.migrate())
      return server.url(name)
    },
    usedMs: () => usedByFamilyMs(pid),
    walBytes: async () => {
      const found = await client.query<{ bytes: string }>("select pg_current_wal_lsn() - '0/0' as bytes")
      return Number(found.rows[0]?.bytes)
    },
  }
}

/** A connection of `pg` alone, closed at the benchmark's end. */
export async function connect(bench: Pick<Bench, 'after'>, url: string): Promise<Client> {
  const client = new Client({ connectionString: url, pipeline: true })
  client.on('error', () => undefined)
  await client.connect()
  bench.after(() => client.end())
  return client
}

/** The program's own store on the database, for as long as `work` takes. */
export async function using<T>(url: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openPostgresStore({ url, clock: systemClock })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** Bytes that the server writes to its log for each message of `work`. */
export async function walOf(postgres: BenchPostgres, work: () => Promise<{ count: number }>): Promise<number> {
  const before = await postgres.walBytes()
  const { count } = await work()
  return ((await postgres.walBytes()) - before) / count
}
