import type { Locale } from '../domain/account.ts'
import type { ChatStatus, ChatType, TelegramChat } from '../domain/chat.ts'
import { hasContent } from './message-content.ts'

/** What an update says, as far as we care. */
export type Incoming = IncomingMessage | IncomingTap | IncomingMembership | IncomingMigration

export interface IncomingMessage {
  kind: 'message'
  chat: TelegramChat
  messageId: number
  locale: Locale
  /** Undefined when somebody who administers the chat wrote in its name: a channel post, an anonymous administrator. */
  senderId: number | undefined
  /** Null when it is not a text. */
  text: string | null
  edited: boolean
  /** Somebody else's words: forwarded, or put in by an inline bot. */
  forwarded: boolean
  /** A bot's words that a person brought here: forwarded from one, or put in by an inline bot. */
  byBot: boolean
  /** The same for the pictures of one album. */
  albumId: string | undefined
}

/** Somebody pressed a button under a message of ours. */
export interface IncomingTap {
  kind: 'tap'
  callbackId: string
  locale: Locale
  senderId: number
  data: string
  /** Undefined when the message is too old to be told. */
  chat: TelegramChat | undefined
  messageId: number | undefined
}

/** The bot itself was added, removed, blocked or allowed to write again. */
export interface IncomingMembership {
  kind: 'membership'
  chat: TelegramChat
  locale: Locale
  now: ChatStatus
  /** It was no member at all before. */
  added: boolean
}

export interface IncomingMigration {
  kind: 'migration'
  fromTelegramChatId: number
  to: TelegramChat
}

type Raw = Readonly<Record<string, unknown>>

/**
 * Reads an update, whatever it looks like: fields of the future are passed over, missing ones mean that there is nothing for us.
 * Undefined for kinds of update that we do not know, and for what bots say.
 */
export function readUpdate(update: unknown): Incoming | undefined {
  const raw = record(update)
  if (!raw) return undefined
  const { message, edited_message: edited, channel_post: post, callback_query: tap, my_chat_member: membership } = raw
  if (message !== undefined) return readMessage(record(message), false)
  if (edited !== undefined) return readMessage(record(edited), true)
  if (post !== undefined) return readMessage(record(post), false)
  if (tap !== undefined) return readTap(record(tap))
  if (membership !== undefined) return readMembership(record(membership))
  return undefined
}

function readMessage(raw: Raw | undefined, edited: boolean): Incoming | undefined {
  const chat = readChat(raw?.['chat'])
  const messageId = integer(raw?.['message_id'])
  if (!raw || !chat || messageId === undefined) return undefined
  const migration = readMigration(raw, chat)
  if (migration) return migration
  const text = typeof raw['text'] === 'string' && raw['text'] !== '' ? raw['text'] : null
  if (!isWrittenByPerson(raw, chat) || (text === null && !hasContent(raw))) return undefined
  return {
    kind: 'message',
    chat,
    messageId,
    locale: localeOf(raw['from']),
    senderId: isForChat(raw, chat) ? undefined : integer(record(raw['from'])?.['id']),
    text,
    edited,
    forwarded: FORWARD_MARKS.some((mark) => raw[mark] !== undefined),
    byBot: raw['via_bot'] !== undefined || isForwardedFromBot(raw),
    albumId: typeof raw['media_group_id'] === 'string' ? raw['media_group_id'] : undefined,
  }
}

/** `forward_date` and its like are older than `forward_origin` (Bot API 7.0); self-hosted servers may still send them. */
const FORWARD_MARKS = ['forward_origin', 'forward_date', 'forward_from', 'forward_from_chat', 'via_bot']

function isForwardedFromBot(raw: Raw): boolean {
  const authors = [record(raw['forward_origin'])?.['sender_user'], raw['forward_from']]
  return authors.some((author) => record(author)?.['is_bot'] === true)
}

/** Bots talk to bots without end, and a channel's posts that are copied into its group are not meant for us. */
function isWrittenByPerson(raw: Raw, chat: TelegramChat): boolean {
  if (raw['is_automatic_forward'] === true) return false
  const from = record(raw['from'])
  return isForChat(raw, chat) || (integer(from?.['id']) !== undefined && from?.['is_bot'] !== true)
}

/** Written in the chat's own name: a channel post, or a group's anonymous administrator (whose `from` is a bot of Telegram's). */
function isForChat(raw: Raw, chat: TelegramChat): boolean {
  return chat.type !== 'private' && integer(record(raw['sender_chat'])?.['id']) === chat.telegramChatId
}

/** Both chats are told: the old one by `migrate_to_chat_id`, the new one by `migrate_from_chat_id`. */
function readMigration(raw: Raw, chat: TelegramChat): IncomingMigration | undefined {
  const from = integer(raw['migrate_from_chat_id'])
  const to = integer(raw['migrate_to_chat_id'])
  if (from !== undefined) return { kind: 'migration', fromTelegramChatId: from, to: chat }
  if (to === undefined) return undefined
  const supergroup = { ...chat, telegramChatId: to, type: 'supergroup' } as const
  return { kind: 'migration', fromTelegramChatId: chat.telegramChatId, to: supergroup }
}

function readTap(raw: Raw | undefined): IncomingTap | undefined {
  const senderId = integer(record(raw?.['from'])?.['id'])
  const callbackId = raw?.['id']
  if (!raw || senderId === undefined || typeof callbackId !== 'string') return undefined
  const message = record(raw['message'])
  return {
    kind: 'tap',
    callbackId,
    locale: localeOf(raw['from']),
    senderId,
    data: typeof raw['data'] === 'string' ? raw['data'] : '',
    chat: readChat(message?.['chat']),
    messageId: integer(message?.['message_id']),
  }
}

function readMembership(raw: Raw | undefined): IncomingMembership | undefined {
  const chat = readChat(raw?.['chat'])
  const before = record(raw?.['old_chat_member'])
  const now = record(raw?.['new_chat_member'])
  if (!raw || !chat || typeof now?.['status'] !== 'string') return undefined
  return {
    kind: 'membership',
    chat,
    locale: localeOf(raw['from']),
    now: statusOf(now, chat.type),
    added: !isMember(before) && isMember(now),
  }
}

function isMember(member: Raw | undefined): boolean {
  const status = member?.['status']
  if (status === 'restricted') return member?.['is_member'] === true
  return status === 'member' || status === 'administrator' || status === 'creator'
}

/** May the bot write there? (Bot API, ChatMember: `can_send_messages` of a restricted one, `can_post_messages` in channels.) */
function statusOf(member: Raw | undefined, chatType: ChatType): ChatStatus {
  if (!isMember(member)) return 'blocked'
  if (member?.['status'] === 'restricted' && member['can_send_messages'] === false) return 'blocked'
  if (chatType === 'channel' && member?.['can_post_messages'] === false) return 'blocked'
  return 'active'
}

const CHAT_TYPES: readonly unknown[] = ['private', 'group', 'supergroup', 'channel'] satisfies ChatType[]

function readChat(value: unknown): TelegramChat | undefined {
  const raw = record(value)
  const telegramChatId = integer(raw?.['id'])
  if (!raw || telegramChatId === undefined || !CHAT_TYPES.includes(raw['type'])) return undefined
  const type = raw['type'] as ChatType
  const title = type === 'private' ? [text(raw['first_name']), text(raw['last_name'])].join(' ') : text(raw['title'])
  return { telegramChatId, type, title: title.trim() || null, username: text(raw['username']) || null }
}

/** `language_code` is an IETF tag: `ru`, `ru-RU`. (`rue`, Rusyn, is another language.) */
function localeOf(from: unknown): Locale {
  const code = record(from)?.['language_code']
  return typeof code === 'string' && /^ru(?![a-z])/i.test(code) ? 'ru' : 'en'
}

function record(value: unknown): Raw | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined
}

/** Telegram's ids have up to 52 bits, so every one of them is a safe integer (Bot API, Chat). */
function integer(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined
}

/** Half a surrogate pair cannot be stored or sent as UTF-8, and no database likes U+0000. */
function text(value: unknown): string {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\u0000', ' ') : ''
}
