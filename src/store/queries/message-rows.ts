import { sql } from 'kysely'
import type { Attempt, DeliveryError, Message, WaitingFor } from '../../domain/message.ts'
import type { Read, Row } from '../schema.ts'
import { QUEUED } from './change-messages.ts'

/** A message with what decides why it waits. */
type MessageRow = Omit<Row<'messages'>, 'call_count' | 'parts_done' | 'alone' | 'rank'> & Surroundings

export interface Surroundings {
  bot_active: number | null
  bot_state: string | null
  bot_not_before_ms: number | null
  peer_not_before_ms: number | null
  /** Whether a message waits that goes before it in its lane. */
  overtaken: unknown
}

/** Messages with their surroundings, which only those that wait are asked for. */
export function selectMessages({ db }: Read) {
  return db
    .selectFrom('messages')
    .leftJoin('bots', 'bots.id', 'messages.bot_id')
    .leftJoin('peers', 'peers.id', 'messages.peer_id')
    .selectAll('messages')
    .select(['bots.active as bot_active', 'bots.state as bot_state', 'bots.not_before_ms as bot_not_before_ms'])
    .select('peers.not_before_ms as peer_not_before_ms')
    .select((eb) =>
      eb
        .case()
        .when('messages.status', '=', QUEUED)
        .then(
          eb.exists(
            eb
              .selectFrom('messages as earlier')
              .select('earlier.seq')
              .whereRef('earlier.bot_id', '=', 'messages.bot_id')
              .whereRef('earlier.peer_id', '=', 'messages.peer_id')
              .where(sql<boolean>`(earlier.rank, earlier.turn) < (messages.rank, messages.turn)`)
              .where('earlier.status', '=', QUEUED),
          ),
        )
        .else(eb.lit(false))
        .end()
        .as('overtaken'),
    )
}

export function asMessage(row: MessageRow, nowMs: number): Message {
  const waits = row.status === 'queued'
  return {
    id: row.id,
    userId: row.user_id,
    chatId: row.chat_id,
    status: row.status,
    text: row.text,
    silent: row.silent === 1,
    createdAtMs: row.created_at_ms,
    deliveredAtMs: row.delivered_at_ms,
    sendingSinceMs: row.sending_since_ms,
    endedAtMs: waits || row.status === 'sending' ? null : row.changed_at_ms,
    // Only sending again gives a message another place in its lane than its own.
    wasResent: row.turn !== row.seq,
    telegramMessageId: row.telegram_message_id,
    attemptCount: row.attempt_count,
    nextAttemptAtMs: waits ? nextAttemptAtMs(row, nowMs) : null,
    waitingFor: waits
      ? waitingFor(row, { nextAttemptAtMs: row.next_attempt_at_ms, sinceMs: row.changed_at_ms, nowMs })
      : null,
    error: asError(row),
    possibleDuplicate: row.possible_duplicate === 1,
    priority: row.priority,
    delivery: row.delivery,
    digest: row.digest,
    expiresAtMs: row.expires_at_ms,
    changeSeq: row.change_seq,
    number: row.seq,
    label: row.label,
  }
}

/**
 * What nothing holds leaves at once. So what still waits after this, in milliseconds, waits for its turn: Telegram takes one message a
 * second for a chat, 20 a minute for a group, 30 a second of a bot.
 */
const ON_ITS_WAY_MS = 500

/** Why a queued message is not on its way: what only a person can change comes first. */
export function waitingFor(
  around: Surroundings,
  { nextAttemptAtMs, sinceMs, nowMs }: { nextAttemptAtMs: number; sinceMs: number; nowMs: number },
): WaitingFor | null {
  if (around.bot_active !== 1) return 'bot_inactive'
  if (around.bot_state === 'rejected') return 'bot_rejected'
  if (nextAttemptAtMs > nowMs) return 'retry'
  const isHeld = heldUntilMs(around) > nowMs || Boolean(around.overtaken)
  return isHeld || nowMs - Math.max(sinceMs, nextAttemptAtMs) > ON_ITS_WAY_MS ? 'pace' : null
}

/** What Telegram asked of its chat and its bot holds for the message as well; a bot that sends nothing at all has no such moment. */
function nextAttemptAtMs(row: MessageRow, nowMs: number): number | null {
  const isBotAtWork = row.bot_active === 1 && row.bot_state !== 'rejected'
  const atMs = Math.max(row.next_attempt_at_ms, isBotAtWork ? heldUntilMs(row) : 0)
  return atMs > nowMs ? atMs : null
}

function heldUntilMs({ bot_not_before_ms: botMs, peer_not_before_ms: peerMs }: Surroundings): number {
  return Math.max(botMs ?? 0, peerMs ?? 0)
}

function asError({ error_code: code, error_detail: detail }: MessageRow): DeliveryError | null {
  return code === null ? null : { code, detail: detail ?? '' }
}

export function asAttempt(row: Row<'attempts'>): Attempt {
  return {
    number: row.number,
    part: row.part,
    startedAtMs: row.started_at_ms,
    finishedAtMs: row.finished_at_ms,
    outcome: row.outcome,
    reason: row.reason,
    waitMs: row.wait_ms,
  }
}
