import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import { boundsOf, type MessageFilter } from './message-filter.ts'
import { notIn, type RowPage, rowOf } from './message-rows.ts'

/** As many as the program gives at once. */
const PAGE = 200

/** Looks at a message that still moves once more, should its events not come through. */
const LOOK_AGAIN_MS = 10_000

export function isMoving({ status }: { status: string }): boolean {
  return status === 'queued' || status === 'sending'
}

/** One message with its attempts. Events make it old. */
export function messageQuery(id: string) {
  return queryOptions({
    queryKey: ['message', id],
    queryFn: () => answer(api.GET('/v1/messages/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? LOOK_AGAIN_MS : false),
  })
}

export interface MessageList extends Omit<InfiniteData<RowPage, string | null>, 'pages'> {
  pages: readonly RowPage[]
}

/** The history from new to old. It is asked for once: from then on `MessageFollower` keeps it as events say. */
export function messagesQuery(filter: MessageFilter) {
  return infiniteQueryOptions({
    queryKey: ['messages', filter],
    queryFn: async ({ pageParam, signal, client, queryKey }) => {
      const page = await askPage(filter, pageParam, signal)
      // The first page is the beginning of a new list, whatever was known before.
      const known = pageParam === null ? undefined : client.getQueryData<MessageList>(queryKey)
      return known ? { ...page, rows: notIn(known.pages, page.rows) } : page
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }: RowPage) => nextCursor,
    // Asking again for each of five hundred pages would help nobody.
    staleTime: 'static',
    structuralSharing: false,
  })
}

async function askPage(filter: MessageFilter, cursor: string | null, signal: AbortSignal): Promise<RowPage> {
  const { fromMs, toMs } = boundsOf(filter, Date.now())
  const query = {
    limit: PAGE,
    ...(cursor !== null && { cursor }),
    ...(filter.status && { status: filter.status }),
    ...(filter.chat !== undefined && { chatId: filter.chat }),
    ...(fromMs !== undefined && { since: new Date(fromMs).toISOString() }),
    ...(toMs !== undefined && { until: new Date(toMs).toISOString() }),
    ...(filter.text !== undefined && { text: filter.text }),
  }
  const { items, nextCursor } = await answer(api.GET('/v1/messages', { params: { query }, signal }))
  return { rows: items.map(rowOf), nextCursor }
}
