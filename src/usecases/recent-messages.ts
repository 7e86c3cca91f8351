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
    return pages
      .flat()
      .sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1))
      .slice(-limit)
  }
}
