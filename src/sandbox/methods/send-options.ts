import type { LinkPreviewOptions } from '@grammyjs/types'
import type { Parameters } from '../parameters/parameters.ts'
import { leadingInteger } from '../parameters/parameters.ts'
import { badRequest, refusal } from '../refusal.ts'
import { findTarget, type Target } from '../world/access.ts'
import type { BotData, MessageData } from '../world/data.ts'
import type { World } from '../world/world.ts'
import { type JsonObject, readJsonObject } from './json-parameter.ts'
import { type ReplyMarkup, readReplyMarkup } from './reply-markup.ts'

export interface ReplyRequest {
  messageId: number
  chatId: string | undefined
  withoutIfMissing: boolean
  quote: string | undefined
}

/** The common parameters of the send methods, read for their syntax alone. */
export interface SendSyntax {
  reply: ReplyRequest | undefined
  markup: ReplyMarkup
}

/** Reads reply_parameters, then reply_markup: both come after the content and before the chat. */
export function readSendSyntax(parameters: Parameters): SendSyntax {
  return { reply: readReply(parameters), markup: readReplyMarkup(parameters.text('reply_markup')) }
}

/** `link_preview_options`, or the old `disable_web_page_preview` where that is absent. */
export function readLinkPreview(parameters: Parameters): LinkPreviewOptions | undefined {
  const options = readJsonObject(parameters.text('link_preview_options'), 'link preview options')
  if (options === undefined) {
    return parameters.flag('disable_web_page_preview') ? { is_disabled: true } : undefined
  }
  const read = {
    ...(options.is_disabled === true && { is_disabled: true }),
    ...(typeof options.url === 'string' && options.url !== '' && { url: options.url }),
    ...(options.prefer_small_media === true && { prefer_small_media: true }),
    ...(options.prefer_large_media === true && { prefer_large_media: true }),
    ...(options.show_above_text === true && { show_above_text: true }),
  }
  return Object.keys(read).length === 0 ? undefined : read
}

/**
 * The topic to write to. Outside forums a thread is ignored; in a forum the General topic (1) and unknown ones are refused.
 */
export function findTopic(parameters: Parameters, target: Target): number | undefined {
  const thread = parameters.integer('message_thread_id', 0, 0, Number.MAX_SAFE_INTEGER)
  if (thread === 0 || target.kind !== 'chat' || !target.chat.forum) return undefined
  if (thread === 1 || !target.chat.topics.some((topic) => topic.id === thread)) throw refusal('thread_not_found')
  return thread
}

/** Telegram itself refuses closed topics, later than unknown ones. */
export function assertTopicOpen(target: Target, topic: number | undefined): void {
  if (topic === undefined || target.kind !== 'chat') return
  if (target.chat.topics.find(({ id }) => id === topic)?.closed === true) throw refusal('topic_closed')
}

/** The message that is answered; undefined without one, or where the caller is content without. */
export function findReplied(
  world: World,
  bot: BotData,
  target: Target,
  reply: ReplyRequest | undefined,
): MessageData | undefined {
  if (reply === undefined) return undefined
  const chatId = reply.chatId === undefined ? target.chatId : findTarget(world, bot, reply.chatId).chatId
  const message = world.messages.byId(bot.id, chatId, reply.messageId)
  if (message !== undefined && message.deletedAtMs === undefined) {
    assertQuoted(message, reply.quote)
    return message
  }
  if (reply.withoutIfMissing) return undefined
  throw refusal('reply_not_found')
}

function assertQuoted(message: MessageData, quote: string | undefined): void {
  if (quote === undefined || message.content.kind !== 'text') return
  if (!message.content.text.includes(quote)) throw badRequest('QUOTE_TEXT_INVALID')
}

/** `reply_to_message_id` counts only where `reply_parameters` is absent. */
function readReply(parameters: Parameters): ReplyRequest | undefined {
  const given = readJsonObject(parameters.text('reply_parameters'), 'reply parameters')
  const reply = given === undefined ? oldReply(parameters) : newReply(given)
  return reply.messageId > 0 ? reply : undefined
}

function oldReply(parameters: Parameters): ReplyRequest {
  return {
    messageId: parameters.integer('reply_to_message_id', 0, 0, Number.MAX_SAFE_INTEGER),
    chatId: undefined,
    withoutIfMissing: parameters.flag('allow_sending_without_reply'),
    quote: undefined,
  }
}

function newReply(given: JsonObject): ReplyRequest {
  const { message_id: id, chat_id: chatId, quote } = given
  return {
    messageId: typeof id === 'number' ? id : typeof id === 'string' ? leadingInteger(id) : 0,
    chatId: typeof chatId === 'number' || typeof chatId === 'string' ? String(chatId) : undefined,
    withoutIfMissing: given.allow_sending_without_reply === true,
    quote: typeof quote === 'string' && quote !== '' ? quote : undefined,
  }
}
