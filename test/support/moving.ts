import { DatabaseSync } from 'node:sqlite'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Contents } from '../../src/domain/contents.ts'
import { readArchive } from '../../src/ops/archive/read-archive.ts'
import { writeArchive } from '../../src/ops/archive/write-archive.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { fill } from '../../src/store/moving/fill.ts'
import { MOVED_TABLES } from '../../src/store/moving/moved-tables.ts'
import { readContents } from '../../src/store/moving/read-contents.ts'
import { openPostgresEngine } from '../../src/store/postgres/postgres-store.ts'
import { type Engine, sqlStore } from '../../src/store/sql-store.ts'
import { openSqliteEngine } from '../../src/store/sqlite/sqlite-store.ts'
import { newDatabase, testServer } from './postgres-databases.ts'
import { type Cleanup, temporaryFile } from './test-store.ts'

/** An empty, migrated database in a file. Closed and removed by itself. */
export async function openFile(t: Cleanup) {
  const file = temporaryFile(t)
  const engine = await openSqliteEngine({ file })
  const store = sqlStore(engine)
  t.after(() => store.close())
  await store.migrate()
  return { file, engine, store }
}

/** Every row of every table that moves, as the file has it. */
export function rowsOf(file: string): Record<string, unknown[]> {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const tables = MOVED_TABLES.map((table) => [
      table,
      database
        .prepare(`select * from ${table}`)
        .all()
        .map((row) => ({ ...row, ...(table === 'bots' && { process_id: null }) }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    ])
    return Object.fromEntries(tables)
  } finally {
    database.close()
  }
}

export function readAll<T>(engine: Engine, take: (contents: Contents) => Promise<T>): Promise<T> {
  return engine.moving.snapshot(async (read) => take(await readContents(read, engine.moving)))
}

export async function exported(engine: Engine): Promise<Buffer> {
  return await readAll(engine, async (contents) => {
    const output = new PassThrough()
    const written = writeArchive(contents, output, { program: '1', keyMark: null, nowMs: 0, gzip: true })
    const [bytes] = await Promise.all([buffer(output), written])
    return bytes
  })
}

export async function imported(engine: Engine, archive: Buffer): Promise<void> {
  const { contents } = await readArchive(new PassThrough().end(archive), 'The test')
  await fill(engine, contents)
}

/** Nobody is at work in the new place, so that nobody may be in the old one for the two to go on alike. */
export async function forgetProcesses(engine: Engine): Promise<void> {
  await engine.moving.alone(async ({ db }) => {
    await db.deleteFrom('bot_processes').execute()
    await db.deleteFrom('update_claims').execute()
  })
}

/** An empty, migrated database of PostgreSQL. */
export async function openServer(t: Cleanup) {
  const { url } = await testServer()
  const engine = await openPostgresEngine({ url: url(await newDatabase()), clock: systemClock, poolSize: 4 })
  const store = sqlStore(engine)
  t.after(() => store.close())
  await store.migrate()
  return { engine, store }
}
