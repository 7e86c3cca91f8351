import type { Clock } from '../domain/clock.ts'

/**
 * Reads a stored wait of a chat on the monotonic clock. Stored waits matter when they are from before the start; the pacer knows the
 * others, and better than the machine's clock, which may have been set since. So of two readings the sooner one is taken.
 */
export class StoredWaits {
  readonly #clock: Clock
  /** What the machine's clock was ahead of the monotonic one when this began. */
  readonly #aheadMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#aheadMs = aheadMs(clock)
  }

  /** When a wait until `notBeforeMs` of the machine's clock is over, by the monotonic clock. */
  endMs(notBeforeMs: number): number {
    return notBeforeMs - Math.max(this.#aheadMs, aheadMs(this.#clock))
  }
}

function aheadMs(clock: Clock): number {
  return clock.now() - clock.monotonic()
}
