import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Message } from '../../domain/message.ts'
import { MESSAGE_STATUSES } from '../../domain/message-state.ts'
import type { Read, Schema } from '../schema.ts'
import type { MessagePage, MessageSearch, MessageWithAttempts, SearchedMessages } from '../store.ts'
import { padded } from './bulk.ts'
import { asAttempt, asMessage, selectMessages } from './message-rows.ts'
import { placesWithin } from './message-times.ts'

/** The newest page costs the same whatever the length of the history, with each filter and without. */
export async function listMessages(read: Read, userId: string, page: MessagePage): Promise<Message[]> {
  return await readPage(read, userId, page)
}

export async function listMessagesWithAttempts(
  read: Read,
  userId: string,
  page: MessagePage,
): Promise<MessageWithAttempts[]> {
  const messages = await readPage(read, userId, page)
  if (messages.length === 0) return []
  const numbers = padded(messages.map(({ number }) => number))
  const rows = await read.db
    .selectFrom('attempts')
    .selectAll()
    .where('message_seq', 'in', numbers)
    .orderBy('message_seq')
    .orderBy('number')
    .execute()
  const attempts = Map.groupBy(rows, (row) => row.message_seq)
  return messages.map((message) => ({ ...message, attempts: (attempts.get(message.number) ?? []).map(asAttempt) }))
}

/**
 * No index knows a text, and none the time, so each message of the stretch is looked at. Of a span of time, the stretch begins where that
 * does.
 */
export async function searchMessages(read: Read, userId: string, search: MessageSearch): Promise<SearchedMessages> {
  const { order, lookThrough } = search
  const within = await placesWithin(read, search)
  if (!within) return { found: [], lookedThroughId: undefined }
  const last = await lastOf(read, userId, { ...search, limit: lookThrough }, within)
  const stretch = last && (order === 'asc' ? { ...within, last: last.seq } : { ...within, first: last.seq })
  const found = await readPage(read, userId, search, { ...(stretch ?? within), fitting: search })
  return { found, lookedThroughId: last?.id }
}

/** The last of so many messages, found in the index alone; undefined when there are fewer. */
export async function lastOf(
  read: Read,
  userId: string,
  page: Omit<MessagePage, 'nowMs'>,
  within: Stretch,
): Promise<{ id: string; seq: number } | undefined> {
  return await read.db
    .selectFrom('messages')
    .select(['id', 'seq'])
    .where('seq', 'in', selectPage(read, userId, { ...page, limit: 1, offset: page.limit - 1 }, within))
    .executeTakeFirst()
}

/** What the index does not know. */
type Fitting = Pick<MessageSearch, 'sinceMs' | 'untilMs' | 'text'>

export interface Stretch {
  /** Places in the history, both inclusive. */
  first: number
  last: number
  fitting?: Fitting
}

async function readPage(read: Read, userId: string, page: MessagePage, stretch?: Stretch): Promise<Message[]> {
  const rows = await selectMessages(read)
    .where('messages.seq', 'in', selectPage(read, userId, page, stretch))
    .orderBy('messages.seq', page.order)
    .execute()
  return rows.map((row) => asMessage(row, page.nowMs))
}

/**
 * The indexes of the history have the status before the place, so the page is the best of one short list for each status. That is
 * two indexes to write with each message instead of four, and writing is what the disk has to do. In SQLite the status comes even before
 * the account, because then all that waits is in few pages.
 */
function selectPage(read: Read, userId: string, page: Omit<MessagePage, 'nowMs'>, stretch?: Stretch) {
  const { db } = read
  const { limit, order, afterId, offset = 0, status, chatId } = page
  const lists = (status === undefined ? MESSAGE_STATUSES : [status]).map((only) =>
    db
      .selectFrom(
        db
          .selectFrom('messages')
          .select('seq')
          .where('user_id', '=', userId)
          .where('status', '=', only)
          .$if(chatId !== undefined, (query) => query.where('chat_id', '=', chatId ?? ''))
          .$if(afterId !== undefined, (query) =>
            query.where('seq', order === 'asc' ? '>' : '<', selectPlace(db, userId, afterId ?? '')),
          )
          .$if(stretch !== undefined, (query) => query.where((eb) => isWithin(eb, stretch)))
          .$if(stretch?.fitting !== undefined, (query) => query.where((eb) => fits(read, eb, stretch?.fitting ?? {})))
          .orderBy('seq', order)
          .limit(offset + limit)
          .as('list'),
      )
      .select('list.seq'),
  )
  const all = lists.reduce((one, other) => one.unionAll(other))
  const best = db.selectFrom(all.as('candidates')).select('candidates.seq').orderBy('candidates.seq', order)
  return best.limit(limit).offset(offset)
}

type Builder = ExpressionBuilder<Schema, 'messages'>

function isWithin(eb: Builder, { first = 0, last = 0 }: Partial<Stretch> = {}): Expression<SqlBool> {
  return eb.and([eb('seq', '>=', first), eb('seq', '<=', last)])
}

function fits({ contains }: Read, eb: Builder, { sinceMs, untilMs, text }: Fitting): Expression<SqlBool> {
  return eb.and([
    ...(sinceMs === undefined ? [] : [eb('created_at_ms', '>=', sinceMs)]),
    ...(untilMs === undefined ? [] : [eb('created_at_ms', '<', untilMs)]),
    ...(text === undefined ? [] : [contains('text', text)]),
  ])
}

function selectPlace(db: Read['db'], userId: string, messageId: string) {
  return db
    .selectFrom('messages as last')
    .select('last.seq')
    .where('last.id', '=', messageId)
    .where('last.user_id', '=', userId)
}
