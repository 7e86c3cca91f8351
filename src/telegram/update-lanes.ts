import type { Update } from '@grammyjs/types'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import { Refusal } from '../domain/refusals.ts'

export interface UpdateLanesDeps {
  /** `isBehind`: more of the same chat wait already, so what takes long and can be left to itself should be. */
  handle(update: Update, isBehind: boolean): Promise<void>
  clock: Clock
  log: Log
}

/** Milliseconds before an update that could not be handled is tried again; after the last of them it is passed over. */
export const RETRY_AFTER_MS: readonly number[] = [1000, 4000, 15_000]

/** While the database is away nothing is passed over: Telegram keeps updates for 24 h (Bot API, "Getting updates"). */
const LONGEST_RETRY_MS = 15_000

/** Updates of one chat that may wait for each other's answers. More than a person has questions, less than a poll brings. */
const MOST_IN_STEP = 5

/** Updates that are remembered after they were handled, because a server may give one twice. */
const REMEMBERED = 1000

/**
 * Handles updates chat by chat: in order within a chat, chats side by side, so that a chat whose answer is slow delays nobody else.
 * Knows what is handled, and so what may be confirmed.
 */
export class UpdateLanes {
  readonly #deps: UpdateLanesDeps
  readonly #stop: AbortSignal
  readonly #lanes = new Map<string, { last: Promise<void>; waiting: number }>()
  readonly #open = new Set<number>()
  readonly #handled = new Set<number>()
  #next: number

  /** `next`: the offset up to which everything was handled before. When `stop` aborts, whatever waits for a retry is left alone. */
  constructor(deps: UpdateLanesDeps, next: number, stop: AbortSignal) {
    this.#deps = deps
    this.#next = next
    this.#stop = stop
  }

  /** Begins with those that were not seen yet, and says how many they are. */
  take(updates: readonly Update[]): number {
    const numbered = updates.filter(({ update_id: id }) => Number.isSafeInteger(id))
    let fresh = 0
    for (const update of numbered) {
      if (this.#open.has(update.update_id) || this.#handled.has(update.update_id)) continue
      fresh += 1
      this.#open.add(update.update_id)
      this.#queue(laneOf(update), update)
    }
    const next = Math.max(...numbered.map(({ update_id: id }) => id)) + 1
    if (fresh > 0 || next > this.#next) this.#next = next
    return fresh
  }

  /**
   * The next offset: everything below it is handled. It may be lower than the one before, because Telegram begins again at a random
   * number when a bot had no updates for a week (Bot API, Update).
   */
  get offset(): number {
    return this.#open.size === 0 ? this.#next : Math.min(...this.#open)
  }

  get isIdle(): boolean {
    return this.#lanes.size === 0
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (!this.isIdle) await Promise.all(Array.from(this.#lanes.values(), ({ last }) => last))
  }

  #queue(name: string, update: Update): void {
    const lane = this.#lanes.get(name) ?? { last: Promise.resolve(), waiting: 0 }
    this.#lanes.set(name, lane)
    lane.waiting++
    const done = lane.last.then(async () => {
      lane.waiting--
      await this.#handle(update, lane)
      if (lane.last === done) this.#lanes.delete(name)
    })
    lane.last = done
  }

  /** Never rejects. An update that is left alone because of a stop stays open, so that it comes again after the next start. */
  async #handle(update: Update, lane: { waiting: number }): Promise<void> {
    for (let tries = 0; !this.#stop.aborted; tries++) {
      try {
        await this.#deps.handle(update, lane.waiting >= MOST_IN_STEP)
        return this.#close(update.update_id)
      } catch (error) {
        const waitMs = isDatabaseAway(error) ? (RETRY_AFTER_MS[tries] ?? LONGEST_RETRY_MS) : RETRY_AFTER_MS[tries]
        const what = { err: error, updateId: update.update_id, tries: tries + 1 }
        if (waitMs === undefined) {
          this.#deps.log.error(what, 'an update could not be handled and is passed over')
          return this.#close(update.update_id)
        }
        this.#deps.log.warn({ ...what, waitMs }, 'an update could not be handled; it is tried again')
        await this.#deps.clock.sleep(waitMs, this.#stop)
      }
    }
  }

  #close(id: number): void {
    this.#open.delete(id)
    this.#handled.add(id)
    if (this.#handled.size <= REMEMBERED) return
    const [oldest] = this.#handled
    if (oldest !== undefined) this.#handled.delete(oldest)
  }
}

export function isDatabaseAway(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'store_unavailable'
}

/** The chat that an update is about, whatever its kind; else the person; else one lane for all the rest. */
export function laneOf(update: Update): string {
  for (const content of Object.values(update) as unknown[]) {
    const part = content as
      | { chat?: HasId; message?: { chat?: HasId } | null; from?: HasId }
      | number
      | null
      | undefined
    if (typeof part !== 'object' || part === null) continue
    const id = part.chat?.id ?? part.message?.chat?.id ?? part.from?.id
    if (typeof id === 'number') return String(id)
  }
  return 'rest'
}
type HasId = { id?: unknown } | null
