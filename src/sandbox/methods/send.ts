import type { LinkPreviewOptions, MessageOrigin } from '@grammyjs/types'
import { badRequest } from '../refusal.ts'
import { assertMaySend, assertMember, findTarget, type Sending, type Target } from '../world/access.ts'
import type { MessageContent, MessageData } from '../world/data.ts'
import { type Draft, postMessage } from '../world/post.ts'
import type { MethodCall } from './method-call.ts'
import { payRate } from './rate.ts'
import { assertButtons } from './reply-markup.ts'
import { assertTopicOpen, findReplied, findTopic, type SendSyntax } from './send-options.ts'

/** Something to send, after its own parameters were read. */
export interface Parcel {
  sending: Sending
  syntax: SendSyntax
  linkPreview?: LinkPreviewOptions | undefined
  mediaGroupId?: string
  /** Whom forwarded messages name, one for each. */
  origins?: readonly MessageOrigin[]
  /** Trims, measures and fetches: what the server does once it knows the chat. */
  finish: () => MessageContent[]
  /** What it costs in the rate model; by default one for each message. */
  weight?: (contents: readonly MessageContent[]) => number
}

/** Runs the checks in the order of the server, then stores the messages. Answers them in order. */
export async function send(call: MethodCall, parcel: Parcel): Promise<MessageData[]> {
  const { world } = call.environment
  const target = findTarget(world, call.bot, call.parameters.text('chat_id'))
  assertMember(target)
  const topic = findTopic(call.parameters, target)
  const replied = findReplied(world, call.bot, target, parcel.syntax.reply)
  const contents = parcel.finish()
  assertButtons(parcel.syntax.markup)
  const effectId = readEffect(call, target)
  assertMaySend(target, parcel.sending)
  assertTopicOpen(target, topic)
  await payRate(call, target, 'send', parcel.weight?.(contents) ?? contents.length)
  const common = { ...addressOf(call, target), ...lookOf(call, parcel), ...(topic !== undefined && { topic }) }
  const extra = { ...(replied !== undefined && { replyTo: replied.key }), ...(effectId !== '' && { effectId }) }
  return storeAll(call, contents, { ...common, ...extra }, parcel.origins)
}

/** Stores messages of a bot, and tells the record of requests. */
function storeAll(
  call: MethodCall,
  contents: readonly MessageContent[],
  draft: Omit<Draft, 'content'>,
  origins: readonly MessageOrigin[] = [],
): MessageData[] {
  const { world } = call.environment
  const chat = world.chats.get(draft.chatId)
  if (chat !== undefined) chat.lastBot = call.bot.id
  world.actions.delete(`${call.bot.id}/${draft.chatId}`)
  const stored = contents.map((content, index) => {
    const origin = origins[index]
    return postMessage(world, { ...draft, content, ...(origin !== undefined && { forwardOrigin: origin }) })
  })
  call.outcome.stored.push(...stored.map(({ key }) => key))
  return stored
}

/** Where a message of the bot stands, and as whose: a channel's posts show no author. */
function addressOf(call: MethodCall, target: Target): Omit<Draft, 'content'> {
  const channel = target.kind === 'chat' && target.chat.type === 'channel'
  return {
    chatId: target.chatId,
    sentByBot: call.bot.id,
    ...(target.kind === 'private' && { bot: call.bot.id }),
    ...(!channel && { author: call.bot.id }),
  }
}

function lookOf(call: MethodCall, parcel: Parcel): Partial<Draft> {
  const { inline, other } = parcel.syntax.markup
  return {
    silent: call.parameters.flag('disable_notification'),
    protectedContent: call.parameters.flag('protect_content'),
    ...(inline !== undefined && { inlineKeyboard: inline }),
    ...(other !== undefined && { otherKeyboard: other }),
    ...(parcel.linkPreview !== undefined && { linkPreview: parcel.linkPreview }),
    ...(parcel.mediaGroupId !== undefined && { mediaGroupId: parcel.mediaGroupId }),
  }
}

/** Effects are numbers, in private chats only (Bot API, sendMessage). */
function readEffect(call: MethodCall, target: Target): string {
  const effect = call.parameters.text('message_effect_id')
  if (effect !== '' && (target.kind !== 'private' || !/^\d+$/.test(effect))) throw badRequest('EFFECT_ID_INVALID')
  return effect
}
