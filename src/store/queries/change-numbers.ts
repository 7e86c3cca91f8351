import { prepared } from '../prepared.ts'
import type { Write } from '../schema.ts'

const advance = prepared((db, { count }: { count: number }) =>
  db
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', count) }))
    .where('name', '=', 'change')
    .returning('value'),
)

/**
 * Takes `count` numbers and gives the first of them. They grow for ever, and in the order in which transactions commit: whoever takes
 * one holds the counter until then, so a reader that has seen a number has seen all below it. And whoever takes one is `alone` from then
 * on.
 */
export async function takeNumbers({ db, ask }: Write, count: number): Promise<number> {
  const [counter] = await ask(advance(db, { count }))
  if (!counter) throw new Error('the counter of changes is gone')
  return counter.value - count + 1
}
