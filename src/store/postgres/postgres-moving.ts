import { sql } from 'kysely'
import type { Client } from 'pg'
import { readMigrations } from '../migrate.ts'
import { MOVED_TABLES } from '../moving/moved-tables.ts'
import type { Moving } from '../sql-store.ts'
import { POSTGRES_MIGRATIONS } from './postgres-migrations.ts'
import { Session } from './session.ts'
import { Statements } from './statements.ts'

/**
 * Both ways have a connection of their own, on which a statement may take as long as it takes, and a transaction wait for whoever reads or
 * writes the other end.
 */
export function postgresMoving(newClient: () => Client): Moving {
  async function onOwnClient<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = newClient()
    await client.connect()
    try {
      return await work(new Session(client, new Statements()))
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  return {
    schemaStep: readMigrations(POSTGRES_MIGRATIONS).length,
    snapshot: (work) =>
      onOwnClient((session) =>
        session.transaction(async (tx) => {
          await tx.ask(sql`set transaction isolation level repeatable read, read only`.compile(tx.db))
          return await work(tx)
        }),
      ),
    alone: (work) =>
      onOwnClient(async (session) => {
        const result = await session.transaction(async (tx) => {
          await tx.ask(LOCK.compile(tx.db))
          return await work(tx)
        })
        await session.transaction((tx) => tx.ask(ANALYZE.compile(tx.db)))
        return result
      }),
    async tables(read) {
      const names = sql<{ name: string }>`
        select c.relname as name from pg_class c
        where c.relnamespace = to_regnamespace(quote_ident(current_schema())) and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and not exists (select from pg_depend d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
        order by c.relname`
      return (await read.ask(names.compile(read.db))).map(({ name }) => name)
    },
    async columns(read, table) {
      const columns = sql<{ name: string }>`
        select attname as name from pg_attribute
        where attrelid = to_regclass(${table}) and attnum > 0 and not attisdropped order by attnum`
      return (await read.ask(columns.compile(read.db))).map(({ name }) => name)
    },
    async lastPeerId(read) {
      const last = sql<{ last: number | null }>`select pg_sequence_last_value(${PEERS}::regclass) as last`
      return (await read.ask(last.compile(read.db)))[0]?.last ?? 0
    },
    async setLastPeerId(tx, id) {
      await tx.ask(sql`select setval(${PEERS}::regclass, ${Math.max(1, id)}, ${id > 0})`.compile(tx.db))
    },
  }
}

const PEERS = sql`pg_get_serial_sequence('peers', 'id')`

const OURS = sql.join(MOVED_TABLES.map((table) => sql.table(table)))

/** Others may read, and those who want to write wait. */
const LOCK = sql`lock table ${OURS} in exclusive mode`
/** What the planner knows of tables that were empty a moment ago would be wrong until the server looks by itself. */
const ANALYZE = sql`analyze ${OURS}`
