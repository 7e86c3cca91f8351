import type { Clock } from '../domain/clock.ts'
import type { Message } from '../domain/message.ts'
import type { Records } from '../store/store.ts'

export interface NumberedQuery {
  userId: string
  /** 1 to 200; more is cut. */
  limit: number
  /** How many to leave out first. Default 0. */
  offset?: number
  order: 'asc' | 'desc'
}
export interface NumberedMessages {
  items: Message[]
  /** Of the whole history. */
  count: number
  /** The limit that was kept. */
  limit: number
}

/** As many as a page of `/v1/messages` may have. */
const MOST = 200

/** Part of an account's history, entered by counting, for interfaces that page so. */
export type ListNumberedMessages = (query: NumberedQuery) => Promise<NumberedMessages>

export function listNumberedMessages(deps: {
  store: Pick<Records, 'countMessages' | 'listMessages'>
  clock: Clock
}): ListNumberedMessages {
  return async ({ userId, limit: wanted, offset = 0, order }) => {
    const limit = Math.min(wanted, MOST)
    const count = await deps.store.countMessages(userId)
    if (offset >= count) return { items: [], count, limit }
    const items = await deps.store.listMessages(userId, { limit, offset, order, nowMs: deps.clock.now() })
    return { items, count, limit }
  }
}
