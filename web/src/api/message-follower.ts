import type { Query, QueryClient } from '@tanstack/react-query'
import { letsIn, type Message, type MessageFilter } from './message-filter.ts'
import { putMessage, type RowPage } from './message-rows.ts'
import type { MessageList } from './messages.ts'

/** So often the lists change at most, in milliseconds: a burst of a thousand events is drawn ten times a second. */
const EVERY_MS = 100

/** Keeps every remembered list of messages, and every single one, as the events say; also those that no page shows right now. */
export class MessageFollower {
  readonly #queries: QueryClient
  /** What each list has not seen yet, the newest state of each message. */
  readonly #unseen = new Map<Query, Map<string, Message>>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(queries: QueryClient) {
    this.#queries = queries
  }

  hear(message: Message): void {
    this.#queries.setQueryData(['message', message.id], (old) => old && { ...old, ...message })
    void this.#queries.invalidateQueries({ queryKey: ['message', message.id] })
    for (const list of this.#lists()) {
      const unseen = this.#unseen.get(list) ?? new Map<string, Message>()
      this.#unseen.set(list, unseen.set(message.id, message))
    }
    this.#timer ??= setTimeout(() => this.#put(), EVERY_MS)
  }

  /** Events were missed: each list is asked for anew, from its top. */
  startOver(): void {
    for (const list of this.#lists()) {
      this.#unseen.delete(list)
      if (list.isActive()) void this.#askAgain(list)
      else this.#queries.getQueryCache().remove(list)
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#unseen.clear()
  }

  #lists(): Query[] {
    return this.#queries.getQueryCache().findAll({ queryKey: ['messages'] })
  }

  async #askAgain(list: Query): Promise<void> {
    await list.cancel({ silent: true })
    const old = list.state.data as MessageList | undefined
    if (old !== undefined) list.setData(firstPageOf(old))
    // Whoever shows the list shows what went wrong, too.
    await list.fetch().catch(() => undefined)
  }

  #put(): void {
    this.#timer = undefined
    for (const [list, messages] of this.#unseen) {
      // While a page is on its way: it will be added to the pages as they were when it was asked for.
      if (list.state.fetchStatus === 'fetching') continue
      this.#unseen.delete(list)
      if (list.state.data !== undefined) putAll(list, messages.values())
    }
    if (this.#unseen.size > 0) this.#timer = setTimeout(() => this.#put(), EVERY_MS)
  }
}

function putAll(list: Query, messages: Iterable<Message>): void {
  const old = list.state.data as MessageList
  const filter = (list.queryKey[1] ?? {}) as MessageFilter
  const now = Date.now()
  let pages: readonly RowPage[] = old.pages
  for (const message of messages) pages = putMessage(pages, message, letsIn(filter, message, now))
  if (pages !== old.pages) list.setData({ ...old, pages })
}

function firstPageOf({ pages, pageParams }: MessageList): MessageList {
  return { pages: pages.slice(0, 1), pageParams: pageParams.slice(0, 1) }
}
