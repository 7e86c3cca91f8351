import { type ExpressionBuilder, sql } from 'kysely'
import { DELIVERY_ERRORS } from '../../domain/message.ts'
import { inWords } from '../../domain/reasons.ts'
import type { Read, Schema, Write } from '../schema.ts'
import type { Expired } from '../outbox.ts'
import { padded } from './bulk.ts'
import { changeMessages, QUEUED, target } from './change-messages.ts'

/** What may have arrived must not be said not to have been sent. */
const MAY_HAVE_ARRIVED = inWords('expired_perhaps_arrived')

/** When the first waiting message expires; undefined when none does. */
export async function nextExpiry({ db }: Read): Promise<number | undefined> {
  const row = await db
    .selectFrom('messages')
    .select('expires_at_ms')
    .where(mayExpire)
    .orderBy('expires_at_ms')
    .limit(1)
    .executeTakeFirst()
  return row?.expires_at_ms ?? undefined
}

/** Ends up to `limit` of those whose time is over. Returns how many, for each bot. */
export async function expire(tx: Write, nowMs: number, limit: number): Promise<Expired[]> {
  await tx.alone()
  const due = await tx.db
    .selectFrom('messages')
    .select(['seq', 'bot_id', 'possible_duplicate'])
    .where(mayExpire)
    .where('expires_at_ms', '<=', nowMs)
    .orderBy('expires_at_ms')
    .limit(limit)
    .execute()
  for (const [mayHaveArrived, rows] of Map.groupBy(due, (row) => row.possible_duplicate === 1)) {
    const some = padded(rows.map(({ seq }) => seq))
    await changeMessages(tx, (eb) => eb('seq', 'in', some), {
      status: target('queued', 'expire'),
      error_code: 'expired',
      error_detail: mayHaveArrived ? MAY_HAVE_ARRIVED : DELIVERY_ERRORS.expired,
      next_attempt_at_ms: 0,
      changed_at_ms: nowMs,
    })
  }
  return Array.from(
    Map.groupBy(due, (row) => row.bot_id),
    ([botId, { length: count }]) => ({ botId, count }),
  )
}

/** In the words of the index. Half a message is of no use, so what has begun is finished whatever the time. */
function mayExpire(eb: ExpressionBuilder<Schema, 'messages'>) {
  return eb.and([eb('status', '=', QUEUED), eb('expires_at_ms', 'is not', null), eb('parts_done', '=', sql.lit(0))])
}
