import type { MessageEntity, MessageOrigin } from '@grammyjs/types'
import type {
  BotReference,
  EditInput,
  Place,
  SendContent,
  SendInput,
  StartInput,
  TapInput,
  UserReference,
} from '../control-types.ts'
import { cleanText } from '../entities/clean-text.ts'
import { detectEntities } from '../entities/detect-entities.ts'
import type { Environment } from '../environment.ts'
import { announceMembership, announceMessage } from '../world/announce.ts'
import { randomDigits } from '../world/chance.ts'
import type { BotData, CallbackData, DialogData, MemberData, MessageContent, MessageData } from '../world/data.ts'
import { announceChange, type Draft, postMessage } from '../world/post.ts'
import { renderMessage, renderUser } from '../world/render.ts'
import { ControlError } from './control-error.ts'
import { assertSees, findBot, findLivingChat, findLivingUser, findMessage, isMember } from './lookup.ts'
import { userContent } from './user-content.ts'

/** What people do in the app: press Start, write, edit, tap, block. */

/** `/start`, or `/start <payload>` from a deep link. The first one opens the private chat; a blocked bot is unblocked. */
export function pressStart(environment: Environment, input: StartInput): MessageData {
  const { payload } = input
  if (payload !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(payload)) {
    throw new ControlError('invalid_input', 'A start payload has 1 to 64 of A-Z, a-z, 0-9, _ and -.')
  }
  const user = findLivingUser(environment.world, input.user)
  const bot = findBot(environment.world, input.bot)
  const dialog = environment.world.openDialog(bot.id, user.id)
  if (dialog.blocked) setBlocked(environment, bot, dialog, false)
  dialog.started = true
  return postAsUser(environment, user.id, { bot: bot.id, text: payload === undefined ? '/start' : `/start ${payload}` })
}

export function sendAsUser(environment: Environment, input: SendInput): MessageData {
  const user = findLivingUser(environment.world, input.user)
  return postAsUser(environment, user.id, input)
}

/** Stores what a person wrote and tells the bots that see it. */
export function postAsUser(environment: Environment, user: number, input: Place & SendContent): MessageData {
  const { updates, world } = environment
  const message = postMessage(world, {
    ...findPlace(environment, user, input),
    content: userContent(environment, input),
    ...(input.replyTo !== undefined && { replyTo: findMessage(world, input.replyTo).key }),
    ...(input.topic !== undefined && { topic: input.topic }),
    ...(input.forwardedFrom !== undefined && { forwardOrigin: originOf(environment, input.forwardedFrom) }),
  })
  announceMessage(world, updates, message)
  return message
}

export function editAsUser(environment: Environment, input: EditInput): MessageData {
  const { updates, world } = environment
  const user = findLivingUser(world, input.user)
  const message = findMessage(world, input.message)
  if (message.author !== user.id) throw new ControlError('not_possible', 'People edit their own messages only.')
  message.content = editedContent(message.content, input.text)
  message.editDate = world.nowSeconds
  announceChange(world, message)
  announceMessage(world, updates, message, true)
  return message
}

/** Taps an inline button: the bot gets a callback_query. */
export function tapButton(environment: Environment, input: TapInput): CallbackData {
  const { updates, world } = environment
  const user = findLivingUser(world, input.user)
  const message = findMessage(world, input.message)
  assertSees(world, user, message)
  const bot = message.sentByBot === undefined ? undefined : world.bots.get(message.sentByBot)
  const data = dataOfButton(message, input.button)
  if (bot === undefined) throw new ControlError('not_possible', 'No bot wrote this message.')
  const callback: CallbackData = {
    id: randomDigits(world.random),
    bot: bot.id,
    user: user.id,
    message: message.key,
    data,
    tappedAtMs: world.clock.now(),
  }
  world.callbacks.set(callback.id, callback)
  const query = {
    id: callback.id,
    from: renderUser(user),
    message: renderMessage(world, message, bot.id),
    chat_instance: String(Math.abs(message.chatId) * 1009 + bot.id),
    data,
  }
  updates.add(bot, { callback_query: query }, 'callback_query', `user ${user.id}`)
  world.changes.emit({ kind: 'callback', bot: bot.id, message: message.key })
  return callback
}

/** Blocks or unblocks a bot: it hears of it by my_chat_member. Twice the same is nothing. */
export function block(
  environment: Environment,
  input: { user: UserReference; bot: BotReference },
  blocked: boolean,
): void {
  const { world } = environment
  const user = findLivingUser(world, input.user)
  const bot = findBot(world, input.bot)
  const dialog = world.dialog(bot.id, user.id)
  if (dialog?.started !== true)
    throw new ControlError('not_possible', 'There is no private chat: nobody pressed Start.')
  if (dialog.blocked !== blocked) setBlocked(environment, bot, dialog, blocked)
}

function setBlocked(environment: Environment, bot: BotData, dialog: DialogData, blocked: boolean): void {
  const { updates, world } = environment
  dialog.blocked = blocked
  const member: MemberData = { bot: true, status: 'member', canSend: true }
  const kicked: MemberData = { bot: true, status: 'kicked', canSend: false }
  const change = blocked ? { before: member, after: kicked } : { before: kicked, after: member }
  announceMembership(world, updates, { bot, chatId: dialog.user, by: dialog.user, ...change })
  world.changes.emit({ kind: 'chat', chatId: dialog.user, bot: bot.id })
}

/** The private chat needs a Start and no block; a group needs membership; in a channel its creator posts. */
function findPlace(environment: Environment, user: number, place: Place): Omit<Draft, 'content'> {
  const { world } = environment
  if (place.chat !== undefined) {
    const chat = findLivingChat(world, place.chat)
    const member = chat.members[String(user)]
    if (!isMember(chat, user) || member?.canSend !== true) {
      throw new ControlError('not_possible', `User ${user} cannot write in the chat ${place.chat}.`)
    }
    return chat.type === 'channel' ? { chatId: chat.id } : { chatId: chat.id, author: user }
  }
  const bot = findBot(world, place.bot)
  const dialog = world.dialog(bot.id, user)
  if (dialog?.started !== true) throw new ControlError('not_possible', `User ${user} has not started ${bot.username}.`)
  if (dialog.blocked) throw new ControlError('not_possible', `User ${user} has blocked ${bot.username}.`)
  return { chatId: user, bot: bot.id, author: user }
}

function editedContent(content: MessageContent, raw: string): MessageContent {
  const given: MessageEntity[] = []
  const { text, entities: kept } = cleanText(raw, given)
  const entities = detectEntities(text, kept)
  if (content.kind === 'text') return { kind: 'text', text, entities }
  if (content.kind === 'photo' || content.kind === 'file') return { ...content, caption: text, entities }
  throw new ControlError('not_possible', 'This message has no text to edit.')
}

function dataOfButton(message: MessageData, wanted: string): string {
  const buttons = message.inlineKeyboard?.inline_keyboard.flat() ?? []
  const callbacks = buttons.filter((button) => 'callback_data' in button)
  const button =
    callbacks.find(({ callback_data }) => callback_data === wanted) ?? callbacks.find(({ text }) => text === wanted)
  if (button === undefined) throw new ControlError('not_possible', `The message has no button "${wanted}" to tap.`)
  return button.callback_data
}

function originOf({ world }: Environment, from: number | string): MessageOrigin {
  const user = typeof from === 'number' ? world.users.get(from) : undefined
  const date = world.nowSeconds
  if (user !== undefined) return { type: 'user', sender_user: renderUser(user), date }
  return { type: 'hidden_user', sender_user_name: String(from), date }
}
