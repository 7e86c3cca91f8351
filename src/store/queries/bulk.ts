import { places, prepared } from '../prepared.ts'
import type { NewRow, Schema, Write } from '../schema.ts'

/** Few sizes make few statements, and each can stay prepared. */
const SIZES = [64, 16, 4, 1]

/** Inserts many rows, all with the same columns, in few statements and one way to the database and back. */
export async function insertRows<T extends keyof Schema>(
  tx: Pick<Write, 'db' | 'runAll'>,
  table: T,
  rows: readonly NewRow<T>[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
  await tx.runAll(
    inPieces(rows).map((piece) => {
      const cells = piece.flatMap((row) => columns.map((column) => (row as Record<string, unknown>)[column]))
      return insertion(tx.db, { cells }, table, piece.length, ...columns)
    }),
  )
}

const insertion = prepared(
  (db, { cells }: { cells: unknown[] }, table: keyof Schema, count: number, ...columns: string[]) => {
    const all = places(cells, count * columns.length)
    const rows = Array.from({ length: count }, (_, row) =>
      Object.fromEntries(columns.map((column, place) => [column, all[row * columns.length + place]])),
    )
    return db.insertInto(table).values(rows)
  },
)

function inPieces<T>(all: readonly T[]): T[][] {
  const pieces: T[][] = []
  for (let start = 0; start < all.length; ) {
    const size = SIZES.find((s) => s <= all.length - start) ?? 1
    pieces.push(all.slice(start, start + size))
    start += size
  }
  return pieces
}

/** The same set of values, some of them repeated, in one of a few lengths: for `in (…)`. */
export function padded<T>(values: Iterable<T>): T[] {
  const list = [...new Set(values)]
  const last = list.at(-1)
  if (last === undefined) return list
  const length = 2 ** Math.ceil(Math.log2(list.length))
  return [...list, ...Array.from({ length: length - list.length }, () => last)]
}
