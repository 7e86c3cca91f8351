import { systemClock } from '../../src/ops/system-clock.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import type { Store } from '../../src/store/store.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import type { Cleanup } from './test-store.ts'

/** For what is true of the statements and not of the disk. */
const WITHOUT_DISK = { fsync: 'off', full_page_writes: 'off', max_connections: 200 }

let server: Promise<PostgresServer> | undefined
let made = 0
/** Migrated and empty. Making a database takes far longer than emptying one. */
const free: string[] = []

/** One server for the process, started when it is needed first. */
export function testServer(): Promise<PostgresServer> {
  server ??= startPostgres({ settings: WITHOUT_DISK })
  return server
}

/** The name of a new database without tables. */
export async function newDatabase(): Promise<string> {
  const { execute } = await testServer()
  const name = `test_${++made}`
  await execute(`create database ${name}`)
  return name
}

/** An empty, migrated store on a database of its own. Closed by itself. */
export async function postgresTestStore(t: Cleanup): Promise<Store> {
  const [store] = await postgresTestStores(t, 1)
  if (!store) throw new Error('there is no store')
  return store
}

/** The same database as so many processes see it: empty and migrated. */
export async function postgresTestStores(t: Cleanup, count: number): Promise<Store[]> {
  const { url } = await testServer()
  const database = free.pop() ?? (await migratedDatabase())
  const stores = await Promise.all(Array.from({ length: count }, () => open(url(database))))
  t.after(async () => {
    await Promise.all(stores.map((store) => store.close()))
    await empty(database)
    free.push(database)
  })
  return stores
}

/** A migrated database that nobody uses; its name. */
export async function migratedDatabase(): Promise<string> {
  const database = await newDatabase()
  const { url } = await testServer()
  const store = await open(url(database))
  await store.migrate()
  await store.close()
  return database
}

function open(url: string): Promise<Store> {
  return openPostgresStore({ url, clock: systemClock, poolSize: 4 })
}

/** As the migrations left it. */
async function empty(database: string): Promise<void> {
  const { execute } = await testServer()
  const rows = await execute("select tablename as name from pg_tables where schemaname = 'public'", database)
  const tables = rows.map(({ name }) => String(name)).filter((name) => !KEPT.has(name))
  const deletes = tables.map((table) => `delete from ${table}`)
  // Without the checks of what refers to what; and truncating would make a new file for each table.
  await execute(
    ['set session_replication_role = replica', ...deletes, 'update counters set value = 0'].join(';'),
    database,
  )
}

const KEPT = new Set(['schema_versions', 'counters'])
