import type { MessageData } from './data.ts'
import { isPresent, type World } from './world.ts'

/** A message before the world numbers it. */
export type Draft = Pick<MessageData, 'chatId' | 'content'> & Partial<Omit<MessageData, 'key' | 'ids' | 'atMs'>>

/** Stores a message: gives it its key and, for everyone who counts it, its message_id. */
export function postMessage(world: World, draft: Draft): MessageData {
  const message: MessageData = {
    silent: false,
    protectedContent: false,
    ...draft,
    key: world.messages.nextKey(),
    ids: allocateIds(world, draft),
    atMs: world.clock.now(),
  }
  world.messages.add(message)
  announceChange(world, message)
  return message
}

/** Tells pages and tests that this message is new, edited or deleted. */
export function announceChange(world: World, message: MessageData): void {
  world.changes.emit({
    kind: 'message',
    chatId: message.chatId,
    message: message.key,
    ...(message.bot !== undefined && { bot: message.bot }),
  })
}

/**
 * Private chats and basic groups share one counter per bot account; supergroups and channels have one of their own, the
 * same for all.
 */
function allocateIds(world: World, draft: Draft): Record<string, number> {
  const chat = world.chats.get(draft.chatId)
  if (chat !== undefined && chat.type !== 'group') return { chat: chat.nextMessageId++ }
  const bots = chat === undefined ? [draft.bot] : membersThatCount(chat.members)
  return Object.fromEntries(
    bots.flatMap((id) => {
      const bot = id === undefined ? undefined : world.bots.get(id)
      return bot === undefined ? [] : [[bot.id, bot.nextMessageId++]]
    }),
  )
}

function membersThatCount(members: Record<string, { bot: boolean; status: string }>): number[] {
  return Object.entries(members).flatMap(([id, member]) => {
    return member.bot && isPresent(member.status) ? [Number(id)] : []
  })
}
