import type { Clock } from '../../domain/clock.ts'

/** Two conflicts of a bot within this: the second answer waits so long (Bot API server). */
const CONFLICT_PAUSE_MS = 3_000

export type PollEnd = 'update' | 'timeout' | 'other_poll' | 'set_webhook' | 'gone'

interface PollState {
  previousOffset: number | undefined
  previousStartMs: number
  nextConflictAtMs: number
  end: ((why: PollEnd) => void) | undefined
}

/** Who waits in getUpdates: one per bot, the older one has to go. */
export class LongPolls {
  readonly #clock: Clock
  readonly #states = new Map<number, PollState>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The server's brake on those who ask for the same again and again: the timeout and limit that count. */
  brake(bot: number, asked: { offset: number; limit: number; timeout: number }): { limit: number; timeout: number } {
    const state = this.#state(bot)
    const now = this.#clock.now()
    const sinceMs = state.previousOffset === asked.offset ? now - state.previousStartMs : Number.POSITIVE_INFINITY
    state.previousOffset = asked.offset
    state.previousStartMs = now
    return {
      timeout: sinceMs < 3_000 && asked.timeout < 3 ? 3 : asked.timeout,
      limit: sinceMs < 500 ? 1 : asked.limit,
    }
  }

  /** Waits until `onUpdate` calls back, time is up, or someone else takes over. Ends another poll of the bot first. */
  async wait(
    bot: number,
    timeoutMs: number,
    signal: AbortSignal,
    onUpdate: (listener: () => void) => () => void,
  ): Promise<PollEnd> {
    this.end(bot, 'other_poll')
    const state = this.#state(bot)
    const over = new AbortController()
    const { promise, resolve } = Promise.withResolvers<PollEnd>()
    state.end = resolve
    const stopListening = onUpdate(() => resolve('update'))
    signal.addEventListener('abort', () => resolve('gone'), { once: true })
    void this.#clock.sleep(timeoutMs, over.signal).then(() => resolve('timeout'))
    const why = await promise
    if (state.end === resolve) state.end = undefined
    stopListening()
    over.abort()
    return why
  }

  /** Ends the waiting poll, if there is one. */
  end(bot: number, why: PollEnd): void {
    const state = this.#state(bot)
    state.end?.(why)
    state.end = undefined
  }

  /** Resolves when a 409 may be answered: at once, or 3 s later when another one was just answered. */
  async conflict(bot: number, signal: AbortSignal): Promise<void> {
    const state = this.#state(bot)
    if (this.#clock.now() < state.nextConflictAtMs) return await this.#clock.sleep(CONFLICT_PAUSE_MS, signal)
    state.nextConflictAtMs = this.#clock.now() + CONFLICT_PAUSE_MS
  }

  /** Forgets what was asked before, as when the bot's instance starts anew. */
  forget(bot: number): void {
    this.end(bot, 'gone')
    this.#states.delete(bot)
  }

  #state(bot: number): PollState {
    const existing = this.#states.get(bot)
    if (existing !== undefined) return existing
    const state = { previousOffset: undefined, previousStartMs: 0, nextConflictAtMs: 0, end: undefined }
    this.#states.set(bot, state)
    return state
  }
}
