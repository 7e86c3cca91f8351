import type { Update } from '@grammyjs/types'
import { integerBetween } from '../world/chance.ts'
import type { BotData, QueuedUpdate, UpdateKind, UpdateQueueData } from '../world/data.ts'
import type { World } from '../world/world.ts'

/** Messages, edits and membership changes wait a day (Bot API, "Getting updates"). */
const LIFETIME_MS = 24 * 3_600_000
/** A tap that nobody fetched within this is worthless (Bot API server). */
const CALLBACK_LIFETIME_MS = 150_000
/** After a week without updates the numbers start anew (Bot API, Update). */
const RENUMBER_AFTER_MS = 7 * 24 * 3_600_000
/** Bot API server. */
const MOST_ENTRIES = 100_000
/** An answer is cut at about 4 MiB (Bot API server). */
const MOST_ANSWER_BYTES = 4 * 1_048_576
/** An offset further beyond the end than this counts as none (TDLib's queue). */
const FURTHEST_AHEAD = 10
const FURTHEST_BEHIND = 100_000
/** A bot has to ask for these by name (Bot API, getUpdates). */
const NOT_BY_DEFAULT: readonly UpdateKind[] = ['chat_member', 'message_reaction', 'message_reaction_count']

export type NewUpdate = Omit<Update, 'update_id'>

/** Updates that wait for each bot, until they are confirmed, delivered or too old. */
export class UpdateQueues {
  readonly #world: World
  readonly #listeners = new Map<number, Set<() => void>>()
  /** When the first update of each queue is too old, so that not every look at it has to look at all. */
  readonly #firstExpiryMs = new WeakMap<UpdateQueueData, number>()

  constructor(world: World) {
    this.#world = world
  }

  /** Queues an update, unless the bot did not ask for its kind. Updates of one lane keep their order at a webhook. */
  add(bot: BotData, update: NewUpdate, kind: UpdateKind, lane: string): void {
    const waiting = this.pending(bot).length
    const queue = bot.updates
    if (!isAllowed(bot, kind) || waiting >= MOST_ENTRIES) return
    const now = this.#world.clock.now()
    if (waiting === 0 && now - queue.lastAddedAtMs > RENUMBER_AFTER_MS) {
      queue.nextId = firstUpdateId(this.#world)
    }
    const lifetime = kind === 'callback_query' ? CALLBACK_LIFETIME_MS : LIFETIME_MS
    const expiresAtMs = now + lifetime
    queue.entries.push({ update: { update_id: queue.nextId, ...update }, kind, lane, expiresAtMs })
    this.#firstExpiryMs.set(queue, Math.min(expiresAtMs, this.#firstExpiryMs.get(queue) ?? expiresAtMs))
    queue.nextId += 1
    queue.lastAddedAtMs = now
    this.#world.changes.emit({ kind: 'update', bot: bot.id })
    for (const listener of this.#listeners.get(bot.id) ?? []) listener()
  }

  /** What waits and is not too old, oldest first. */
  pending(bot: BotData): QueuedUpdate[] {
    const now = this.#world.clock.now()
    const queue = bot.updates
    if (now < (this.#firstExpiryMs.get(queue) ?? 0)) return queue.entries
    queue.entries = queue.entries.filter((entry) => entry.expiresAtMs > now)
    const expiries = queue.entries.map(({ expiresAtMs }) => expiresAtMs)
    this.#firstExpiryMs.set(
      queue,
      expiries.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY),
    )
    return queue.entries
  }

  /** What getUpdates answers; confirms by deleting what is before a positive offset, or all but the last −offset. */
  take(bot: BotData, offset: number, limit: number): Update[] {
    const waiting = this.pending(bot)
    const confirmed = confirmedBy(offset, waiting, bot.updates.nextId)
    if (confirmed > 0) {
      bot.updates.entries = waiting.slice(confirmed)
      this.#world.changes.emit({ kind: 'update', bot: bot.id })
    }
    return cutToSize(bot.updates.entries.slice(0, limit).map((entry) => entry.update))
  }

  remove(bot: BotData, entry: QueuedUpdate): void {
    bot.updates.entries = bot.updates.entries.filter((other) => other !== entry)
    this.#world.changes.emit({ kind: 'update', bot: bot.id })
  }

  clear(bot: BotData): void {
    bot.updates.entries = []
    this.#world.changes.emit({ kind: 'update', bot: bot.id })
  }

  /** Hears each new update of a bot. Answers the function that ends it. */
  onAdd(bot: number, listener: () => void): () => void {
    const listeners = this.#listeners.get(bot) ?? new Set()
    this.#listeners.set(bot, listeners)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
}

/** Update numbers begin at a random positive one. */
export function firstUpdateId(world: World): number {
  return integerBetween(world.random, 100_000_000, 999_999_999)
}

function isAllowed(bot: BotData, kind: UpdateKind): boolean {
  return bot.updates.allowed?.includes(kind) ?? !NOT_BY_DEFAULT.includes(kind)
}

/** How many of the waiting updates this offset confirms. */
function confirmedBy(offset: number, waiting: readonly QueuedUpdate[], nextId: number): number {
  if (offset < 0) return Math.max(0, waiting.length + offset)
  const head = waiting[0]?.update.update_id ?? nextId
  if (offset === 0 || offset > nextId + FURTHEST_AHEAD || offset < head - FURTHEST_BEHIND) return 0
  return waiting.filter((entry) => entry.update.update_id < offset).length
}

function cutToSize(updates: Update[]): Update[] {
  let bytes = 0
  const fitting = updates.findIndex((update) => {
    bytes += Buffer.byteLength(JSON.stringify(update))
    return bytes > MOST_ANSWER_BYTES
  })
  return fitting < 0 ? updates : updates.slice(0, Math.max(1, fitting))
}
