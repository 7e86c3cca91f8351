import type {
  BotReference,
  Delivery,
  MessagesQuery,
  MessageView,
  RecordedRequest,
  RequestsQuery,
} from '../control-types.ts'
import { findMethod } from '../methods/method-table.ts'
import type { MessageData } from '../world/data.ts'
import { messageIdFor } from '../world/messages.ts'
import type { World } from '../world/world.ts'
import { findBot, findChat, findUser } from './lookup.ts'
import { viewMessage } from './views.ts'

/** Messages oldest first: of a private chat, of a chat, of all private chats of a bot or user, or of the world. */
export function listMessages(world: World, query: MessagesQuery): MessageView[] {
  const { after = 0, includeDeleted = false, limit } = query
  const wanted = selectMessages(world, query).filter((message) => {
    return message.key > after && (includeDeleted || message.deletedAtMs === undefined)
  })
  return newest(wanted, limit).map((message) => viewMessage(world, message))
}

export function listRequests(
  world: World,
  records: readonly RecordedRequest[],
  query: RequestsQuery,
): RecordedRequest[] {
  const bot = query.bot === undefined ? undefined : findBot(world, query.bot).id
  const method = query.method === undefined ? undefined : (findMethod(query.method)?.name ?? query.method)
  const wanted = records.filter((record) => {
    return (
      (bot === undefined || record.bot === bot) &&
      (method === undefined || record.method === method) &&
      (query.chat === undefined || record.chatId === String(query.chat)) &&
      record.sequence > (query.after ?? 0)
    )
  })
  return newest(wanted, query.limit).map((record) => ({ ...record }))
}

/** What bots stored in chats, in the order of arrival, with repetitions marked. */
export function listDeliveries(
  world: World,
  records: readonly RecordedRequest[],
  query: { bot?: BotReference; chat?: number },
): Delivery[] {
  const bot = query.bot === undefined ? undefined : findBot(world, query.bot).id
  const earlier = new Map<string, number>()
  return records.flatMap((record) => {
    if (bot !== undefined && record.bot !== bot) return []
    return record.stored.flatMap((key) => {
      const message = world.messages.byKey(key)
      if (message === undefined || (query.chat !== undefined && message.chatId !== query.chat)) return []
      return [describeDelivery(message, record, earlier)]
    })
  })
}

function describeDelivery(message: MessageData, record: RecordedRequest, earlier: Map<string, number>): Delivery {
  const bot = message.sentByBot ?? 0
  const text = originalText(message, record)
  const place = `${bot}/${message.chatId}/${text}`
  const duplicateOf = earlier.get(place)
  if (duplicateOf === undefined) earlier.set(place, message.key)
  return {
    key: message.key,
    bot,
    chatId: message.chatId,
    messageId: messageIdFor(message, bot) ?? 0,
    text,
    atMs: message.atMs,
    request: record.sequence,
    ...(duplicateOf !== undefined && { duplicateOf }),
  }
}

/** As it was delivered, whatever it was edited to since; an album's captions are those of its items. */
function originalText({ content, editDate }: MessageData, record: RecordedRequest): string {
  if (editDate !== undefined && record.parameters.text !== undefined) return record.parameters.text
  if (content.kind === 'text') return content.text
  return 'caption' in content ? content.caption : ''
}

function selectMessages(world: World, query: MessagesQuery): readonly MessageData[] {
  if (query.chat !== undefined) return world.messages.inChat(findChat(world, query.chat).id)
  const bot = query.bot === undefined ? undefined : findBot(world, query.bot).id
  const user = query.user === undefined ? undefined : findUser(world, query.user).id
  if (bot !== undefined && user !== undefined) return world.messages.inPrivateChat(bot, user)
  if (bot === undefined && user === undefined) return world.messages.all()
  return world.messages.all().filter((message) => {
    return (
      message.bot !== undefined && (bot ?? message.bot) === message.bot && (user ?? message.chatId) === message.chatId
    )
  })
}

function newest<Item>(items: readonly Item[], limit: number | undefined): readonly Item[] {
  return limit === undefined ? items : limit <= 0 ? [] : items.slice(-limit)
}
