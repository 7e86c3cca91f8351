import type { Clock } from '../domain/clock.ts'
import { believableWaitMs } from '../domain/flood.ts'

/** A wait as it is stored: by the machine's clock as it was when the wait began. */
export interface StoredWait {
  notBeforeMs: number
  heldSinceMs: number
}

/**
 * Reads a stored wait of a chat on the monotonic clock. Stored waits matter when they are from before the start; the pacer knows the
 * others, and better than the machine's clock, which may have been set since. So of several readings the soonest one is taken. One of
 * them needs no clock of the machine: what was stored before the start ends no later than its own length after it.
 */
export class StoredWaits {
  readonly #clock: Clock
  /** What the machine's clock was ahead of the monotonic one when this began. */
  readonly #aheadMs: number
  readonly #startMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startMs = clock.monotonic()
    this.#aheadMs = aheadMs(clock)
  }

  /** When it is over, by the monotonic clock. */
  endMs({ notBeforeMs, heldSinceMs }: StoredWait): number {
    const byClockMs = notBeforeMs - Math.max(this.#aheadMs, aheadMs(this.#clock))
    return Math.min(byClockMs, this.#startMs + believableWaitMs(notBeforeMs - heldSinceMs))
  }
}

function aheadMs(clock: Clock): number {
  return clock.now() - clock.monotonic()
}
