import type { Clock } from './clock.ts'

/** Rings once, at the earliest of the moments for which it was set since it last rang. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #next: { atMs: number; cancel: AbortController } | undefined

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** `atMs`: by the monotonic clock; infinite for no moment at all, and one that is over rings at once. */
  set(atMs: number): void {
    if (atMs === Number.POSITIVE_INFINITY || (this.#next !== undefined && this.#next.atMs <= atMs)) return
    this.cancel()
    const next = { atMs, cancel: new AbortController() }
    this.#next = next
    const inMs = Math.max(0, Math.ceil(atMs - this.#clock.monotonic()))
    void this.#clock.sleep(inMs, next.cancel.signal).then(() => {
      if (this.#next !== next) return
      this.#next = undefined
      this.#ring()
    })
  }

  cancel(): void {
    this.#next?.cancel.abort()
    this.#next = undefined
  }
}
