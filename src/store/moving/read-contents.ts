import { sql } from 'kysely'
import type { Cell, Contents, Page } from '../../domain/contents.ts'
import type { Moving } from '../sql-store.ts'
import type { Read } from '../schema.ts'
import { keyOf, MOVED_TABLES, type MovedTable, movedColumns } from './moved-tables.ts'

/** At 32,768 characters a text, some megabytes. */
const PAGE_ROWS = 250

type Row = Record<string, Cell>

/** What `read` sees, which must be one moment. The pages are read while they are asked for. */
export async function readContents(read: Read, moving: Moving): Promise<Contents> {
  const counts = await countRows(read)
  return {
    schemaStep: moving.schemaStep,
    counts,
    lastPeerId: await moving.lastPeerId(read),
    pages: pages(read, moving),
  }
}

export async function countRows({ db, ask }: Read): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of MOVED_TABLES) {
    const count = sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`
    const [row] = await ask(count.compile(db))
    // Some engines say a count in words, because it may be greater than a number of theirs.
    counts[table] = Number(row?.count)
  }
  return counts
}

async function* pages(read: Read, moving: Moving): AsyncGenerator<Page> {
  for (const table of MOVED_TABLES) {
    const columns = movedColumns(table, await moving.columns(read, table))
    let rows = await pageAfter(read, table, columns, undefined)
    while (rows.length > 0) {
      yield { table, columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) }
      rows = rows.length < PAGE_ROWS ? [] : await pageAfter(read, table, columns, rows.at(-1))
    }
  }
}

async function pageAfter(
  { db, ask }: Read,
  table: MovedTable,
  columns: readonly string[],
  last: Row | undefined,
): Promise<Row[]> {
  const key = keyOf(table)
  const refs = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)))
  const after = last && sql`where (${refs(key)}) > (${sql.join(key.map((name) => last[name]))})`
  const query = sql<Row>`
    select ${refs(columns)} from ${sql.table(table)} ${after ?? sql``} order by ${refs(key)} limit ${sql.lit(PAGE_ROWS)}`
  return await ask(query.compile(db))
}
