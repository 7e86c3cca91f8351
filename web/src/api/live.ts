import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { MessageFollower } from './message-follower.ts'
import type { Schemas } from './schema.d.ts'

/** What the program tells of the account as it happens. */
export type LiveEvent =
  | { kind: 'message'; message: Schemas['Message'] }
  | { kind: 'account'; type: string; data: Record<string, unknown> }

/** `cut`: the connection was lost and is not back yet, so what is seen may be old. */
export type LiveState = 'starting' | 'open' | 'cut'

/** Only one tab of a browser holds the stream: a browser opens no more than six connections to a host over HTTP/1.1. */
const LOCK = 'postrider-live'

/** A browser gives up on a stream that was answered with an error (a restart behind a proxy, say): we come back by ourselves. */
const RETRY_MS = 3000

/**
 * A clock that stood still for so long was asleep. The stream may have died meanwhile without anybody noticing: whoever only listens
 * sends nothing that could fail. Timers of a tab that nobody looks at come once a minute, which is no sleep.
 */
const ASLEEP_MS = 90_000
const LOOK_AT_CLOCK_MS = 10_000

type Listener = (event: LiveEvent) => void

class Live {
  readonly #listeners = new Set<Listener>()
  readonly #watchers = new Set<() => void>()
  #state: LiveState = 'starting'

  get state(): LiveState {
    return this.#state
  }

  setState(state: LiveState): void {
    if (state === this.#state) return
    this.#state = state
    for (const watcher of this.#watchers) watcher()
  }

  tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }
}

const live = new Live()

export function useLiveState(): LiveState {
  return useSyncExternalStore(live.watch, () => live.state)
}

/** Calls `listener` with each event while the component is there. It must be stable (`useCallback`). */
export function useLive(listener: Listener): void {
  useEffect(() => live.listen(listener), [listener])
}

/** Follows the account's events for all pages: what they make old is asked for again. */
export function useLiveUpdates(): void {
  const queries = useQueryClient()
  useEffect(() => {
    const ending = new AbortController()
    const messages = new MessageFollower(queries)
    const stopListening = live.listen((event) => {
      if (event.kind === 'message') messages.hear(event.message)
      else makeOld(queries, event)
    })
    const missed = ({ isLong }: Gap): void => {
      messages.startOver()
      void queries.invalidateQueries({ predicate: ({ queryKey: [about] }) => isLong || ONLY_TOLD.has(String(about)) })
    }
    void follow({ queries, missed }, ending.signal)
    return () => {
      ending.abort()
      stopListening()
      messages.stop()
    }
  }, [queries])
}

/** What nobody asks for again unless an event says so. */
const ONLY_TOLD = new Set(['chats', 'message', 'first-message'])

/** What an event of the account has to do with what was asked before. */
function makeOld(queries: QueryClient, { type }: Extract<LiveEvent, { kind: 'account' }>): void {
  const [about = ''] = type.split('.')
  const keys = OLD_BY[about] ?? [['me'], ['chats'], ['bots'], ['tokens'], ['sessions']]
  for (const queryKey of keys) void queries.invalidateQueries({ queryKey })
}
const OLD_BY: Record<string, readonly (readonly string[])[]> = {
  chat: [['chats']],
  bot: [['bots'], ['chats']],
}

/** What one tab tells the others. `id` is of the last event, so that whoever follows next misses nothing. */
type Told = { event: LiveEvent; id: string } | { state: LiveState } | { missed: Gap }

/** Events may have been missed that will not come any more; `isLong` when it may have been for more than a moment. */
interface Gap {
  isLong: boolean
}

/** Holds the stream, or hears of it from the tab that does. */
async function follow(deps: StreamDeps, signal: AbortSignal): Promise<void> {
  const channel = new BroadcastChannel(LOCK)
  const stream = new Stream(deps, channel)
  channel.addEventListener('message', ({ data }: MessageEvent<Told>) => stream.hear(data))
  signal.addEventListener('abort', () => channel.close())
  // Locks are for pages that came over https or from this machine; elsewhere each tab has a stream of its own.
  if (!navigator.locks) return await stream.hold(signal)
  await navigator.locks
    .request(LOCK, { signal }, () => stream.hold(signal))
    .catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
}

interface StreamDeps {
  queries: QueryClient
  missed: (gap: Gap) => void
}

/** Resolves after so long, or when `signal` aborts: whoever signs in again meanwhile waits for the lock. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(over, ms)
    signal.addEventListener('abort', over)
    function over(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', over)
      resolve()
    }
  })
}

/** Calls `awake` after the machine, or the tab, has slept. Returns what ends the watch. */
function whenAwake(awake: () => void): () => void {
  let seen = Date.now()
  const timer = setInterval(() => {
    const slept = Date.now() - seen > ASLEEP_MS
    seen = Date.now()
    if (slept) awake()
  }, LOOK_AT_CLOCK_MS)
  return () => clearInterval(timer)
}

class Stream {
  readonly #queries: QueryClient
  readonly #missed: StreamDeps['missed']
  readonly #channel: BroadcastChannel
  #lastEventId = ''

  constructor({ queries, missed }: StreamDeps, channel: BroadcastChannel) {
    this.#queries = queries
    this.#missed = missed
    this.#channel = channel
  }

  /** Of the tab that holds the stream. */
  hear(told: Told): void {
    if ('state' in told) return live.setState(told.state)
    if ('missed' in told) return this.#missed(told.missed)
    this.#lastEventId = told.id
    live.tell(told.event)
  }

  /** Resolves when `signal` aborts. */
  async hold(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#connection(signal)
      if (signal.aborted) return
      this.#say('cut')
      // Refused: perhaps the session is over, and whoever asks who is signed in will hear it.
      void this.#queries.invalidateQueries({ queryKey: ['me'] })
      await pause(RETRY_MS, signal)
    }
  }

  /** Resolves when the browser gave it up, or `signal` aborted. It comes back by itself from what is merely cut. */
  #connection(signal: AbortSignal): Promise<void> {
    const source = new EventSource(`/v1/events${this.#lastEventId && `?lastEventId=${this.#lastEventId}`}`)
    source.addEventListener('open', () => this.#opened())
    source.addEventListener('message', (event) => {
      this.#pass({ kind: 'message', message: JSON.parse(event.data) }, event)
    })
    source.addEventListener('account', (event: MessageEvent) => {
      this.#pass({ kind: 'account', ...JSON.parse(event.data) }, event)
    })
    return new Promise((resolve) => {
      const stopWatching = whenAwake(end)
      function end(): void {
        stopWatching()
        window.removeEventListener('offline', end)
        signal.removeEventListener('abort', end)
        source.close()
        resolve()
      }
      source.addEventListener('error', () => {
        if (source.readyState === EventSource.CLOSED) end()
        else this.#say('cut')
      })
      signal.addEventListener('abort', end)
      // A line that went dead in silence is not noticed otherwise before something is to be sent.
      window.addEventListener('offline', end)
    })
  }

  #opened(): void {
    // What happened before the first event of any stream was told to nobody here: between the page's first questions and now, too.
    if (this.#lastEventId === '') this.#miss({ isLong: live.state === 'cut' })
    this.#say('open')
  }

  /** No tab has heard of it. */
  #miss(missed: Gap): void {
    this.#missed(missed)
    this.#share({ missed })
  }

  #pass(event: LiveEvent, { lastEventId: id }: MessageEvent): void {
    this.#lastEventId = id
    live.tell(event)
    this.#share({ event, id })
  }

  #say(state: LiveState): void {
    live.setState(state)
    this.#share({ state })
  }

  /** A channel reaches tabs of this origin alone. */
  #share(told: Told): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the rule takes the channel for a window
    this.#channel.postMessage(told)
  }
}
