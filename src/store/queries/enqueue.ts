import { DEFAULT_DELIVERY, type DeliveryOptions, rankOf } from '../../domain/delivery-options.ts'
import type { Message, WaitingFor } from '../../domain/message.ts'
import { Refusal } from '../../domain/refusals.ts'
import type { Outcome } from '../commit-together.ts'
import { places, prepared } from '../prepared.ts'
import { flag, type NewRow, type Write } from '../schema.ts'
import type { Enqueued, NewMessage } from '../outbox.ts'
import { insertRows, padded } from './bulk.ts'
import { QUEUED, target } from './change-messages.ts'
import { takeNumbers } from './change-numbers.ts'
import { noteTimes } from './message-times.ts'
import { waitingFor } from './message-rows.ts'
import { findLinks, type Link, mayLeave, outbound } from './sending-links.ts'

interface KnownKey {
  fingerprint: string
  message: Message
}

interface Accepted {
  input: NewMessage
  link: Link
  message: Message
  isLeaving: boolean
}

/**
 * Accepts what may be accepted, in the order of the batch, and refuses the rest one by one. Everything is read first, then decided
 * without the database, then written: the number of statements does not depend on the size of the batch.
 */
export async function enqueueAll(tx: Write, batch: readonly NewMessage[]): Promise<Outcome<Enqueued>[]> {
  // All of it in one go, the numbers first: what is read after them stays as it is. As many are taken as could be needed: those of refused
  // messages are given to nothing.
  const [firstNumber, links, keys, waiting] = await Promise.all([
    takeNumbers(tx, batch.length),
    findLinks(tx, batch),
    findKeys(tx, batch),
    countWaiting(tx, batch),
  ])
  const state = { links, keys, waiting }
  const accepted: Accepted[] = []
  const outcomes = batch.map((input): Outcome<Enqueued> => {
    try {
      return { ok: true, value: accept(input, state, accepted) }
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error }
      throw error
    }
  })
  if (accepted.length > 0) await store(tx, accepted, firstNumber)
  return outcomes
}

function accept(
  input: NewMessage,
  state: { links: Link[]; keys: Map<string, KnownKey>; waiting: Map<string, number> },
  accepted: Accepted[],
): Enqueued {
  const scope = scopeOf(input)
  const known = scope === undefined ? undefined : state.keys.get(scope)
  if (known) return replay(known, input)
  const link = chooseLink(input, state.links)
  if (hasExpired(input)) throw new Refusal('request_invalid', { errors: [EXPIRED_ALREADY] })
  const waiting = state.waiting.get(input.userId) ?? 0
  if (input.queueLimit > 0 && waiting >= input.queueLimit) throw new Refusal('queue_full')
  const message = newMessage(input, link)
  const isLeaving = message.waitingFor === null && mayLeave(link, input.departure)
  accepted.push({ input, link, message, isLeaving })
  if (scope !== undefined) state.keys.set(scope, { fingerprint: input.idempotency?.fingerprint ?? '', message })
  if (!isLeaving) {
    state.waiting.set(input.userId, waiting + 1)
    noteFirst(state.links, link.peer_id, firstRank(message))
  }
  return {
    replayed: false,
    message,
    wake: { botId: link.bot_id, peerId: link.peer_id, priority: message.priority },
    telegramChatId: link.telegram_chat_id,
    ...(isLeaving && { leaving: outbound(message, link) }),
  }
}

function replay({ fingerprint, message }: KnownKey, input: NewMessage): Enqueued {
  if (fingerprint !== input.idempotency?.fingerprint) throw new Refusal('idempotency_conflict')
  return { replayed: true, message }
}

function chooseLink({ userId, chatId }: NewMessage, links: readonly Link[]): Link {
  const link = links.find(
    (l) => l.user_id === userId && (chatId === undefined ? l.is_default === 1 : l.chat_id === chatId),
  )
  if (!link) throw new Refusal(chatId === undefined ? 'chat_not_linked' : 'not_found')
  return link
}

function newMessage(input: NewMessage, link: Link): Message {
  const { id, userId, text, silent, nowMs, label = null } = input
  const options = { ...DEFAULT_DELIVERY, ...optionsOf(input) }
  const overtaken = link.first_rank !== null && link.first_rank <= firstRank(options)
  const given = { id, userId, chatId: link.chat_id, text, silent, createdAtMs: nowMs, label, ...options }
  return asAccepted(given, waitingFor({ ...link, overtaken }, { nextAttemptAtMs: 0, sinceMs: nowMs, nowMs }))
}

function optionsOf({ priority, delivery, digest, expiresAtMs }: NewMessage): Partial<DeliveryOptions> {
  return {
    ...(priority !== undefined && { priority }),
    ...(delivery !== undefined && { delivery }),
    ...(digest !== undefined && { digest }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  }
}

/** Told only of what is new: whoever repeats an accepted request gets its answer, however late. */
function hasExpired({ expiresAtMs = null, nowMs }: NewMessage): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs
}

const EXPIRED_ALREADY = { where: '/body/expiresAt', what: 'must be in the future' }

function firstRank({ priority }: Pick<DeliveryOptions, 'priority'>): number {
  return rankOf({ priority, partsDone: 0 })
}

function noteFirst(links: readonly Link[], peerId: number, rank: number): void {
  for (const link of links) {
    if (link.peer_id === peerId) link.first_rank = Math.min(link.first_rank ?? rank, rank)
  }
}

/** A message as it is at its acceptance. Its number comes when it is stored. */
function asAccepted(
  given: Pick<
    Message,
    'id' | 'userId' | 'chatId' | 'text' | 'silent' | 'createdAtMs' | 'label' | keyof DeliveryOptions
  >,
  waits: WaitingFor | null,
): Message {
  return {
    ...given,
    status: 'queued',
    deliveredAtMs: null,
    sendingSinceMs: null,
    endedAtMs: null,
    wasResent: false,
    telegramMessageId: null,
    attemptCount: 0,
    nextAttemptAtMs: null,
    waitingFor: waits,
    error: null,
    possibleDuplicate: false,
    changeSeq: 0,
    number: 0,
  }
}

function scopeOf({ userId, idempotency }: NewMessage): string | undefined {
  return idempotency && `${userId}:${idempotency.key}`
}

async function findKeys({ db, ask }: Write, batch: readonly NewMessage[]): Promise<Map<string, KnownKey>> {
  const scopes = padded(batch.flatMap((input) => scopeOf(input) ?? []))
  if (scopes.length === 0) return new Map()
  const rows = await ask(keysOf(db, { scopes }, scopes.length))
  return new Map(
    rows.map((row) => {
      const { id, user_id: userId, chat_id: chatId, text, created_at_ms: createdAtMs } = row
      const { priority, delivery, digest, expires_at_ms: expiresAtMs, label } = row
      const options = { priority, delivery, digest, expiresAtMs }
      const given = { id, userId, chatId, text, silent: row.silent === 1, createdAtMs, label, ...options }
      const message = { ...asAccepted(given, row.waiting_for), changeSeq: row.seq, number: row.seq }
      return [row.scope, { fingerprint: row.fingerprint, message }]
    }),
  )
}

const keysOf = prepared((db, given: { scopes: readonly string[] }, count: number) =>
  db
    .selectFrom('idempotency_keys as keys')
    .innerJoin('messages', 'messages.id', 'keys.message_id')
    .select(['keys.scope', 'keys.fingerprint', 'keys.waiting_for'])
    .select(['messages.id', 'messages.user_id', 'messages.chat_id', 'messages.text', 'messages.silent'])
    .select(['messages.created_at_ms', 'messages.seq', 'messages.priority', 'messages.delivery', 'messages.digest'])
    .select(['messages.expires_at_ms', 'messages.label'])
    .where('keys.scope', 'in', places(given.scopes, count)),
)

/** Only for users who have a limit. */
async function countWaiting({ db, ask }: Write, batch: readonly NewMessage[]): Promise<Map<string, number>> {
  const users = padded(batch.filter((input) => input.queueLimit > 0).map((input) => input.userId))
  if (users.length === 0) return new Map()
  const rows = await ask(waitingOf(db, { users }, users.length))
  return new Map(rows.map(({ user_id: userId, count }) => [userId, count]))
}

const waitingOf = prepared((db, given: { users: readonly string[] }, count: number) =>
  db
    .selectFrom('messages')
    .select((eb) => ['user_id', eb.fn.countAll<number>().as('count')])
    .where('user_id', 'in', places(given.users, count))
    .where('status', '=', QUEUED)
    .groupBy('user_id'),
)

async function store(tx: Write, accepted: readonly Accepted[], first: number): Promise<void> {
  for (const [index, { message }] of accepted.entries()) message.changeSeq = message.number = first + index
  await insertRows(tx, 'messages', accepted.map(messageRow))
  await noteTimes(
    tx,
    accepted.map(({ input, message }) => ({ seq: message.number, createdAtMs: input.nowMs })),
  )
  await insertRows(
    tx,
    'idempotency_keys',
    accepted.flatMap((one) => keyRow(one) ?? []),
  )
  for (const { message } of accepted) tx.changedUsers.add(message.userId)
}

function messageRow({ input, link, message, isLeaving }: Accepted): NewRow<'messages'> {
  return {
    seq: message.changeSeq,
    id: message.id,
    user_id: message.userId,
    chat_id: message.chatId,
    bot_id: link.bot_id,
    peer_id: link.peer_id,
    status: isLeaving ? target('queued', 'send') : 'queued',
    text: message.text,
    silent: flag(message.silent),
    name: link.name,
    locale: link.locale,
    created_at_ms: input.nowMs,
    changed_at_ms: input.nowMs,
    sending_since_ms: isLeaving ? input.nowMs : null,
    change_seq: message.changeSeq,
    turn: message.changeSeq,
    priority: message.priority,
    delivery: message.delivery,
    digest: message.digest,
    expires_at_ms: message.expiresAtMs,
    rank: firstRank(message),
    label: message.label,
  }
}

function keyRow({ input, message }: Accepted): NewRow<'idempotency_keys'> | undefined {
  const scope = scopeOf(input)
  if (scope === undefined || !input.idempotency) return undefined
  return {
    scope,
    user_id: input.userId,
    fingerprint: input.idempotency.fingerprint,
    message_id: message.id,
    waiting_for: message.waitingFor,
    created_at_ms: input.nowMs,
  }
}
