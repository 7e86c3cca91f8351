import type { TestContext } from 'node:test'
import { systemClock } from '../../src/ops/system-clock.ts'
import type { PostgresOptions } from '../../src/store/postgres/connections.ts'
import { openPostgresEngine, openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import type { Engine } from '../../src/store/sql-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { PostgresServer } from './postgres-server.ts'

let made = 0

export interface Place {
  database: string
  open: (options?: Partial<PostgresOptions>) => Promise<Store>
  engine: (options?: Partial<PostgresOptions>) => Promise<Engine>
}

/** A new, migrated database, and ways to open it that close by themselves. */
export async function placeOn(server: PostgresServer, t: TestContext): Promise<Place> {
  const database = `faults_${++made}`
  await server.execute(`create database ${database}`)
  const all = { url: server.url(database), clock: systemClock }
  const here: Place = {
    database,
    open: async (options) => {
      const store = await openPostgresStore({ ...all, ...options })
      t.after(() => store.close())
      return store
    },
    engine: async (options) => {
      const engine = await openPostgresEngine({ ...all, ...options })
      t.after(() => engine.close())
      return engine
    },
  }
  await (await here.open()).migrate()
  return here
}
