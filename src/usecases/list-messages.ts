import type { Clock } from '../domain/clock.ts'
import type { Message } from '../domain/message.ts'
import type { MessageStatus } from '../domain/message-state.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'

export interface MessagesQuery {
  userId: string
  /** 1 to 200. Default 50. */
  limit?: number
  /** `desc`, newest first, is the default. */
  order?: 'asc' | 'desc'
  /** As the page before gave it: the same order, from there on. */
  cursor?: string
  status?: MessageStatus
  chatId?: string
}
export interface MessagesPage {
  items: Message[]
  /** Null on the last page. */
  nextCursor: string | null
}

/** Part of an account's history. Refuses with `request_invalid` for a cursor that is not from here or belongs to the other order. */
export type ListMessages = (query: MessagesQuery) => Promise<MessagesPage>

export function listMessages(deps: { store: Pick<Records, 'listMessages'>; clock: Clock }): ListMessages {
  return async ({ userId, limit = 50, order = 'desc', cursor, status, chatId }) => {
    const found = await deps.store.listMessages(userId, {
      // One more than asked for tells whether there is a next page.
      limit: limit + 1,
      order,
      nowMs: deps.clock.now(),
      ...(cursor !== undefined && { afterId: readCursor(cursor, order) }),
      ...(status !== undefined && { status }),
      ...(chatId !== undefined && { chatId }),
    })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: found.length > limit && last ? writeCursor(last.id, order) : null }
  }
}

/** Opaque to callers, so that what is in it may change. */
function writeCursor(afterId: string, order: 'asc' | 'desc'): string {
  return Buffer.from(`${order}:${afterId}`).toString('base64url')
}

function readCursor(cursor: string, order: 'asc' | 'desc'): string {
  const [, writtenOrder, afterId] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (afterId !== undefined && writtenOrder === order && writeCursor(afterId, order) === cursor) return afterId
  const what = writtenOrder && writtenOrder !== order ? `belongs to order=${writtenOrder}` : 'is not a cursor from here'
  throw new Refusal('request_invalid', { errors: [{ where: '/query/cursor', what }] })
}
const CURSOR = /^(asc|desc):(msg_[0-9a-z]{26})$/
