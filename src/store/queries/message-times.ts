import { prepared } from '../prepared.ts'
import type { Read, Write } from '../schema.ts'

/** As the migration that made the table says. */
const SLOT_MS = 5 * 60_000

/** Notes where the moments of new messages are. They have the highest numbers that there are, because whoever takes some is alone. */
export async function noteTimes(
  { db, runAll }: Pick<Write, 'db' | 'runAll'>,
  messages: readonly { seq: number; createdAtMs: number }[],
): Promise<void> {
  const slots = Map.groupBy(messages, ({ createdAtMs }) => slotOf(createdAtMs))
  await runAll(
    [...slots].map(([slot, within]) => {
      const seqs = within.map(({ seq }) => seq)
      return note(db, { slot, first: Math.min(...seqs), last: Math.max(...seqs) })
    }),
  )
}

const note = prepared((db, { slot, first, last }: { slot: number; first: number; last: number }) =>
  db
    .insertInto('message_times')
    .values({ slot, first_seq: first, last_seq: last })
    .onConflict((known) => known.column('slot').doUpdateSet((eb) => ({ last_seq: eb.ref('excluded.last_seq') }))),
)

export interface Span {
  /** Inclusive. */
  sinceMs?: number
  /** Exclusive. */
  untilMs?: number
}

/**
 * Between which places of the history all messages of this span are, whoever sent them; undefined when there are none. Others may be
 * between them: those of the same five minutes, and more where a clock was set back.
 */
export async function placesWithin(
  { db }: Read,
  { sinceMs, untilMs }: Span,
): Promise<{ first: number; last: number } | undefined> {
  const { first, last } = await db
    .selectFrom('message_times')
    .select((eb) => [
      eb.fn.min('first_seq').$castTo<number | null>().as('first'),
      eb.fn.max('last_seq').$castTo<number | null>().as('last'),
    ])
    .$if(sinceMs !== undefined, (query) => query.where('slot', '>=', slotOf(sinceMs ?? 0)))
    .$if(untilMs !== undefined, (query) => query.where('slot', '<=', slotOf((untilMs ?? 0) - 1)))
    .executeTakeFirstOrThrow()
  return first === null || last === null ? undefined : { first, last }
}

function slotOf(ms: number): number {
  return Math.floor(ms / SLOT_MS)
}
