import type { Clock } from '../domain/clock.ts'
import type { Message } from '../domain/message.ts'
import type { Records } from '../store/store.ts'

/** The newest messages, oldest of them first, of these links between accounts and a chat, and of no other chat or account. */
export type RecentMessages = (links: readonly { userId: string; chatId: string }[], limit: number) => Promise<Message[]>

export function recentMessages(deps: { store: Pick<Records, 'listMessages'>; clock: Clock }): RecentMessages {
  return async (links, limit) => {
    const nowMs = deps.clock.now()
    const pages = await Promise.all(
      links.map(({ userId, chatId }) => deps.store.listMessages(userId, { limit, order: 'desc', nowMs, chatId })),
    )
    const oldestFirst = pages.map((page) => page.toReversed())
    // One account's messages stay in their order of acceptance, also within a millisecond: the sort is stable.
    const merged = pages.length === 1 ? oldestFirst.flat() : oldestFirst.flat().sort(byTime)
    return merged.slice(-limit)
  }
}

function byTime(a: Message, b: Message): number {
  return a.createdAtMs - b.createdAtMs
}
