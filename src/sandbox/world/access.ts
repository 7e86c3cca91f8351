import { leadingInteger } from '../parameters/parameters.ts'
import { badRequest, type Refusal, refusal } from '../refusal.ts'
import type { BotData, ChatData, DialogData, MemberData, UserData } from './data.ts'
import { isPresent, type World } from './world.ts'

/** Where a call goes to. */
export type Target =
  | { kind: 'private'; chatId: number; user: UserData; dialog: DialogData | undefined }
  | { kind: 'chat'; chatId: number; chat: ChatData; member: MemberData | undefined }
  | { kind: 'bot'; chatId: number }

/**
 * The chat that `chat_id` names, if this bot may know of it: enough to read. Throws `chat_id is empty`, `chat not found`.
 * A user's @name finds nothing: only public supergroups, channels and bots have names that bots may use.
 */
export function findTarget(world: World, bot: BotData, chatId: string): Target {
  if (chatId === '') throw refusal('chat_id_empty')
  const target = chatId.startsWith('@') ? byName(world, bot, chatId) : byId(world, bot, leadingInteger(chatId))
  if (target === undefined) throw refusal('chat_not_found')
  return target
}

/** The checks that the Bot API server makes by itself before it sends anything into a chat. */
export function assertMember(target: Target): void {
  if (target.kind !== 'chat') return
  const { chat, member } = target
  if (chat.upgradedTo !== undefined) throw refusal('group_upgraded', { migrate_to_chat_id: chat.upgradedTo })
  if (chat.deleted) throw refusal('group_deleted')
  if (member?.status === 'kicked') throw refusal(`kicked_from_${chat.type}`)
  if (member === undefined || !isPresent(member.status)) throw refusal(`not_member_of_${chat.type}`)
}

/** What is being sent, in the words of the refusal. */
export type Sending = 'text messages' | 'photos' | 'documents' | 'audios' | 'videos'

/** The checks that only Telegram itself makes: they come after all others but the rate limit. */
export function assertMaySend(target: Target, sending: Sending): void {
  const refused = whyNotSend(target, sending)
  if (refused !== undefined) throw refused
}

function whyNotSend(target: Target, sending: Sending): Refusal | undefined {
  switch (target.kind) {
    case 'bot':
      return refusal('cannot_message_bot')
    case 'private':
      if (target.user.deleted) return refusal('user_deactivated')
      if (target.dialog?.started !== true) return refusal('cannot_initiate')
      return target.dialog.blocked ? refusal('blocked_by_user') : undefined
    case 'chat':
      return whyNotInChat(target.chat, target.member, sending)
  }
}

function whyNotInChat(chat: ChatData, member: MemberData | undefined, sending: Sending): Refusal | undefined {
  if (chat.type === 'channel') {
    return member?.status === 'administrator' && member.canSend ? undefined : refusal('need_channel_rights')
  }
  return member?.canSend === true ? undefined : badRequest(`not enough rights to send ${sending} to the chat`)
}

function byName(world: World, bot: BotData, name: string): Target | undefined {
  const chat = world.chatByName(name)
  if (chat !== undefined) return { kind: 'chat', chatId: chat.id, chat, member: chat.members[String(bot.id)] }
  const other = world.botByName(name)
  return other === undefined ? undefined : { kind: 'bot', chatId: other.id }
}

function byId(world: World, bot: BotData, chatId: number): Target | undefined {
  const chat = world.chats.get(chatId)
  if (chat !== undefined) {
    const member = chat.members[String(bot.id)]
    return member === undefined && chat.username === undefined ? undefined : { kind: 'chat', chatId, chat, member }
  }
  if (world.bots.has(chatId)) return { kind: 'bot', chatId }
  const user = world.users.get(chatId)
  if (user === undefined || !knows(world, bot, user)) return undefined
  return { kind: 'private', chatId, user, dialog: world.dialog(bot.id, user.id) }
}

/** A bot knows who pressed Start and who is in a group with it; each bot for itself. */
function knows(world: World, bot: BotData, user: UserData): boolean {
  if (world.dialog(bot.id, user.id)?.started === true) return true
  return [...world.chats.values()].some((chat) => isIn(chat, bot.id) && isIn(chat, user.id))
}

function isIn(chat: ChatData, id: number): boolean {
  const member = chat.members[String(id)]
  return member !== undefined && isPresent(member.status)
}
