import type { User } from '../../domain/account.ts'
import type { Chat } from '../../domain/chat.ts'
import type { Flag, Read, Row, Write } from '../schema.ts'
import type { Unlinked } from '../store.ts'
import { CHAT_UNLINKED, failQueued } from './change-messages.ts'
import { aboutChat, addEvent } from './events.ts'
import { asUser } from './users.ts'

function selectChats({ db }: Read) {
  return db
    .selectFrom('chats')
    .innerJoin('peers', 'peers.id', 'chats.peer_id')
    .select(['chats.id', 'chats.user_id', 'chats.peer_id', 'chats.is_default', 'chats.linked_at_ms'])
    .select('chats.name as own_name')
    .select(['peers.bot_id', 'peers.telegram_chat_id', 'peers.type', 'peers.title', 'peers.username', 'peers.status'])
}

type ChatRow = { own_name: string | null } & Pick<
  Row<'chats'>,
  'id' | 'user_id' | 'peer_id' | 'is_default' | 'linked_at_ms'
> &
  Pick<Row<'peers'>, 'bot_id' | 'telegram_chat_id' | 'type' | 'title' | 'username' | 'status'>

function asChat(row: ChatRow): Chat {
  return {
    id: row.id,
    userId: row.user_id,
    botId: row.bot_id,
    peerId: row.peer_id,
    telegramChatId: row.telegram_chat_id,
    type: row.type,
    title: row.title,
    username: row.username,
    name: row.own_name,
    status: row.status,
    isDefault: row.is_default === 1,
    linkedAtMs: row.linked_at_ms,
  }
}

export async function chatsOfPeer(read: Read, peerId: number): Promise<{ chat: Chat; user: User }[]> {
  const rows = await selectChats(read)
    .innerJoin('users', 'users.id', 'chats.user_id')
    .select(['users.login', 'users.name', 'users.locale', 'users.role', 'users.created_at_ms'])
    .select(['users.number', 'users.profile'])
    .where('chats.peer_id', '=', peerId)
    .orderBy('chats.linked_at_ms')
    .orderBy('chats.id')
    .execute()
  return rows.map((row) => ({ chat: asChat(row), user: asUser({ ...row, id: row.user_id }) }))
}

/** Every link through this bot, of any account. */
export async function chatsOfBot(read: Read, botId: string): Promise<Chat[]> {
  const rows = await selectChats(read).where('peers.bot_id', '=', botId).orderBy('chats.id').execute()
  return rows.map(asChat)
}

export async function getChat(read: Read, userId: string, chatId: string): Promise<Chat | undefined> {
  const row = await selectChats(read)
    .where('chats.id', '=', chatId)
    .where('chats.user_id', '=', userId)
    .executeTakeFirst()
  return row && asChat(row)
}

/** Oldest link first. */
export async function listChats(read: Read, userId: string): Promise<Chat[]> {
  const rows = await selectChats(read)
    .where('chats.user_id', '=', userId)
    .orderBy('chats.linked_at_ms')
    .orderBy('chats.id')
    .execute()
  return rows.map(asChat)
}

export async function linkChat(
  tx: Write,
  input: { id: string; userId: string; peerId: number; nowMs: number },
): Promise<Chat> {
  const { id, userId, peerId, nowMs } = input
  await tx.alone()
  const peer = await tx.db.selectFrom('peers').select('type').where('id', '=', peerId).executeTakeFirstOrThrow()
  const links = await chatsOfPeer(tx, peerId)
  const mine = links.find(({ chat }) => chat.userId === userId)
  if (mine) return mine.chat
  const isPrivate = peer.type === 'private'
  if (isPrivate && links.length > 0) throw new Error('this private chat is linked to another account')
  const isDefault = !(await hasWorkingDefault(tx, userId))
  if (isDefault) await clearDefault(tx, userId)
  const flags: { is_private: Flag; is_default: Flag } = { is_private: isPrivate ? 1 : 0, is_default: isDefault ? 1 : 0 }
  await tx.db
    .insertInto('chats')
    .values({ id, user_id: userId, peer_id: peerId, linked_at_ms: nowMs, ...flags })
    .execute()
  return await linked(tx, userId, id, nowMs)
}

async function linked(tx: Write, userId: string, chatId: string, nowMs: number): Promise<Chat> {
  const chat = await getChat(tx, userId, chatId)
  if (!chat) throw new Error('the link that was just made is not there')
  await addEvent(tx, { userId, type: 'chat.linked', atMs: nowMs, data: aboutChat(chat) })
  return chat
}

async function hasWorkingDefault({ db }: Read, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('chats')
    .innerJoin('peers', 'peers.id', 'chats.peer_id')
    .innerJoin('bots', 'bots.id', 'peers.bot_id')
    .select('chats.id')
    .where('chats.user_id', '=', userId)
    .where('chats.is_default', '=', 1)
    .where('bots.active', '=', 1)
    .executeTakeFirst()
  return row !== undefined
}

async function clearDefault({ db }: Write, userId: string): Promise<void> {
  await db
    .updateTable('chats')
    .set({ is_default: 0 })
    .where('user_id', '=', userId)
    .where('is_default', '=', 1)
    .execute()
}

export async function setDefaultChat(tx: Write, userId: string, chatId: string): Promise<Chat | undefined> {
  await tx.alone()
  const chat = await getChat(tx, userId, chatId)
  if (!chat || chat.isDefault) return chat
  await clearDefault(tx, userId)
  await tx.db.updateTable('chats').set({ is_default: 1 }).where('id', '=', chatId).execute()
  return { ...chat, isDefault: true }
}

export async function renameChat(
  tx: Write,
  userId: string,
  chatId: string,
  name: string | null,
): Promise<Chat | undefined> {
  await tx.alone()
  await tx.db.updateTable('chats').set({ name }).where('id', '=', chatId).where('user_id', '=', userId).execute()
  return await getChat(tx, userId, chatId)
}

export async function unlinkChat(
  tx: Write,
  userId: string,
  chatId: string,
  how: { nowMs: number; movedTo?: string },
): Promise<Unlinked | undefined> {
  const { nowMs, movedTo } = how
  await tx.alone()
  const chat = await getChat(tx, userId, chatId)
  if (!chat) return undefined
  await tx.db.deleteFrom('chats').where('id', '=', chatId).execute()
  const failed = await failQueued(tx, { user_id: userId, chat_id: chatId }, CHAT_UNLINKED, nowMs)
  if (chat.isDefault) await chooseDefault(tx, userId)
  const event =
    movedTo === undefined
      ? ({ type: 'chat.unlinked', data: aboutChat(chat) } as const)
      : ({ type: 'chat.moved', data: { ...aboutChat(chat), movedTo } } as const)
  await addEvent(tx, { userId, atMs: nowMs, ...event })
  return { failed }
}

/** The oldest chat that can be written to, or else the oldest. */
export async function chooseDefault(tx: Write, userId: string): Promise<void> {
  const best = await tx.db
    .selectFrom('chats')
    .innerJoin('peers', 'peers.id', 'chats.peer_id')
    .innerJoin('bots', 'bots.id', 'peers.bot_id')
    .select('chats.id')
    .where('chats.user_id', '=', userId)
    .orderBy('bots.active', 'desc')
    .orderBy((eb) => eb.case().when('peers.status', '=', 'active').then(0).else(1).end())
    .orderBy('chats.linked_at_ms')
    .orderBy('chats.id')
    .limit(1)
    .executeTakeFirst()
  if (best) await tx.db.updateTable('chats').set({ is_default: 1 }).where('id', '=', best.id).execute()
}
