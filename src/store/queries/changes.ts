import type { Read, Row } from '../schema.ts'
import type { Change } from '../store.ts'
import { asMessage, selectMessages } from './message-rows.ts'

export async function changesSince(
  read: Read,
  userId: string,
  page: { afterSeq: number; limit: number; nowMs: number },
): Promise<Change[]> {
  const { afterSeq, limit, nowMs } = page
  // Only as far as everything was committed before the first look: the second look would see more, and what lies between would be missed.
  const upToSeq = await newestNumber(read)
  const messages = await selectMessages(read)
    .where('messages.user_id', '=', userId)
    .where('messages.change_seq', '>', afterSeq)
    .where('messages.change_seq', '<=', upToSeq)
    .orderBy('messages.change_seq')
    .limit(limit)
    .execute()
  const events = await read.db
    .selectFrom('account_events')
    .selectAll()
    .where('user_id', '=', userId)
    .where('seq', '>', afterSeq)
    .where('seq', '<=', upToSeq)
    .orderBy('seq')
    .limit(limit)
    .execute()
  const changes = [
    ...messages.map((row): Change => ({ seq: row.change_seq, kind: 'message', message: asMessage(row, nowMs) })),
    ...events.map(asEvent),
  ]
  return changes.sort((a, b) => a.seq - b.seq).slice(0, limit)
}

async function newestNumber({ db }: Read): Promise<number> {
  const { value } = await db
    .selectFrom('counters')
    .select('value')
    .where('name', '=', 'change')
    .executeTakeFirstOrThrow()
  return value
}

function asEvent(row: Row<'account_events'>): Change {
  const data = JSON.parse(row.data) as Record<string, string | null>
  return { seq: row.seq, kind: 'account', type: row.type, atMs: row.at_ms, data }
}

export async function lastChange({ db }: Read, userId: string): Promise<number> {
  const message = await db
    .selectFrom('messages')
    .select((eb) => eb.fn.max('change_seq').as('seq'))
    .where('user_id', '=', userId)
    .executeTakeFirst()
  const event = await db
    .selectFrom('account_events')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return Math.max(message?.seq ?? 0, event?.seq ?? 0)
}
