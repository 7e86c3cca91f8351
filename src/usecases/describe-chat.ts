import type { Clock } from '../domain/clock.ts'
import type { Message } from '../domain/message.ts'
import type { Records } from '../store/store.ts'

/** What waits for one linked chat of one account. */
export interface QueueState {
  /** Queued messages, counted up to `COUNTED`. */
  waiting: number
  /** The one that is next; null when nothing waits. */
  next: Message | null
  /** The newest message of all, in whatever state; null when there was none. */
  newest: Message | null
}

/** Nobody needs the number beyond: "more than 200" says it. The most that one page of messages holds. */
export const COUNTED = 200

export type DescribeChat = (link: { userId: string; chatId: string }) => Promise<QueueState>

export function describeChat(deps: { store: Pick<Records, 'listMessages'>; clock: Clock }): DescribeChat {
  return async ({ userId, chatId }) => {
    const nowMs = deps.clock.now()
    const queued = { limit: COUNTED, order: 'asc', nowMs, status: 'queued', chatId } as const
    const waiting = await deps.store.listMessages(userId, queued)
    const [newest = null] = await deps.store.listMessages(userId, { limit: 1, order: 'desc', nowMs, chatId })
    return { waiting: waiting.length, next: waiting[0] ?? null, newest }
  }
}
