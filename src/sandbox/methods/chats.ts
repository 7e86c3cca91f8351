import type { ChatFullInfo } from '@grammyjs/types'
import { badRequest } from '../refusal.ts'
import { assertMaySend, assertMember, findTarget } from '../world/access.ts'
import type { ChatData } from '../world/data.ts'
import { renderBot, renderChat, renderMember, renderPrivateChat } from '../world/render.ts'
import { isPresent } from '../world/world.ts'
import type { Method } from './method-call.ts'

/** How long an action is shown (Bot API, sendChatAction). */
const ACTION_MS = 5_000
const ACTIONS = [
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
]
const MOST_REACTIONS = 11
const GIFTS = {
  unlimited_gifts: true,
  limited_gifts: true,
  unique_gifts: true,
  premium_subscription: true,
  gifts_from_channels: true,
}
const FULL = { accent_color_id: 0, max_reaction_count: MOST_REACTIONS, accepted_gift_types: GIFTS }

/** Bot API, getChat: to know of the chat is enough, also after the user blocked the bot. */
export const getChat: Method<'getChat'> = (call): ChatFullInfo => {
  const { world } = call.environment
  const target = findTarget(world, call.bot, call.parameters.text('chat_id'))
  switch (target.kind) {
    case 'private':
      return { ...renderPrivateChat(target.user), ...FULL }
    case 'bot': {
      const { id, first_name, username } = renderBot(world.bots.get(target.chatId) ?? call.bot)
      return { id, first_name, username, type: 'private', ...FULL }
    }
    case 'chat':
      return fullChat(target.chat)
  }
}

function fullChat(data: ChatData): ChatFullInfo {
  const chat = renderChat(data)
  if (chat.type === 'channel') return { ...chat, ...FULL, can_send_paid_media: true }
  return { ...chat, ...FULL }
}

/** Bot API, getChatMember. */
export const getChatMember: Method<'getChatMember'> = (call) => {
  const { world } = call.environment
  const target = findTarget(world, call.bot, call.parameters.text('chat_id'))
  assertMember(target)
  const userId = call.parameters.integer('user_id', 0, 0, Number.MAX_SAFE_INTEGER)
  if (userId === 0) throw badRequest('invalid user_id specified')
  if (target.kind !== 'chat') {
    if (userId !== target.chatId && userId !== call.bot.id) throw badRequest('member not found')
    return renderMember(world, userId, { bot: userId === call.bot.id, status: 'member', canSend: true })
  }
  const member = target.chat.members[String(userId)]
  if (member === undefined && !world.users.has(userId)) throw badRequest('PARTICIPANT_ID_INVALID')
  return renderMember(world, userId, member)
}

/** Bot API, getChatMemberCount. */
export const getChatMemberCount: Method<'getChatMemberCount'> = (call) => {
  const target = findTarget(call.environment.world, call.bot, call.parameters.text('chat_id'))
  assertMember(target)
  if (target.kind !== 'chat') return 2
  return Object.values(target.chat.members).filter(({ status }) => isPresent(status)).length
}

/** Bot API, leaveChat. */
export const leaveChat: Method<'leaveChat'> = (call) => {
  const { world } = call.environment
  const target = findTarget(world, call.bot, call.parameters.text('chat_id'))
  assertMember(target)
  if (target.kind !== 'chat' || target.member === undefined)
    throw badRequest("chat member status can't be changed in private chats")
  target.member.status = 'left'
  world.changes.emit({ kind: 'chat', chatId: target.chatId })
  return true
}

/** Bot API, sendChatAction: shown for five seconds or until the next message. */
export const sendChatAction: Method<'sendChatAction'> = (call) => {
  const { world } = call.environment
  const target = findTarget(world, call.bot, call.parameters.text('chat_id'))
  assertMember(target)
  const action = call.parameters.text('action')
  if (!ACTIONS.includes(action)) throw badRequest('wrong parameter action in request')
  assertMaySend(target, 'text messages')
  world.actions.set(`${call.bot.id}/${target.chatId}`, { name: action, untilMs: world.clock.now() + ACTION_MS })
  world.changes.emit({ kind: 'chat', chatId: target.chatId, bot: call.bot.id })
  return true
}
