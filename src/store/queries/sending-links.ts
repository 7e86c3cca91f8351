import type { Message } from '../../domain/message.ts'
import type { Departure, NewMessage, Outbound } from '../outbox.ts'
import { places, prepared } from '../prepared.ts'
import type { Row, Write } from '../schema.ts'
import { padded } from './bulk.ts'
import { QUEUED } from './change-messages.ts'
import type { Surroundings } from './message-rows.ts'

/** A chat to which a user of the batch may send, with all that a new message takes from it. */
export interface Link extends Omit<Surroundings, 'overtaken'> {
  user_id: string
  chat_id: string
  is_default: number
  peer_id: number
  bot_id: string
  telegram_chat_id: number
  peer_status: Row<'peers'>['status']
  bot_fence: number
  name: string
  locale: Row<'users'>['locale']
  /** Of the first that waits in the lane; null when nothing does. */
  first_rank: number | null
}

export async function findLinks({ db, ask }: Write, batch: readonly NewMessage[]): Promise<Link[]> {
  const users = padded(batch.map((input) => input.userId))
  const chats = padded(batch.flatMap((input) => (input.chatId === undefined ? [] : [input.chatId])))
  return await ask(linksOf(db, { users, chats }, users.length, chats.length))
}

const linksOf = prepared(
  (db, given: { users: readonly string[]; chats: readonly string[] }, userCount: number, chatCount: number) =>
    db
      .selectFrom('chats')
      .innerJoin('users', 'users.id', 'chats.user_id')
      .innerJoin('peers', 'peers.id', 'chats.peer_id')
      .innerJoin('bots', 'bots.id', 'peers.bot_id')
      .select(['chats.id as chat_id', 'chats.user_id', 'chats.is_default', 'chats.peer_id', 'peers.bot_id'])
      .select(['peers.telegram_chat_id', 'peers.status as peer_status', 'bots.fence as bot_fence'])
      .select(['users.name', 'users.locale', 'bots.active as bot_active', 'bots.state as bot_state'])
      .select(['bots.not_before_ms as bot_not_before_ms', 'peers.not_before_ms as peer_not_before_ms'])
      .select((eb) =>
        eb
          .selectFrom('messages')
          .select((first) => first.fn.min('messages.rank').as('rank'))
          .whereRef('messages.bot_id', '=', 'peers.bot_id')
          .whereRef('messages.peer_id', '=', 'peers.id')
          .where('messages.status', '=', QUEUED)
          .$castTo<{ rank: number | null }>()
          .as('first_rank'),
      )
      .where('chats.user_id', 'in', places(given.users, userCount))
      .where((eb) =>
        chatCount === 0
          ? eb('chats.is_default', '=', 1)
          : eb.or([eb('chats.is_default', '=', 1), eb('chats.id', 'in', places(given.chats, chatCount))]),
      ),
)

/** A place was kept for it, for this very chat as it is, by whoever serves the bot; and nothing waits there. */
export function mayLeave(link: Link, departure: Departure | undefined): boolean {
  return (
    departure !== undefined &&
    departure.peerId === link.peer_id &&
    departure.telegramChatId === link.telegram_chat_id &&
    (departure.fence === undefined || departure.fence === link.bot_fence) &&
    link.peer_status === 'active' &&
    link.first_rank === null
  )
}

export function outbound(message: Message, link: Link): Outbound {
  return {
    id: message.id,
    userId: message.userId,
    chatId: message.chatId,
    text: message.text,
    silent: message.silent,
    createdAtMs: message.createdAtMs,
    priority: message.priority,
    delivery: message.delivery,
    digest: message.digest,
    expiresAtMs: message.expiresAtMs,
    botId: link.bot_id,
    peerId: link.peer_id,
    telegramChatId: link.telegram_chat_id,
    name: link.name,
    locale: link.locale,
    attemptCount: 0,
    possibleDuplicate: false,
    partsDone: 0,
    alone: false,
    telegramMessageId: null,
    nextAttemptAtMs: 0,
    waitsSinceMs: message.createdAtMs,
  }
}
