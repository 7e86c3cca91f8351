import { sql } from 'kysely'
import { sqlStore } from '../../src/store/sql-store.ts'
import { openSqliteEngine } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { type Cleanup, temporaryFile } from './test-store.ts'

export interface ManyBots {
  store: Store
  /** Bots that are there, active, and served by nobody. */
  make(ids: readonly string[]): Promise<void>
  setActive(id: string, active: boolean): Promise<void>
  /** As when its owner changes it. */
  revise(id: string): Promise<void>
  /** Who serves which bot, by the database. */
  owners(): Promise<Map<string, string | null>>
  /** Moves the clock of the database, as far as processes that serve bots are concerned. */
  pass(ms: number): Promise<void>
  /** Nobody serves anything, and nobody is there. */
  reset(): Promise<void>
}

/**
 * A store with any number of bots, whose time a test can move. What the test writes takes its turn among the store's own transactions: a
 * connection of its own would wait for one of them, and that one for this thread.
 */
export async function manyBots(t: Cleanup): Promise<ManyBots> {
  const engine = await openSqliteEngine({ file: temporaryFile(t) })
  const store = sqlStore(engine)
  t.after(() => store.close())
  await store.migrate()
  const { writer, reader } = engine
  let made = 0
  return {
    store,
    async make(ids) {
      for (const id of ids) {
        await sql`insert into bots (id, telegram_bot_id, username, name, active, state)
          values (${id}, ${++made}, 'b', 'B', 1, 'running')`.execute(writer)
      }
    },
    async setActive(id, active) {
      await writer
        .updateTable('bots')
        .set({ active: active ? 1 : 0 })
        .where('id', '=', id)
        .execute()
    },
    async revise(id) {
      await sql`update bots set revision = revision + 1 where id = ${id}`.execute(writer)
    },
    async owners() {
      const rows = await reader.db.selectFrom('bots').select(['id', 'process_id']).execute()
      return new Map(rows.map(({ id, process_id: owner }) => [id, owner]))
    },
    async pass(ms) {
      await sql`update bot_processes set alive_until_ms = alive_until_ms - ${ms}`.execute(writer)
    },
    async reset() {
      await writer.deleteFrom('bot_processes').execute()
      await writer.deleteFrom('bots').execute()
    },
  }
}
