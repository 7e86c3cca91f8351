import { sql } from 'kysely'
import type { Contents, Page } from '../../domain/contents.ts'
import { OperatorError } from '../../domain/operator-error.ts'
import { insertRows } from '../queries/bulk.ts'
import type { NewRow, Schema } from '../schema.ts'
import type { Engine, Filling, Moving } from '../sql-store.ts'
import { isMovedTable, isOurTable, MOVED_TABLES, movedColumns } from './moved-tables.ts'
import { countRows } from './read-contents.ts'

type FillingEngine = Pick<Engine, 'moving' | 'whyUnavailable'>

/**
 * Puts contents into an empty database, all of it or nothing. Rejects with an OperatorError when the database is not empty, when the
 * contents are of other tables than these, and when not every row arrived.
 */
export async function fill(engine: FillingEngine, contents: Contents): Promise<void> {
  await engine.moving.alone((tx) => fillAlone(tx, engine, contents))
}

/** Before the migrations put our tables beside them. Rejects with an OperatorError when there are tables of somebody else. */
export async function refuseForeignTables({ moving, reader }: Pick<Engine, 'moving' | 'reader'>): Promise<void> {
  const names = await moving.tables(reader)
  // A table named like one of ours is ours only where our migrations have been.
  const wasMigrated = names.includes('schema_versions')
  const foreign = names.filter((name) => !wasMigrated || !isOurTable(name))
  if (foreign.length === 0) return
  const some = foreign.slice(0, MOST_NAMES).join(', ')
  throw new OperatorError(
    `The database is not empty (there are tables in it that are not Postrider's: ${some}${foreign.length > MOST_NAMES ? ', …' : ''}), and nothing was changed: set DATA_DIR or DATABASE_URL to a new place.`,
  )
}

const MOST_NAMES = 5

async function fillAlone(tx: Filling, engine: FillingEngine, contents: Contents): Promise<void> {
  const { moving } = engine
  await refuseUnlessEmpty(tx)
  refuseOtherStep(moving, contents)
  // The migrations put a counter in.
  await tx.ask(sql`delete from counters`.compile(tx.db))
  const insert = inserter(tx, engine)
  for await (const page of contents.pages) await insert(page)
  await moving.setLastPeerId(tx, contents.lastPeerId)
  await refuseUnlessComplete(tx, contents)
}

async function refuseUnlessEmpty({ db, ask }: Filling): Promise<void> {
  for (const table of MOVED_TABLES) {
    if (table === 'counters') continue
    const rows = await ask(sql`select 1 from ${sql.table(table)} limit 1`.compile(db))
    if (rows.length > 0) {
      throw new OperatorError(
        `The database is not empty (there are ${table} in it), and nothing was changed: set DATA_DIR or DATABASE_URL to a new place.`,
      )
    }
  }
}

function refuseOtherStep({ schemaStep }: Moving, contents: Contents): void {
  if (contents.schemaStep === schemaStep) return
  throw new OperatorError(
    contents.schemaStep > schemaStep
      ? `This comes from a newer Postrider (tables of version ${contents.schemaStep}, here ${schemaStep}): use that one here too.`
      : `This comes from an older Postrider (tables of version ${contents.schemaStep}, here ${schemaStep}): bring the old place up to date with \`postrider migrate\` and export again.`,
  )
}

/** Columns are held against those that are there, so that a word from a file never becomes part of a statement. */
function inserter(tx: Filling, { moving, whyUnavailable }: FillingEngine): (page: Page) => Promise<void> {
  const known = new Map<string, Promise<string>>()
  return async ({ table, columns, rows }) => {
    if (!isMovedTable(table))
      throw new OperatorError(`This has a table ${JSON.stringify(table)} that is not known here.`)
    const here = known.get(table) ?? moving.columns(tx, table).then((columns) => sorted(movedColumns(table, columns)))
    known.set(table, here)
    if ((await here) !== sorted(columns)) throw new OperatorError(`The table ${table} has other columns here.`)
    try {
      await insertRows(
        tx,
        table,
        rows.map((row) => asRow(columns, row)),
      )
      // What was handed in goes now, so that no more than a page is ever in memory.
      await tx.ask(sql`select 1`.compile(tx.db))
    } catch (error) {
      throw whyUnavailable(error) === undefined ? doesNotFit(table, error) : error
    }
  }
}

function doesNotFit(table: string, error: unknown): OperatorError {
  const why = error instanceof Error ? error.message : String(error)
  return new OperatorError(`What should go into the table ${table} does not fit there (${why}): export again.`, {
    cause: error,
  })
}

function sorted(columns: readonly string[]): string {
  return columns.toSorted().join()
}

/** The database checks that each value is of its column's kind. */
function asRow<T extends keyof Schema>(columns: readonly string[], row: Page['rows'][number]): NewRow<T> {
  if (row.length !== columns.length) throw new Error(`${row.length} values for ${columns.length} columns`)
  return Object.fromEntries(columns.map((column, place) => [column, row[place] ?? null])) as unknown as NewRow<T>
}

async function refuseUnlessComplete(tx: Filling, { counts }: Contents): Promise<void> {
  const here = await countRows(tx)
  for (const table of MOVED_TABLES) {
    if (here[table] === (counts[table] ?? 0)) continue
    throw new OperatorError(
      `Of the table ${table}, ${here[table]} of ${counts[table] ?? 0} rows arrived, and nothing was changed: export again.`,
    )
  }
}
