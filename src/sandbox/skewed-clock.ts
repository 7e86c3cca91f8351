import type { Clock } from '../domain/clock.ts'

/** The injected clock, which a fault can put forward or back. */
export class SkewedClock implements Clock {
  readonly #inner: Clock
  #skewMs = 0

  constructor(inner: Clock) {
    this.#inner = inner
  }

  now(): number {
    return this.#inner.now() + this.#skewMs
  }

  monotonic(): number {
    return this.#inner.monotonic()
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#inner.sleep(ms, signal)
  }

  /** Moves the hands by `ms`, for good. Nobody who sleeps wakes up earlier. */
  skip(ms: number): void {
    this.#skewMs += ms
  }

  /** Moves an injected clock that can be moved; false when it cannot. */
  advance(ms: number): boolean {
    if (!isMovable(this.#inner)) return false
    this.#inner.advance(ms)
    return true
  }

  reset(): void {
    this.#skewMs = 0
  }
}

function isMovable(clock: Clock): clock is Clock & { advance: (ms: number) => void } {
  return 'advance' in clock && typeof clock.advance === 'function'
}
