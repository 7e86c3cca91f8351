import type { Clock } from '../domain/clock.ts'
import { type Message, storableText } from '../domain/message.ts'
import type { MessageStatus } from '../domain/message-state.ts'
import type { MessagePage, MessageSearch, Records } from '../store/store.ts'
import { badCursor, readCursor, writeCursor } from './cursor.ts'
import { inPieces } from './in-pieces.ts'

export interface MessagesQuery extends Search {
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

/** What no index knows: by the time of acceptance, and anywhere in the text, ignoring case. */
type Search = Pick<MessageSearch, 'sinceMs' | 'untilMs' | 'text'>

export interface MessagesPage {
  items: Message[]
  /** Null on the last page. */
  nextCursor: string | null
}

/**
 * Part of an account's history. A search may give a page with fewer messages than asked for, even none, that is not the last.
 *
 * Refuses with `request_invalid` for a cursor that is not from here or belongs to the other order.
 */
export type ListMessages = (query: MessagesQuery) => Promise<MessagesPage>

interface Deps {
  store: Pick<Records, 'listMessages' | 'searchMessages'>
  clock: Clock
}

export function listMessages(deps: Deps): ListMessages {
  return async ({ userId, limit = 50, order = 'desc', cursor, status, chatId, ...search }) => {
    const page = {
      limit,
      order,
      nowMs: deps.clock.now(),
      ...(cursor !== undefined && { afterId: placeIn(cursor, order) }),
      ...(status !== undefined && { status }),
      ...(chatId !== undefined && { chatId }),
    }
    const isSearch = Object.values(search).some((wanted) => wanted !== undefined)
    const { items, afterId } = isSearch
      ? await searched(deps, userId, { ...page, ...search })
      : await listed(deps, userId, page)
    return { items, nextCursor: afterId === undefined ? null : writeCursor(`${order}:${afterId}`) }
  }
}

interface Found {
  items: Message[]
  /** Where the next page begins; undefined when there is none. */
  afterId: string | undefined
}

async function listed({ store }: Deps, userId: string, page: MessagePage): Promise<Found> {
  // One more than asked for tells whether there is a next page.
  return cut(await store.listMessages(userId, { ...page, limit: page.limit + 1 }), page.limit)
}

function cut(found: Message[], limit: number): Found {
  const items = found.slice(0, limit)
  return { items, afterId: found.length > limit ? items.at(-1)?.id : undefined }
}

/** How much of the history a request looks through, so that its answer is not long in coming. */
const MOST_LOOKED_THROUGH = 20_000
const MOST_MS = 500
/** Of a text of 32768 characters, fifty hold up the rest for some ten milliseconds. */
const PIECES = { first: 100, least: 50, most: 4000 }

async function searched(deps: Deps, userId: string, page: Omit<MessageSearch, 'lookThrough'>): Promise<Found> {
  const { store, clock } = deps
  const piece = inPieces(clock, PIECES)
  const untilMs = clock.monotonic() + MOST_MS
  const items: Message[] = []
  const text = page.text === undefined ? {} : { text: storableText(page.text) }
  let { afterId } = page
  for (let left = MOST_LOOKED_THROUGH; left > 0 && clock.monotonic() <= untilMs; ) {
    const from = { ...page, ...text, ...(afterId !== undefined && { afterId }), limit: page.limit + 1 - items.length }
    const { found, lookedThroughId, lookThrough } = await piece(async (size) => {
      const search = { ...from, lookThrough: Math.min(size, left) }
      return { ...(await store.searchMessages(userId, search)), lookThrough: search.lookThrough }
    })
    items.push(...found)
    if (items.length > page.limit || lookedThroughId === undefined) return cut(items, page.limit)
    afterId = lookedThroughId
    left -= lookThrough
  }
  return { items, afterId }
}

function placeIn(cursor: string, order: 'asc' | 'desc'): string {
  const [, writtenOrder, afterId = ''] = readCursor(cursor, PLACE)
  if (writtenOrder !== order) throw badCursor(`belongs to order=${writtenOrder}`)
  return afterId
}
const PLACE = /^(asc|desc):(msg_[0-9a-z]{26})$/
