import type { Update } from '@grammyjs/types'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import { Refusal } from '../domain/refusals.ts'
import { Unsaid } from '../domain/unsaid.ts'

export interface UpdateLanesDeps {
  /**
   * `leave` is there when more of the same chat wait already: it takes an answer that goes out later, for which the next of the chat need
   * not wait.
   */
  handle(update: Update, leave?: (answer: Promise<void>) => void): Promise<void>
  clock: Clock
  log: Log
}

/** Milliseconds before an update that could not be handled is tried again; after the last of them it is passed over. */
export const RETRY_AFTER_MS: readonly number[] = [1000, 4000, 15_000]

/** While the database is away nothing is passed over: Telegram keeps updates for 24 h (Bot API, "Getting updates"). */
const LONGEST_RETRY_MS = 15_000

/** Updates of one chat that may wait for each other's answers. More than a person has questions, less than a poll brings. */
const MOST_IN_STEP = 5

/**
 * Updates that may come after one whose answer has not gone out, until it counts as handled all the same: Telegram gives a hundred at a
 * time (Bot API, getUpdates), and those of a chat that floods the bot must not fill them.
 */
const MOST_AFTER_ANSWER = 50

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
  /** Done, but for answers that nobody waits for; these are open as well. */
  readonly #answering = new Map<number, Promise<void>>()
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
    const open = [...this.#open].filter((id) => !this.#answering.has(id) || this.#next - id <= MOST_AFTER_ANSWER)
    return open.length === 0 ? this.#next : Math.min(...open)
  }

  /** Those at or above this offset that are handled: when it is the next one, they are given again. */
  handledFrom(offset: number): number[] {
    return [...this.#handled].filter((id) => id >= offset)
  }

  get isIdle(): boolean {
    return this.#lanes.size + this.#answering.size === 0
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (!this.isIdle) {
      await Promise.all([...Array.from(this.#lanes.values(), ({ last }) => last), ...this.#answering.values()])
    }
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
        const answers: Promise<boolean>[] = []
        const leave = (answer: Promise<void>): void => void answers.push(this.#isOver(answer, update.update_id))
        await this.#deps.handle(update, lane.waiting >= MOST_IN_STEP ? leave : undefined)
        return answers.length === 0 ? this.#close(update.update_id) : this.#closeLater(update.update_id, answers)
      } catch (error) {
        if (this.#stop.aborted && error instanceof Unsaid) return
        const waitMs = mayGoBetter(error) ? (RETRY_AFTER_MS[tries] ?? LONGEST_RETRY_MS) : RETRY_AFTER_MS[tries]
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

  /** False when a stop came before the answer. */
  async #isOver(answer: Promise<void>, updateId: number): Promise<boolean> {
    try {
      await answer
    } catch (error) {
      if (this.#stop.aborted && error instanceof Unsaid) return false
      this.#deps.log.warn({ err: error, updateId }, 'an answer could not be sent')
    }
    return true
  }

  #closeLater(id: number, answers: readonly Promise<boolean>[]): void {
    const closing = Promise.all(answers).then((all) => {
      this.#answering.delete(id)
      if (all.every(Boolean)) this.#close(id)
    })
    this.#answering.set(id, closing)
  }

  #close(id: number): void {
    this.#open.delete(id)
    this.#handled.add(id)
    if (this.#handled.size <= REMEMBERED) return
    const [oldest] = this.#handled
    if (oldest !== undefined) this.#handled.delete(oldest)
  }
}

/** It is not the update's fault, so it may be handled again as often as it takes. */
export function mayGoBetter(error: unknown): boolean {
  return error instanceof Unsaid || (error instanceof Refusal && error.code === 'store_unavailable')
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
