import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'

/** What a test gives to have things cleaned up: node:test's `t`, or anything like it. */
export interface Cleanup {
  after(work: () => void | Promise<void>): void
}

/** An empty, migrated store on a file of its own. Closed and removed by itself. */
export async function testStore(t: Cleanup): Promise<Store> {
  const store = await openSqliteStore({ file: temporaryFile(t) })
  t.after(() => store.close())
  await store.migrate()
  return store
}

/** A path for a database in a new folder that goes away with the test. */
export function temporaryFile(t: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-store-'))
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  return join(folder, 'postrider.db')
}
