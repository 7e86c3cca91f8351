import type { ChatStatus, Peer, TelegramChat } from '../../domain/chat.ts'
import { prepared } from '../prepared.ts'
import type { Read, Row, Write } from '../schema.ts'
import type { Wait } from '../outbox.ts'
import { chatsOfPeer } from './chats.ts'
import { aboutChat, addEvent } from './events.ts'
import { isNoLonger } from './waits.ts'

function asPeer(row: Row<'peers'>): Peer {
  return {
    id: row.id,
    botId: row.bot_id,
    telegramChatId: row.telegram_chat_id,
    type: row.type,
    title: row.title,
    username: row.username,
    status: row.status,
    statusReason: row.status_reason,
    notBeforeMs: row.not_before_ms,
    heldSinceMs: row.held_since_ms,
    closedUntilMs: row.closed_until_ms,
  }
}

export async function findPeer({ db }: Read, botId: string, telegramChatId: number): Promise<Peer | undefined> {
  const row = await db
    .selectFrom('peers')
    .selectAll()
    .where('bot_id', '=', botId)
    .where('telegram_chat_id', '=', telegramChatId)
    .executeTakeFirst()
  return row && asPeer(row)
}

export async function getPeer({ db, ask }: Read, peerId: number): Promise<Peer | undefined> {
  const [row] = await ask(peerOf(db, { peerId }))
  return row && asPeer(row)
}

const peerOf = prepared((db, { peerId }: { peerId: number }) =>
  db.selectFrom('peers').selectAll().where('id', '=', peerId),
)

/** Most updates come from a chat that we know as it is; those write nothing, so they cost no sync. */
export async function savePeer(tx: Write, botId: string, chat: TelegramChat): Promise<Peer> {
  const known = await findPeer(tx, botId, chat.telegramChatId)
  const { type, title, username } = chat
  if (known && known.type === type && known.title === title && known.username === username) return known
  const row = await tx.db
    .insertInto('peers')
    .values({ bot_id: botId, telegram_chat_id: chat.telegramChatId, type, title, username })
    .onConflict((conflict) => conflict.columns(['bot_id', 'telegram_chat_id']).doUpdateSet({ type, title, username }))
    .returningAll()
    .executeTakeFirstOrThrow()
  return asPeer(row)
}

export async function setPeerStatus(
  tx: Write,
  peerId: number,
  status: ChatStatus,
  reason: string | null,
  nowMs: number,
  closedUntilMs = 0,
): Promise<boolean> {
  // Most often it is so already, which is nothing that anybody has to wait for.
  const known = await getPeer(tx, peerId)
  if (known?.status === status) {
    if (closedUntilMs > known.closedUntilMs) await keepClosed(tx, peerId, closedUntilMs)
    return false
  }
  await tx.alone()
  const { numUpdatedRows } = await tx.db
    .updateTable('peers')
    .set({ status, status_reason: status === 'active' ? null : reason, closed_until_ms: closedUntilMs })
    .where('id', '=', peerId)
    .where('status', '<>', status)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return false
  const type = status === 'active' ? 'chat.unblocked' : 'chat.blocked'
  for (const { chat } of await chatsOfPeer(tx, peerId)) {
    await addEvent(tx, { userId: chat.userId, type, atMs: nowMs, data: { ...aboutChat(chat), reason } })
  }
  return true
}

async function keepClosed({ db }: Write, peerId: number, untilMs: number): Promise<void> {
  await db
    .updateTable('peers')
    .set({ closed_until_ms: untilMs })
    .where('id', '=', peerId)
    .where('status', '=', 'blocked')
    .execute()
}

/** Never shortens a wait. */
export async function holdPeer(
  { db }: Write,
  peerId: number,
  { sinceMs, untilMs }: Wait,
  fence?: number,
): Promise<void> {
  await db
    .updateTable('peers')
    .set({ not_before_ms: untilMs, held_since_ms: sinceMs })
    .where('id', '=', peerId)
    .where(isNoLonger(untilMs))
    .$if(fence !== undefined, (query) =>
      query.where('bot_id', 'in', (eb) =>
        eb
          .selectFrom('bots')
          .select('bots.id')
          .whereRef('bots.id', '=', 'peers.bot_id')
          .where('bots.fence', '=', fence ?? 0),
      ),
    )
    .execute()
}
