import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { type Cleanup, temporaryFile } from './test-store.ts'

export interface ManyBots {
  store: Store
  /** Bots that are there, active, and served by nobody. */
  make(ids: readonly string[]): void
  setActive(id: string, active: boolean): void
  /** Who serves which bot, by the database. */
  owners(): Map<string, string | null>
  /** Moves the clock of the database, as far as processes that serve bots are concerned. */
  pass(ms: number): void
  /** Nobody serves anything, and nobody is there. */
  reset(): void
}

/** A store with any number of bots, whose time a test can move. */
export async function manyBots(t: Cleanup): Promise<ManyBots> {
  const file = temporaryFile(t)
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await store.migrate()
  const database = new DatabaseSync(file, { timeout: 5000 })
  t.after(() => database.close())
  const insert = database.prepare(
    "insert into bots (id, telegram_bot_id, username, name, active, state) values (?, ?, 'b', 'B', 1, 'running')",
  )
  let made = 0
  return {
    store,
    make: (ids) => ids.forEach((id) => insert.run(id, ++made)),
    setActive: (id, active) => {
      database.prepare('update bots set active = ? where id = ?').run(active ? 1 : 0, id)
    },
    owners: () => {
      const rows = database.prepare('select id, process_id from bots').all()
      return new Map(rows.map((row) => [String(row['id']), row['process_id'] as string | null]))
    },
    pass: (ms) => {
      database.prepare('update bot_processes set alive_until_ms = alive_until_ms - ?').run(ms)
    },
    reset: () => {
      database.exec('delete from bot_processes; delete from bots')
    },
  }
}
