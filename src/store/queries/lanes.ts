import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { places, prepared } from '../prepared.ts'
import type { Read, Write } from '../schema.ts'
import type { Outbound, WaitingLane } from '../outbox.ts'
import { padded } from './bulk.ts'
import { isStill, QUEUED, target } from './change-messages.ts'
import { takeNumbers } from './change-numbers.ts'
import { lostTo, servedUnder } from './processes.ts'

/** Jumps from lane to lane in the index of what waits: the cost is that of the lanes, whatever the backlog in each. */
export async function lanes(
  { db }: Read,
  botId: string,
  page: { limit: number; afterPeerId: number },
): Promise<WaitingLane[]> {
  const rows = await db
    .withRecursive('lane(peer_id, place)', (cte) =>
      cte
        .selectFrom('messages')
        .select((eb) => [
          eb.fn.min('messages.peer_id').$castTo<number | null>().as('peer_id'),
          eb.lit<number>(1).as('place'),
        ])
        .where('messages.bot_id', '=', botId)
        .where('messages.status', '=', QUEUED)
        .where('messages.peer_id', '>', page.afterPeerId)
        .unionAll(
          cte
            .selectFrom('lane')
            .select((eb) => [
              eb
                .selectFrom('messages')
                .select((s) => s.fn.min('messages.peer_id').as('peer_id'))
                .where('messages.bot_id', '=', botId)
                .where('messages.status', '=', QUEUED)
                .whereRef('messages.peer_id', '>', 'lane.peer_id')
                .as('peer_id'),
              eb('lane.place', '+', 1).as('place'),
            ])
            .where('lane.peer_id', 'is not', null)
            .where('lane.place', '<', page.limit),
        ),
    )
    .selectFrom('lane')
    .select((eb) => [
      'lane.peer_id',
      eb
        .selectFrom('messages')
        .select('messages.user_id')
        .where('messages.bot_id', '=', botId)
        .where('messages.status', '=', QUEUED)
        .whereRef('messages.peer_id', '=', 'lane.peer_id')
        .orderBy('messages.rank')
        .orderBy('messages.turn')
        .limit(1)
        .as('user_id'),
    ])
    .where('lane.peer_id', 'is not', null)
    .orderBy('lane.peer_id')
    .execute()
  return rows.flatMap(({ peer_id: peerId, user_id: userId }) => {
    return peerId === null || userId === null ? [] : [{ peerId, userId }]
  })
}

export async function waiting({ db, ask }: Read, peerId: number, limit: number): Promise<Outbound[]> {
  const rows = await ask(firstOf(db, { peerId, limit }))
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    chatId: row.chat_id,
    botId: row.bot_id,
    peerId: row.peer_id,
    telegramChatId: row.telegram_chat_id,
    name: row.name,
    locale: row.locale,
    text: row.text,
    silent: row.silent === 1,
    attemptCount: row.attempt_count,
    possibleDuplicate: row.possible_duplicate === 1,
    createdAtMs: row.created_at_ms,
    partsDone: row.parts_done,
    telegramMessageId: row.telegram_message_id,
    nextAttemptAtMs: row.next_attempt_at_ms,
    waitsSinceMs: row.changed_at_ms,
    priority: row.priority,
    delivery: row.delivery,
    digest: row.digest,
    expiresAtMs: row.expires_at_ms,
    alone: row.alone === 1,
  }))
}

/**
 * Walks along the lane in its order, and looks at each message's link on the way. Joined, PostgreSQL would rather begin at the link: it
 * would read the whole lane by another index and sort it, for the few that are wanted.
 */
const firstOf = prepared((db, { peerId, limit }: { peerId: number; limit: number }) =>
  db
    .selectFrom('messages')
    .select(['id', 'user_id', 'chat_id', 'bot_id', 'peer_id', 'name', 'locale', 'text', 'silent', 'attempt_count'])
    .select(['possible_duplicate', 'created_at_ms', 'parts_done', 'telegram_message_id', 'next_attempt_at_ms'])
    .select(['priority', 'delivery', 'digest', 'expires_at_ms', 'alone', 'changed_at_ms'])
    .select(sql<number>`(select telegram_chat_id from peers where id = ${peerId})`.as('telegram_chat_id'))
    .where('bot_id', '=', botOf(peerId))
    .where('peer_id', '=', peerId)
    .where('status', '=', QUEUED)
    // Its link must be its sender's own, to this very chat.
    .where(
      sql<SqlBool>`(select count(*) = 1 from chats where chats.id = messages.chat_id
        and chats.user_id = messages.user_id and chats.peer_id = messages.peer_id)`,
    )
    .orderBy('rank')
    .orderBy('turn')
    .limit(limit),
)

function botOf(peerId: number): RawBuilder<string> {
  return sql<string>`(select bot_id from peers where id = ${peerId})`
}

/** Counted in the index, and no further than asked. */
export async function depth({ db, ask }: Read, peerId: number, atMost: number): Promise<number> {
  const [lane] = await ask(depthOf(db, { peerId, atMost }))
  return lane?.count ?? 0
}

const depthOf = prepared((db, { peerId, atMost }: { peerId: number; atMost: number }) =>
  db
    .selectFrom(
      db
        .selectFrom('messages')
        .select('turn')
        .where('bot_id', '=', botOf(peerId))
        .where('peer_id', '=', peerId)
        .where('status', '=', QUEUED)
        .limit(atMost)
        .as('lane'),
    )
    .select((eb) => eb.fn.countAll<number>().as('count')),
)

/** `done`: which of these were still to be sent, and are `sending` now. `lost`: those of bots that were claimed by others since. */
export async function markSending(
  tx: Write,
  batch: readonly { messageIds: readonly string[]; nowMs: number; fence: number | undefined }[],
): Promise<{ done: Set<string>; lost: Set<string> }> {
  const ids = padded(batch.flatMap(({ messageIds }) => messageIds))
  const fences = padded(batch.flatMap(({ fence }) => fence ?? []))
  const nowMs = Math.max(...batch.map((one) => one.nowMs))
  // In the same breath as the update, which reads the counter for itself; and before it, as in `settleAll`.
  const numbers = takeNumbers(tx, ids.length)
  const values = { ids, fences, nowMs, count: ids.length }
  const [rows] = await Promise.all([tx.ask(marking(tx.db, values, ids.length, fences.length)), numbers])
  for (const { user_id: userId } of rows) tx.changedUsers.add(userId)
  const marked = new Set(rows.map(({ id }) => id))
  const lost = await lostTo(
    tx,
    ids.filter((id) => !marked.has(id)),
    fences,
  )
  return { done: marked, lost }
}

interface Marks {
  ids: readonly string[]
  /** Of the claims under which they are marked. No two claims of different processes have the same one. */
  fences: readonly number[]
  nowMs: number
  count: number
}

const marking = prepared((db, { ids, fences, nowMs, count }: Marks, idCount: number, fenceCount: number) =>
  db
    .updateTable('messages')
    .from((eb) =>
      eb
        .selectFrom('messages as candidate')
        .innerJoin('chats', (join) =>
          join
            .onRef('chats.id', '=', 'candidate.chat_id')
            .onRef('chats.user_id', '=', 'candidate.user_id')
            .onRef('chats.peer_id', '=', 'candidate.peer_id'),
        )
        .select((s) => [
          'candidate.seq as ranked_seq',
          s.fn
            .agg<number>('row_number')
            .over((o) => o.orderBy('candidate.seq'))
            .as('place'),
        ])
        .where('candidate.id', 'in', places(ids, idCount))
        .$if(fenceCount > 0, (query) =>
          query.where((eb) => servedUnder(eb.ref('candidate.bot_id'), places(fences, fenceCount))),
        )
        .as('ranked'),
    )
    .set((eb) => ({
      status: target('queued', 'send'),
      sending_since_ms: nowMs,
      next_attempt_at_ms: 0,
      changed_at_ms: nowMs,
      change_seq: eb(
        'ranked.place',
        '+',
        eb
          .selectFrom('counters')
          .select((s) => s('value', '-', count).as('before'))
          .where('name', '=', 'change'),
      ),
    }))
    .whereRef('messages.seq', '=', 'ranked.ranked_seq')
    .where(isStill('messages.status', 'queued'))
    .where((eb) =>
      eb.or([
        eb('messages.expires_at_ms', 'is', null),
        eb('messages.expires_at_ms', '>', nowMs),
        eb('messages.parts_done', '>', 0),
      ]),
    )
    .returning(['messages.id', 'messages.user_id']),
)
