import type { CompiledQuery } from 'kysely'
import type { Attempt } from '../../domain/message.ts'
import { DELIVERY_ERRORS } from '../../domain/message.ts'
import { inWords } from '../../domain/reasons.ts'
import { arrivalOf, detailFor } from '../../domain/wording-of-failures.ts'
import { places, prepared } from '../prepared.ts'
import { flag, type NewRow, type Read, type Row, type Write } from '../schema.ts'
import type { Recovered, Settled, Settlement, Strays } from '../outbox.ts'
import { insertRows, padded } from './bulk.ts'
import { CHAT_UNLINKED, isStill, SENDING, target } from './change-messages.ts'
import { takeNumbers } from './change-numbers.ts'
import { assertServes, lostTo, servedUnder } from './processes.ts'

type Sending = Pick<
  Row<'messages'>,
  'seq' | 'id' | 'user_id' | 'attempt_count' | 'call_count' | 'parts_done' | 'possible_duplicate' | 'delivery'
> &
  Pick<Row<'messages'>, 'telegram_message_id' | 'sending_since_ms' | 'peer_id'> & { link_id: string | null }

type Change = Partial<NewRow<'messages'>>

interface Ended {
  message: Sending
  attempt: Omit<Attempt, 'number'>
  change: Change
}

/**
 * A second settlement of the same call finds nothing to settle. `done`: those that failed because their chat is not linked any more.
 * `lost`: those of bots that were claimed by others since.
 */
export async function settleAll(
  tx: Write,
  batch: readonly Settlement[],
): Promise<{ done: Set<string>; lost: Set<string> }> {
  const ids = padded(batch.map(({ messageId }) => messageId))
  const fences = padded(batch.flatMap(({ fence }) => fence ?? []))
  // The numbers first: whoever takes over a bot waits for them before it looks at what is being sent (`recover`).
  const [firstNumber, rows] = await Promise.all([
    takeNumbers(tx, batch.length),
    tx.ask(sendingOf(tx.db, { ids, fences }, ids.length, fences.length)),
  ])
  const open = new Map(rows.map((row) => [row.id, row]))
  const ended = batch.flatMap(({ messageId, attempt, next }): Ended[] => {
    const message = open.get(messageId)
    open.delete(messageId)
    return message ? [{ message, attempt, change: tellingWhatArrived(changeBy(next, message), message) }] : []
  })
  await write(tx, ended, firstNumber)
  const unlinked = ended.flatMap(({ message, change }) =>
    change.error_code === CHAT_UNLINKED.code ? [message.id] : [],
  )
  const unsettled = ended.length === batch.length ? [] : ids.filter((id) => !rows.some((row) => row.id === id))
  return { done: new Set(unlinked), lost: await lostTo(tx, unsettled, fences) }
}

/**
 * What was on its way when the program died. Whether it arrived, nobody knows. Whoever served the bot before may still be at work: this
 * comes before or after each of its transactions, so that what it marks or settles is either committed by now and seen here, or sees the new claim.
 */
export async function recover(
  tx: Write,
  botId: string,
  nowMs: number,
  fence?: number,
  strays?: Strays,
): Promise<Recovered> {
  await tx.alone()
  await assertServes(tx, botId, fence)
  const all = await sendingBy(tx, botId)
  const rows = strays === undefined ? all : all.filter((message) => isStray(message, strays))
  if (rows.length === 0) return { queued: 0, lost: 0, calls: 0 }
  const reason = strays === undefined ? STOPPED : NOT_WRITTEN
  const ended = rows.map((message) => ({
    message,
    attempt: unknownAttempt(message, nowMs, reason),
    change: recovered(message, strays?.maxAttempts),
  }))
  await write(tx, ended, await takeNumbers(tx, rows.length))
  const lost = ended.filter(({ change }) => change.status === 'uncertain').length
  // A chat has one call under way at a time.
  const { size: calls } = new Set(rows.map(({ peer_id: peerId }) => peerId))
  return { queued: rows.length - lost, lost, calls }
}

const STOPPED = inWords('program_stopped')
const NOT_WRITTEN = inWords('end_not_written')

/** Outside of a transaction, because most often there are none. */
export async function hasStrays(read: Read, botId: string, strays: Strays): Promise<boolean> {
  const { db } = read
  const sending = await db
    .selectFrom('messages')
    .select(['id', 'sending_since_ms'])
    .where('status', '=', SENDING)
    .where('bot_id', '=', botId)
    .execute()
  return sending.some((message) => isStray(message, strays))
}

function isStray(
  { id, sending_since_ms: sinceMs }: Pick<Sending, 'id' | 'sending_since_ms'>,
  { inHand, sinceBeforeMs }: Strays,
): boolean {
  return !inHand.has(id) && (sinceMs ?? 0) < sinceBeforeMs
}

/** What is on its way through a bot that goes for ever. Returns how many. */
export async function loseSending(tx: Write, botId: string, nowMs: number): Promise<number> {
  const rows = await sendingBy(tx, botId)
  if (rows.length === 0) return 0
  const ended = rows.map((message) => ({
    message,
    attempt: unknownAttempt(message, nowMs, inWords('bot_deleted_meanwhile')),
    change: lost(message),
  }))
  await write(tx, ended, await takeNumbers(tx, rows.length))
  return rows.length
}

async function sendingBy({ db }: Read, botId: string): Promise<Sending[]> {
  const all = selectForEnd(db).where('messages.status', '=', SENDING)
  return await all.where('messages.bot_id', '=', botId).execute()
}

const sendingOf = prepared(
  (db, { ids, fences }: { ids: readonly string[]; fences: readonly number[] }, count: number, fenceCount: number) =>
    selectForEnd(db)
      .where(isStill('messages.status', 'sending'))
      .where('messages.id', 'in', places(ids, count))
      .$if(fenceCount > 0, (query) =>
        query.where((eb) => servedUnder(eb.ref('messages.bot_id'), places(fences, fenceCount))),
      ),
)

function selectForEnd(db: Read['db']) {
  return db
    .selectFrom('messages')
    .leftJoin('chats', (join) =>
      join
        .onRef('chats.id', '=', 'messages.chat_id')
        .onRef('chats.user_id', '=', 'messages.user_id')
        .onRef('chats.peer_id', '=', 'messages.peer_id'),
    )
    .select(['messages.seq', 'messages.id', 'messages.user_id', 'messages.attempt_count', 'messages.call_count'])
    .select(['messages.parts_done', 'messages.possible_duplicate', 'messages.telegram_message_id'])
    .select(['messages.delivery', 'messages.peer_id'])
    .select(['messages.sending_since_ms', 'chats.id as link_id'])
}

function changeBy(next: Settled, message: Sending): Change {
  const status = target('sending', next.event)
  const counted = { attempt_count: message.attempt_count + 1 }
  const arrived = (telegramMessageId: number) => ({
    parts_done: message.parts_done + 1,
    telegram_message_id: message.telegram_message_id ?? telegramMessageId,
  })
  switch (next.event) {
    case 'deliver':
      return { status, ...counted, ...arrived(next.telegramMessageId) }
    case 'part':
      return { ...queuedIfLinked(message), ...arrived(next.telegramMessageId), rank: 0 }
    case 'retry':
      return {
        ...queuedIfLinked(message, next.nextAttemptAtMs),
        ...(next.countsAsAttempt && counted),
        possible_duplicate: flag(next.possibleDuplicate || message.possible_duplicate === 1),
        ...(next.alone === true && { alone: 1 }),
      }
    case 'fail':
    case 'lose':
      return { status, ...counted, error_code: next.error.code, error_detail: next.error.detail }
  }
}

/** Whatever it failed of, its sender reads what of it may stand in the chat. */
function tellingWhatArrived(change: Change, message: Sending): Change {
  const { status, error_detail: detail } = change
  if (status !== 'failed' || typeof detail !== 'string') return change
  const arrived = arrivalOf({
    partsDone: change.parts_done ?? message.parts_done,
    mayHaveArrived: (change.possible_duplicate ?? message.possible_duplicate) === 1,
  })
  return arrived ? { ...change, error_detail: detailFor({ detail }, arrived) } : change
}

/** Back to its lane, unless its chat was unlinked while the call was under way. */
function queuedIfLinked({ link_id: linkId }: Sending, nextAttemptAtMs = 0): Change {
  if (linkId !== null) return { status: target('sending', 'retry'), next_attempt_at_ms: nextAttemptAtMs }
  return {
    status: target('sending', 'fail'),
    error_code: CHAT_UNLINKED.code,
    error_detail: CHAT_UNLINKED.detail,
  }
}

/** Counts as an attempt: a message that kills the program must not kill it for ever. */
function recovered(message: Sending, maxAttempts = Number.POSITIVE_INFINITY): Change {
  const isLast = message.attempt_count + 1 >= maxAttempts
  const mayGoAgain = message.link_id !== null && message.delivery === 'at_least_once' && !isLast
  if (!mayGoAgain) return lost(message)
  return { status: target('sending', 'recover'), possible_duplicate: 1, attempt_count: message.attempt_count + 1 }
}

/** It is not sent again, and nobody may say that it did not arrive. */
function lost(message: Sending): Change {
  const error = { error_code: 'outcome_unknown' as const, error_detail: DELIVERY_ERRORS.outcome_unknown }
  return { status: target('sending', 'lose'), ...error, attempt_count: message.attempt_count + 1 }
}

function unknownAttempt(message: Sending, nowMs: number, reason: string): Omit<Attempt, 'number'> {
  return {
    part: message.parts_done + 1,
    startedAtMs: message.sending_since_ms ?? nowMs,
    finishedAtMs: nowMs,
    outcome: 'unknown',
    reason,
    waitMs: null,
  }
}

/** `first`: of as many numbers as there are ends, or more. */
async function write(tx: Write, ended: readonly Ended[], first: number): Promise<void> {
  await insertRows(tx, 'attempts', ended.map(attemptRow))
  await tx.runAll(ended.map((one, index) => update(tx, one, first + index)))
  for (const { message } of ended) tx.changedUsers.add(message.user_id)
}

function update(tx: Write, { message, attempt, change }: Ended, changeSeq: number): CompiledQuery {
  const set: Change = {
    next_attempt_at_ms: 0,
    ...change,
    ...(change.status === 'delivered' && { delivered_at_ms: attempt.finishedAtMs }),
    call_count: message.call_count + 1,
    sending_since_ms: null,
    changed_at_ms: attempt.finishedAtMs,
    change_seq: changeSeq,
  }
  return updating(tx.db, { seq: message.seq, set: Object.values(set) }, ...Object.keys(set))
}

const updating = prepared((db, { seq, set }: { seq: number; set: unknown[] }, ...columns: string[]) => {
  const values = places(set, columns.length)
  return db
    .updateTable('messages')
    .set(Object.fromEntries(columns.map((column, place) => [column, values[place]])) as Change)
    .where('seq', '=', seq)
    .where(isStill('status', 'sending'))
})

function attemptRow({ message, attempt }: Ended): NewRow<'attempts'> {
  return {
    message_seq: message.seq,
    number: message.call_count + 1,
    part: attempt.part,
    started_at_ms: attempt.startedAtMs,
    finished_at_ms: attempt.finishedAtMs,
    outcome: attempt.outcome,
    reason: attempt.reason,
    wait_ms: attempt.waitMs,
  }
}
