import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely'
import { DELIVERY_ERRORS, type DeliveryError } from '../../domain/message.ts'
import { type MessageEvent, type MessageStatus, next } from '../../domain/message-state.ts'
import { detailFor } from '../../domain/wording-of-failures.ts'
import type { NewRow, Row, Schema, Write } from '../schema.ts'
import { takeNumbers } from './change-numbers.ts'

/**
 * Written into the statement and not sent beside it: the indexes that hold only what waits, or only what is on its way, can be used
 * only when the database sees the word.
 */
export const QUEUED = sql.lit<MessageStatus>('queued')
export const SENDING = sql.lit<MessageStatus>('sending')

/**
 * For a message that is found by its key: it still has this status. The opposite of the above: written so that no index fits. Those
 * indexes are nearly empty whenever PostgreSQL looks how long they are, so it would rather walk through one of them than look for a key,
 * and would then pass by all that has left it since.
 */
export function isStill(column: 'status' | 'messages.status', status: MessageStatus): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} || '' = ${sql.lit(status)}`
}

/** Where `event` leads from `status`, by the table of the domain. An event that means nothing there is a bug of the caller. */
export function target(status: MessageStatus, event: MessageEvent): MessageStatus {
  const to = next(status, event)
  if (!to) throw new Error(`a message that is ${status} does not know "${event}"`)
  return to
}

type Which = Partial<Pick<Row<'messages'>, 'user_id' | 'chat_id' | 'bot_id' | 'peer_id'>>

type Fits = (eb: ExpressionBuilder<Schema, 'messages'>) => Expression<SqlBool>

/** What differs from row to row may be an expression. */
type Change = Omit<Partial<NewRow<'messages'>>, 'error_detail'> & { error_detail?: string | RawBuilder<string> }

/** Changes each message that fits, and gives each its own change number. Returns how many. */
export async function changeMessages(tx: Write, fits: Fits, set: Change): Promise<number> {
  await tx.alone()
  const count = await countByUser(tx, fits)
  if (count === 0) return 0
  const first = await takeNumbers(tx, count)
  await tx.db
    .updateTable('messages')
    .from((eb) =>
      eb
        .selectFrom('messages')
        .select((s) => [
          'seq as ranked_seq',
          s.fn
            .agg<number>('row_number')
            .over((o) => o.orderBy('seq'))
            .as('place'),
        ])
        .where(fits)
        .as('ranked'),
    )
    .set((eb) => ({ ...set, change_seq: eb('ranked.place', '+', first - 1) }))
    .whereRef('messages.seq', '=', 'ranked.ranked_seq')
    .execute()
  return count
}

async function countByUser(tx: Write, fits: Fits): Promise<number> {
  const users = await tx.db
    .selectFrom('messages')
    .select((eb) => ['user_id', eb.fn.countAll<number>().as('count')])
    .where(fits)
    .groupBy('user_id')
    .execute()
  for (const { user_id: userId } of users) tx.changedUsers.add(userId)
  return users.reduce((sum, { count }) => sum + count, 0)
}

export const CHAT_UNLINKED: DeliveryError = { code: 'chat_unlinked', detail: DELIVERY_ERRORS.chat_unlinked }

/** Everything that waits and fits ends as failed, and each says what of it may stand in the chat. Returns how many. */
export async function failQueued(tx: Write, which: Which, error: DeliveryError, nowMs: number): Promise<number> {
  const set = {
    status: target('queued', 'fail'),
    error_code: error.code,
    error_detail: detailByRow(error),
    next_attempt_at_ms: 0,
    changed_at_ms: nowMs,
  }
  return await changeMessages(tx, (eb) => eb.and([eb.and(which), eb('status', '=', QUEUED)]), set)
}

/** `detailFor` of each row; the cases are those of `arrivalOf`. */
function detailByRow(error: DeliveryError): RawBuilder<string> {
  const [partsDone, mayHaveArrived] = [sql.ref('messages.parts_done'), sql.ref('messages.possible_duplicate')]
  return sql<string>`case
    when ${partsDone} > 0 and ${mayHaveArrived} = 1 then ${detailFor(error, 'in_part_perhaps_more')}
    when ${partsDone} > 0 then ${detailFor(error, 'in_part')}
    when ${mayHaveArrived} = 1 then ${detailFor(error, 'perhaps')}
    else ${error.detail}
  end`
}
