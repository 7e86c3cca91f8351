import { type RawBuilder, sql } from 'kysely'
import { MESSAGE_STATUSES } from '../../domain/message-state.ts'
import type { Read } from '../schema.ts'
import type { Tallied, TallySearch, Waiting } from '../store.ts'
import { QUEUED, SENDING } from './change-messages.ts'
import { lastOf } from './history.ts'
import { placesWithin } from './message-times.ts'

export async function tallyMessages(read: Read, userId: string, search: TallySearch): Promise<Tallied> {
  const { sinceMs, untilMs, afterNumber = 0, lookThrough } = search
  const span = await placesWithin(read, search)
  if (!span) return { tallies: [], lookedThrough: undefined }
  const within = { ...span, first: Math.max(span.first, afterNumber + 1) }
  const last = await lastOf(read, userId, { order: 'asc', limit: lookThrough }, within)
  const rows = await read.db
    .selectFrom((eb) =>
      eb
        .selectFrom('messages')
        .select(['status', slotOf(search).as('slot'), DELIVERY_MS.as('delivery_ms')])
        .where('user_id', '=', userId)
        // Said for the index, which has the status before the place.
        .where('status', 'in', [...MESSAGE_STATUSES])
        .where('seq', '>=', within.first)
        .where('seq', '<=', last?.seq ?? within.last)
        .where('created_at_ms', '>=', sinceMs)
        .where('created_at_ms', '<', untilMs)
        .as('looked_at'),
    )
    .select((eb) => ['slot', 'status', 'delivery_ms', eb.fn.countAll<number>().as('count')])
    .groupBy(['slot', 'status', 'delivery_ms'])
    .execute()
  const tallies = rows.map(({ slot, status, delivery_ms: deliveryMs, count }) => ({ slot, status, deliveryMs, count }))
  return { tallies, lookedThrough: last?.seq }
}

/** Numbers arrive at SQLite as floating ones, whose division is another. */
function whole(value: number): RawBuilder<number> {
  return sql<number>`cast(${value} as bigint)`
}

function slotOf({ slotMs, offsetMs }: TallySearch): RawBuilder<number> {
  return sql<number>`(created_at_ms + ${whole(offsetMs)}) / ${whole(slotMs)}`
}

/** By its first two digits, so that there are few different ones; up to 1000 days. Null when it was not delivered. */
const DELIVERY_MS = deliveryMs()

function deliveryMs(): RawBuilder<number | null> {
  const took = sql`(delivered_at_ms - created_at_ms)`
  const digits = [10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000].map(
    (unit) => sql`when ${took} < ${sql.lit(unit * 100)} then ${took} - ${took} % ${sql.lit(unit)}`,
  )
  return sql<number | null>`case when status <> 'delivered' or delivered_at_ms is null then null
    when ${took} < 0 then 0 when ${took} < 100 then ${took} ${sql.join(digits, sql` `)} else ${sql.lit(100_000_000_000)} end`
}

/** Counted in the index, and no further than asked. */
export async function waitingOf({ db }: Read, userId: string, atMost: number): Promise<Waiting> {
  const waiting = (status: typeof QUEUED, limit: number) =>
    db
      .selectFrom('messages')
      .select('seq')
      .where('user_id', '=', userId)
      .where('status', '=', status)
      .orderBy('seq')
      .limit(limit)
      .as('waiting')
  const counts = await Promise.all(
    [QUEUED, SENDING].map((status) =>
      db
        .selectFrom(waiting(status, atMost))
        .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('seq').$castTo<number | null>().as('first')])
        .executeTakeFirstOrThrow(),
    ),
  )
  const firsts = counts.flatMap(({ first }) => first ?? [])
  const oldest =
    firsts.length === 0
      ? undefined
      : await db
          .selectFrom('messages')
          .select('created_at_ms')
          .where('seq', '=', Math.min(...firsts))
          .executeTakeFirst()
  const count = counts.reduce((sum, one) => sum + one.count, 0)
  return { count: Math.min(count, atMost), oldestMs: oldest?.created_at_ms ?? null }
}
