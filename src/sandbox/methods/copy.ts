import type { MessageOrigin } from '@grammyjs/types'
import { badRequest, refusal } from '../refusal.ts'
import { assertMember, findTarget, type Sending } from '../world/access.ts'
import type { MessageContent, MessageData } from '../world/data.ts'
import { messageIdFor } from '../world/messages.ts'
import { renderChatOf, renderAccount, renderMessage } from '../world/render.ts'
import { readFormattedText } from './formatted-text.ts'
import { readJsonArray } from './json-parameter.ts'
import { finishCaption } from './media.ts'
import type { Method, MethodCall } from './method-call.ts'
import { send } from './send.ts'
import { readSendSyntax } from './send-options.ts'

/** Bot API, forwardMessages and copyMessages. */
const MOST_AT_ONCE = 100

/** Bot API, copyMessage: the same content as a new message, with another caption where one is given. */
export const copyMessage: Method<'copyMessage'> = async (call) => {
  const [copy] = await copyAll(call, [findSource(call, 'copy')])
  return { message_id: idOf(call, copy) }
}

/** Bot API, copyMessages: what is not there is skipped. */
export const copyMessages: Method<'copyMessages'> = async (call) => {
  const copies = await copyAll(call, findSources(call))
  return copies.map((copy) => ({ message_id: idOf(call, copy) }))
}

/** Bot API, forwardMessage. */
export const forwardMessage: Method<'forwardMessage'> = async (call) => {
  const [message] = await forwardAll(call, [findSource(call, 'forward')])
  if (message === undefined) throw badRequest('message to forward not found')
  return renderMessage(call.environment.world, message, call.bot.id)
}

/** Bot API, forwardMessages: what is not there is skipped. */
export const forwardMessages: Method<'forwardMessages'> = async (call) => {
  const messages = await forwardAll(call, findSources(call))
  return messages.map((message) => ({ message_id: idOf(call, message) }))
}

async function copyAll(call: MethodCall, sources: readonly MessageData[]): Promise<MessageData[]> {
  const caption = readFormattedText(call.environment.world, call.parameters, {
    text: 'caption',
    entities: 'caption_entities',
  })
  return await send(call, {
    sending: sendingOf(sources),
    syntax: readSendSyntax(call.parameters),
    finish: () =>
      sources.map(({ content }) => withCaption(content, caption.text === '' ? undefined : finishCaption(caption))),
  })
}

async function forwardAll(call: MethodCall, sources: readonly MessageData[]): Promise<MessageData[]> {
  const origins = sources.map((source) => originOf(call, source))
  return await send(call, {
    sending: sendingOf(sources),
    syntax: { reply: undefined, markup: {} },
    origins,
    finish: () => sources.map(({ content }) => content),
  })
}

function withCaption(content: MessageContent, caption: ReturnType<typeof finishCaption> | undefined): MessageContent {
  if (caption === undefined || (content.kind !== 'photo' && content.kind !== 'file')) return content
  return { ...content, caption: caption.text, entities: caption.entities }
}

function findSource(call: MethodCall, verb: 'copy' | 'forward'): MessageData {
  const id = call.parameters.integer('message_id', 0, 0, Number.MAX_SAFE_INTEGER)
  const source = findIn(call, id)
  if (source === undefined) throw badRequest(`message to ${verb} not found`)
  if (source.content.kind === 'service' || source.protectedContent) {
    throw badRequest(`message can't be ${verb === 'copy' ? 'copied' : 'forwarded'}`)
  }
  return source
}

function findSources(call: MethodCall): MessageData[] {
  const ids = readJsonArray(call.parameters.text('message_ids'))
  if (ids === undefined || ids.length === 0) throw badRequest('message identifiers are not specified')
  if (ids.length > MOST_AT_ONCE) throw badRequest('too many message identifiers specified')
  const sources = ids.flatMap((id) => findIn(call, Number(id)) ?? [])
  const usable = sources.filter(({ content, protectedContent }) => content.kind !== 'service' && !protectedContent)
  if (usable.length === 0) throw badRequest('there are no messages to forward')
  return usable
}

function findIn(call: MethodCall, messageId: number): MessageData | undefined {
  const { world } = call.environment
  const from = call.parameters.text('from_chat_id')
  if (from === '') throw refusal('chat_id_empty')
  const target = findTarget(world, call.bot, from)
  assertMember(target)
  const message = world.messages.byId(call.bot.id, target.chatId, messageId)
  return message?.deletedAtMs === undefined ? message : undefined
}

function sendingOf(sources: readonly MessageData[]): Sending {
  const content = sources[0]?.content
  if (content?.kind === 'photo') return 'photos'
  return content?.kind === 'file' ? 'documents' : 'text messages'
}

/** Whom the copy names: a forward of a forward names the first author. */
function originOf(call: MethodCall, source: MessageData): MessageOrigin {
  if (source.forwardOrigin !== undefined) return source.forwardOrigin
  const { world } = call.environment
  const date = Math.floor(source.atMs / 1000)
  if (source.author !== undefined) return { type: 'user', sender_user: renderAccount(world, source.author), date }
  const chat = renderChatOf(world, source.chatId)
  if (chat.type === 'channel') return { type: 'channel', chat, message_id: idOf(call, source), date }
  return { type: 'chat', sender_chat: chat, date }
}

function idOf(call: MethodCall, message: MessageData | undefined): number {
  return message === undefined ? 0 : (messageIdFor(message, call.bot.id) ?? 0)
}
