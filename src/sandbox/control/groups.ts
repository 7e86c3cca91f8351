import type { ChatReference, MemberInput, NewChat, UserReference } from '../control-types.ts'
import type { Environment } from '../environment.ts'
import { announceMembership, announceMessage } from '../world/announce.ts'
import type { BotData, ChatData, MemberData, ServiceFields } from '../world/data.ts'
import { postMessage } from '../world/post.ts'
import { renderAccount } from '../world/render.ts'
import { assertNameFree } from './accounts.ts'
import { ControlError } from './control-error.ts'
import { findLivingChat, findLivingUser, isMember } from './lookup.ts'
import { postAsUser } from './people.ts'

/** What people do with groups, supergroups and channels. */

export function createChat(environment: Environment, input: NewChat): ChatData {
  const { world } = environment
  const username = input.username?.replace(/^@/, '')
  if (username !== undefined && input.type === 'group') {
    throw new ControlError('invalid_input', 'A basic group has no username.')
  }
  if (username !== undefined) assertNameFree(environment, username)
  const chat: ChatData = {
    id: world.freeChatId(input.type),
    type: input.type,
    title: input.title,
    ...(username !== undefined && { username }),
    forum: input.type === 'supergroup' && input.forum === true,
    members: {},
    topics: [],
    deleted: false,
    nextMessageId: 1,
  }
  world.chats.set(chat.id, chat)
  world.changes.emit({ kind: 'chat', chatId: chat.id })
  for (const member of input.members ?? []) addMember(environment, { chat: chat.id, member })
  return chat
}

/** Lets a user or bot in: service message to all, my_chat_member to the bot, `/start@bot payload` for a startgroup link. */
export function addMember(environment: Environment, input: MemberInput & { payload?: string }): void {
  const { world } = environment
  const chat = findLivingChat(world, input.chat)
  const account = findAccount(environment, input.member)
  if (isMember(chat, account.id)) return
  const before = chat.members[String(account.id)]
  const by = actor(environment, chat, input.by) ?? account.id
  const after = newMember(chat, account.bot !== undefined)
  chat.members[String(account.id)] = after
  if (chat.type !== 'channel')
    postService(environment, chat, by, { new_chat_members: [renderAccount(world, account.id)] })
  if (account.bot === undefined) return
  announceMembership(world, environment.updates, { bot: account.bot, chatId: chat.id, by, before, after })
  if (input.payload !== undefined) {
    postAsUser(environment, by, { chat: chat.id, text: `/start@${account.bot.username} ${input.payload}` })
  }
}

/** Kicks, or lets go. */
export function removeMember(environment: Environment, input: MemberInput & { kick?: boolean }): void {
  const { world } = environment
  const chat = findLivingChat(world, input.chat)
  const account = findAccount(environment, input.member)
  const before = chat.members[String(account.id)]
  if (before === undefined) throw new ControlError('not_possible', `${input.member} was never in the chat.`)
  const by = actor(environment, chat, input.by) ?? account.id
  const after: MemberData = { ...before, status: input.kick === true ? 'kicked' : 'left' }
  chat.members[String(account.id)] = after
  if (chat.type !== 'channel')
    postService(environment, chat, by, { left_chat_member: renderAccount(world, account.id) })
  if (account.bot === undefined) return
  announceMembership(world, environment.updates, { bot: account.bot, chatId: chat.id, by, before, after })
}

/** Promotes, restricts, or gives back the usual rights. */
export function setRights(
  environment: Environment,
  input: MemberInput & { status: 'administrator' | 'member' | 'restricted'; canSend?: boolean },
): void {
  const { world } = environment
  const chat = findLivingChat(world, input.chat)
  const account = findAccount(environment, input.member)
  const before = chat.members[String(account.id)]
  if (before === undefined) throw new ControlError('not_possible', `${input.member} was never in the chat.`)
  const after = { ...before, status: input.status, canSend: input.canSend ?? input.status !== 'restricted' }
  chat.members[String(account.id)] = after
  world.changes.emit({ kind: 'chat', chatId: chat.id })
  if (account.bot === undefined) return
  const by = actor(environment, chat, input.by) ?? account.id
  announceMembership(world, environment.updates, { bot: account.bot, chatId: chat.id, by, before, after })
}

/** A basic group becomes a supergroup: another id, the same people, a service message on both sides. */
export function upgradeGroup(environment: Environment, reference: ChatReference): ChatData {
  const { world } = environment
  const group = findLivingChat(world, reference)
  if (group.type !== 'group') throw new ControlError('not_possible', 'Only a basic group can be upgraded.')
  const supergroup: ChatData = {
    ...group,
    id: world.freeChatId('supergroup'),
    type: 'supergroup',
    members: structuredClone(group.members),
    topics: [],
    nextMessageId: 1,
  }
  world.chats.set(supergroup.id, supergroup)
  const by = actor(environment, group, undefined)
  if (by === undefined) throw new ControlError('not_possible', 'The group has no person who could upgrade it.')
  postService(environment, group, by, { migrate_to_chat_id: supergroup.id })
  group.upgradedTo = supergroup.id
  postService(environment, supergroup, by, { migrate_from_chat_id: group.id })
  world.changes.emit({ kind: 'chat', chatId: supergroup.id })
  return supergroup
}

export function deleteChat(environment: Environment, reference: ChatReference): void {
  const chat = findLivingChat(environment.world, reference)
  chat.deleted = true
  environment.world.changes.emit({ kind: 'chat', chatId: chat.id })
}

/** A topic's id is that of the service message that made it. */
export function createTopic(environment: Environment, input: { chat: ChatReference; name: string }): { id: number } {
  const { world } = environment
  const chat = findLivingChat(world, input.chat)
  if (!chat.forum) throw new ControlError('not_possible', 'The chat has no topics.')
  // General is topic 1 of every forum, so that no other can be.
  chat.nextMessageId = Math.max(2, chat.nextMessageId)
  const id = chat.nextMessageId
  chat.topics.push({ id, name: input.name, closed: false })
  const by = actor(environment, chat, undefined)
  const fields = { forum_topic_created: { name: input.name, icon_color: 7322096 as const } }
  if (by !== undefined) postService(environment, chat, by, fields, id)
  world.changes.emit({ kind: 'chat', chatId: chat.id })
  return { id }
}

export function setTopicClosed(
  environment: Environment,
  input: { chat: ChatReference; topic: number; closed: boolean },
): void {
  const chat = findLivingChat(environment.world, input.chat)
  const topic = chat.topics.find(({ id }) => id === input.topic)
  if (topic === undefined) throw new ControlError('not_possible', `The chat has no topic ${input.topic}.`)
  topic.closed = input.closed
  environment.world.changes.emit({ kind: 'chat', chatId: chat.id })
}

function postService(
  environment: Environment,
  chat: ChatData,
  by: number,
  fields: ServiceFields,
  topic?: number,
): void {
  const { updates, world } = environment
  const message = postMessage(world, {
    chatId: chat.id,
    author: by,
    content: { kind: 'service', fields },
    ...(topic !== undefined && { topic }),
  })
  announceMessage(world, updates, message)
}

/** The first person is the creator; bots in channels are administrators, as they cannot be anything else. */
function newMember(chat: ChatData, bot: boolean): MemberData {
  if (bot) return { bot, status: chat.type === 'channel' ? 'administrator' : 'member', canSend: true }
  const hasCreator = Object.values(chat.members).some(({ status }) => status === 'creator')
  return { bot, status: hasCreator ? 'member' : 'creator', canSend: chat.type !== 'channel' || !hasCreator }
}

function findAccount({ world }: Environment, reference: number | string): { id: number; bot: BotData | undefined } {
  const byName = typeof reference === 'string' && !/^\d+$/.test(reference)
  const bot = byName ? world.botByName(reference) : world.bots.get(Number(reference))
  return bot === undefined ? { id: findLivingUser(world, reference).id, bot } : { id: bot.id, bot }
}

/** Who does it: the one named, or the creator, or any person in the chat. */
function actor({ world }: Environment, chat: ChatData, by: UserReference | undefined): number | undefined {
  if (by !== undefined) return findLivingUser(world, by).id
  const people = Object.entries(chat.members).filter(([, member]) => !member.bot)
  const creator = people.find(([, { status }]) => status === 'creator') ?? people[0]
  return creator === undefined ? undefined : Number(creator[0])
}
