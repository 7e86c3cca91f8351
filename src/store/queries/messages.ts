import { rankOf } from '../../domain/delivery-options.ts'
import { statesFor } from '../../domain/message-state.ts'
import type { Read, Write } from '../schema.ts'
import type { MessageWithAttempts, Resent } from '../store.ts'
import { target } from './change-messages.ts'
import { takeNumbers } from './change-numbers.ts'
import { asAttempt, asMessage, selectMessages } from './message-rows.ts'

export async function getMessage(
  read: Read,
  userId: string,
  messageId: string,
  nowMs: number,
): Promise<MessageWithAttempts | undefined> {
  return await withAttempts(read, selectMessages(read).where('messages.id', '=', messageId), userId, nowMs)
}

export async function getMessageByNumber(
  read: Read,
  userId: string,
  number: number,
  nowMs: number,
): Promise<MessageWithAttempts | undefined> {
  return await withAttempts(read, selectMessages(read).where('messages.seq', '=', number), userId, nowMs)
}

async function withAttempts(
  read: Read,
  one: ReturnType<typeof selectMessages>,
  userId: string,
  nowMs: number,
): Promise<MessageWithAttempts | undefined> {
  const row = await one.where('messages.user_id', '=', userId).executeTakeFirst()
  if (!row) return undefined
  const attempts = await read.db
    .selectFrom('attempts')
    .selectAll()
    .where('message_seq', '=', row.seq)
    .orderBy('number')
    .execute()
  return { ...asMessage(row, nowMs), attempts: attempts.map(asAttempt) }
}

export async function countMessages({ db }: Read, userId: string): Promise<number> {
  const { count } = await db
    .selectFrom('messages')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return count
}

export async function cancelMessage(
  tx: Write,
  userId: string,
  messageId: string,
  nowMs: number,
): Promise<'cancelled' | 'not_waiting' | 'not_found'> {
  const found = await findOwn(tx, userId, messageId)
  if (!found) return 'not_found'
  // A long text between two of its parts is on its way: half of it stands there, as a message that was taken back must not.
  if (!statesFor('cancel').includes(found.status) || found.parts_done > 0) return 'not_waiting'
  const { numUpdatedRows } = await tx.db
    .updateTable('messages')
    .set({
      status: target(found.status, 'cancel'),
      next_attempt_at_ms: 0,
      changed_at_ms: nowMs,
      change_seq: await takeNumbers(tx, 1),
    })
    .where('seq', '=', found.seq)
    // Whoever took a number before may have changed it since it was read.
    .where('status', '=', found.status)
    .where('parts_done', '=', 0)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return 'not_waiting'
  tx.changedUsers.add(userId)
  return 'cancelled'
}

export async function resendMessage(tx: Write, userId: string, messageId: string, nowMs: number): Promise<Resent> {
  const found = await findOwn(tx, userId, messageId)
  if (!found) return { result: 'not_found' }
  if (!statesFor('resend').includes(found.status)) return { result: 'not_resendable' }
  await tx.alone()
  const link = await tx.db
    .selectFrom('chats')
    .innerJoin('peers', 'peers.id', 'chats.peer_id')
    .select(['peers.id', 'peers.bot_id'])
    .where('chats.id', '=', found.chat_id)
    .where('chats.user_id', '=', userId)
    .executeTakeFirst()
  if (!link) return { result: 'chat_not_linked' }
  const number = await takeNumbers(tx, 1)
  const { numUpdatedRows } = await tx.db
    .updateTable('messages')
    .set({
      status: target(found.status, 'resend'),
      peer_id: link.id,
      attempt_count: 0,
      next_attempt_at_ms: 0,
      error_code: null,
      error_detail: null,
      // It may have arrived already, and now goes out again.
      ...(found.status === 'uncertain' && { possible_duplicate: 1 as const }),
      changed_at_ms: nowMs,
      change_seq: number,
      turn: number,
      // At the end of its priority, even when parts of it have arrived: those that waited meanwhile come first.
      rank: rankOf({ priority: found.priority, partsDone: 0 }),
      // Whoever asks for it once more wants it although its time is over.
      ...((found.expires_at_ms ?? nowMs) <= nowMs && { expires_at_ms: null }),
    })
    .where('seq', '=', found.seq)
    .where('status', '=', found.status)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return { result: 'not_resendable' }
  tx.changedUsers.add(userId)
  const row = await selectMessages(tx).where('messages.seq', '=', found.seq).executeTakeFirstOrThrow()
  return {
    result: 'queued',
    message: asMessage(row, nowMs),
    wake: { botId: link.bot_id, peerId: link.id, priority: found.priority },
  }
}

async function findOwn({ db }: Read, userId: string, messageId: string) {
  return await db
    .selectFrom('messages')
    .select(['seq', 'status', 'chat_id', 'priority', 'expires_at_ms', 'parts_done'])
    .where('id', '=', messageId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
}
