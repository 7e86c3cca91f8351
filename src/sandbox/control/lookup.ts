import type { BotReference, ChatReference, UserReference } from '../control-types.ts'
import type { BotData, ChatData, MessageData, UserData } from '../world/data.ts'
import { isPresent, type World } from '../world/world.ts'
import { ControlError } from './control-error.ts'

export function findBot(world: World, reference: BotReference): BotData {
  const id = numberOf(reference)
  const bot = id === undefined ? world.botByName(String(reference)) : world.bots.get(id)
  if (bot === undefined) throw new ControlError('unknown_bot', `There is no bot ${reference}.`)
  return bot
}

export function findUser(world: World, reference: UserReference): UserData {
  const id = numberOf(reference)
  const user = id === undefined ? world.userByName(String(reference)) : world.users.get(id)
  if (user === undefined) throw new ControlError('unknown_user', `There is no user ${reference}.`)
  return user
}

/** A user whose account is not deleted. */
export function findLivingUser(world: World, reference: UserReference): UserData {
  const user = findUser(world, reference)
  if (user.deleted) throw new ControlError('not_possible', `The account ${reference} is deleted.`)
  return user
}

export function findChat(world: World, reference: ChatReference): ChatData {
  const id = numberOf(reference)
  const chat = id === undefined ? world.chatByName(String(reference)) : world.chats.get(id)
  if (chat === undefined) throw new ControlError('unknown_chat', `There is no chat ${reference}.`)
  return chat
}

/** A chat in which something can still happen. */
export function findLivingChat(world: World, reference: ChatReference): ChatData {
  const chat = findChat(world, reference)
  if (chat.deleted || chat.upgradedTo !== undefined) {
    throw new ControlError('not_possible', `The chat ${reference} was deleted or upgraded.`)
  }
  return chat
}

/** A message that is there and not deleted. */
export function findMessage(world: World, key: number): MessageData {
  const message = world.messages.byKey(key)
  if (message === undefined || message.deletedAtMs !== undefined) {
    throw new ControlError('unknown_message', `There is no message with the key ${key}.`)
  }
  return message
}

export function isMember(chat: ChatData, id: number): boolean {
  const member = chat.members[String(id)]
  return member !== undefined && isPresent(member.status)
}

/** Whether this person can see the message: it stands in their private chat or in a chat they are in. */
export function assertSees(world: World, user: UserData, message: MessageData): void {
  const chat = world.chats.get(message.chatId)
  const sees = chat === undefined ? message.chatId === user.id : isMember(chat, user.id)
  if (!sees) throw new ControlError('not_possible', `User ${user.id} does not see the message ${message.key}.`)
}

/** Ids may come as text; names never are numbers. */
function numberOf(reference: number | string): number | undefined {
  if (typeof reference === 'number') return reference
  return /^-?\d+$/.test(reference) ? Number(reference) : undefined
}
