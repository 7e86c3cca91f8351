import type { InlineKeyboardMarkup, Message, Update } from '@grammyjs/types'
import { badRequest, refusal } from '../refusal.ts'
import { assertMaySend, assertMember, findTarget, type Target } from '../world/access.ts'
import type { MessageContent, MessageData } from '../world/data.ts'
import { announceChange } from '../world/post.ts'
import { renderMessage, renderTextMessage } from '../world/render.ts'
import { finishText, MOST_CAPTION_POINTS, readFormattedText } from './formatted-text.ts'
import type { Method, MethodCall } from './method-call.ts'
import { payRate } from './rate.ts'
import { assertButtons, readReplyMarkup } from './reply-markup.ts'
import { finishMessageText } from './send-message.ts'
import { readLinkPreview } from './send-options.ts'

/** A message can be deleted for everyone for two days (Bot API, deleteMessage). */
const DELETE_WINDOW_MS = 48 * 3_600_000
/** Bot API, deleteMessages. */
const MOST_DELETED_AT_ONCE = 100

/** Bot API, editMessageText. */
export const editMessageText: Method<'editMessageText'> = async (call) => {
  const { parameters } = call
  const { world } = call.environment
  readLinkPreview(parameters)
  if (parameters.text('text') === '') throw refusal('text_is_empty')
  const formatted = readFormattedText(world, parameters, { text: 'text', entities: 'entities' })
  const message = await edit(call, ({ content }) => {
    if (content.kind !== 'text') throw refusal('no_text_to_edit')
    return finishMessageText(formatted)
  })
  return { ...renderEdited(call, message), ...renderTextMessage(world, message, call.bot.id) }
}

/** Bot API, editMessageCaption. */
export const editMessageCaption: Method<'editMessageCaption'> = async (call) => {
  const { world } = call.environment
  const formatted = readFormattedText(world, call.parameters, { text: 'caption', entities: 'caption_entities' })
  const message = await edit(call, ({ content }) => {
    if (content.kind !== 'photo' && content.kind !== 'file') {
      throw badRequest('there is no caption in the message to edit')
    }
    const { text, entities } = finishText(formatted, MOST_CAPTION_POINTS, () => refusal('caption_too_long'))
    return { ...content, caption: text, entities }
  })
  return renderEdited(call, message)
}

/** Bot API, editMessageReplyMarkup. */
export const editMessageReplyMarkup: Method<'editMessageReplyMarkup'> = async (call) => {
  const message = await edit(call, ({ content }) => content)
  return renderEdited(call, message)
}

/** Bot API, deleteMessage. */
export const deleteMessage: Method<'deleteMessage'> = (call) => {
  const target = findIdentifiedChat(call)
  const id = call.parameters.integer('message_id', 0, 0, Number.MAX_SAFE_INTEGER)
  if (id === 0) throw refusalForIdentifier()
  const message = call.environment.world.messages.byId(call.bot.id, target.chatId, id)
  if (message === undefined || message.deletedAtMs !== undefined) throw refusal('delete_not_found')
  assertDeletable(call, target, message)
  removeMessage(call, message)
  return true
}

/** Bot API, deleteMessages: messages that are not there are skipped. */
export const deleteMessages: Method<'deleteMessages'> = (call) => {
  const target = findIdentifiedChat(call)
  const ids: unknown = readIds(call.parameters.text('message_ids'))
  if (!Array.isArray(ids) || ids.length === 0) throw badRequest('message identifiers are not specified')
  if (ids.length > MOST_DELETED_AT_ONCE) throw badRequest('too many message identifiers specified')
  const { messages } = call.environment.world
  const found = ids.flatMap((id) => messages.byId(call.bot.id, target.chatId, Number(id)) ?? [])
  for (const message of found) assertDeletable(call, target, message)
  for (const message of found) if (message.deletedAtMs === undefined) removeMessage(call, message)
  return true
}

async function edit(call: MethodCall, change: (message: MessageData) => MessageContent): Promise<MessageData> {
  const { parameters } = call
  const { world } = call.environment
  const markup = readReplyMarkup(parameters.text('reply_markup'))
  const target = findEditedChat(call)
  const message = findEdited(call, target)
  const content = change(message)
  assertButtons(markup)
  assertMaySend(target, 'text messages')
  if (isSame(message, content, markup.inline)) throw refusal('not_modified')
  await payRate(call, target, 'edit', 1)
  message.content = content
  message.editDate = world.nowSeconds
  if (markup.inline === undefined) delete message.inlineKeyboard
  else message.inlineKeyboard = markup.inline
  announceChange(world, message)
  return message
}

function renderEdited(call: MethodCall, message: MessageData): Message & Update.Edited {
  const { world } = call.environment
  return { ...renderMessage(world, message, call.bot.id), edit_date: message.editDate ?? world.nowSeconds }
}

function findEditedChat(call: MethodCall): Target {
  if (call.parameters.text('inline_message_id') !== '') throw badRequest('MESSAGE_ID_INVALID')
  const id = call.parameters.integer('message_id', 0, 0, Number.MAX_SAFE_INTEGER)
  if (id === 0) throw refusalForIdentifier()
  const target = findTarget(call.environment.world, call.bot, call.parameters.text('chat_id'))
  assertMember(target)
  return target
}

function findEdited(call: MethodCall, target: Target): MessageData {
  const id = call.parameters.integer('message_id', 0, 0, Number.MAX_SAFE_INTEGER)
  const message = call.environment.world.messages.byId(call.bot.id, target.chatId, id)
  if (message === undefined || message.deletedAtMs !== undefined) throw refusal('edit_not_found')
  if (message.sentByBot !== call.bot.id || message.content.kind === 'service') throw refusal('cannot_edit')
  return message
}

function refusalForIdentifier(): Error {
  return badRequest('message identifier is not specified')
}

function findIdentifiedChat(call: MethodCall): Target {
  const chatId = call.parameters.text('chat_id')
  if (chatId === '') throw badRequest('chat identifier is not specified')
  const target = findTarget(call.environment.world, call.bot, chatId)
  assertMember(target)
  return target
}

/** A bot deletes its own messages, any in a private chat, and in groups as an administrator. */
function assertDeletable(call: MethodCall, target: Target, message: MessageData): void {
  const administrator = target.kind === 'chat' && target.member?.status === 'administrator'
  if (message.sentByBot !== call.bot.id && target.kind === 'chat' && !administrator) throw refusal('cannot_delete')
  const ageMs = call.environment.world.clock.now() - message.atMs
  if (ageMs > DELETE_WINDOW_MS && !administrator) throw refusal('cannot_delete_for_everyone')
}

function removeMessage(call: MethodCall, message: MessageData): void {
  const { world } = call.environment
  message.deletedAtMs = world.clock.now()
  announceChange(world, message)
}

function readIds(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}

function isSame(message: MessageData, content: MessageContent, inline: InlineKeyboardMarkup | undefined): boolean {
  return JSON.stringify([message.content, message.inlineKeyboard ?? null]) === JSON.stringify([content, inline ?? null])
}
