import type { Clock } from '../../src/domain/clock.ts'

/** Time that moves when the test says so. Starts at a round, recognisable moment. */
export class ManualClock implements Clock {
  #now: number
  readonly #startMs: number
  readonly #sleepers = new Set<{ at: number; wake: () => void }>()

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs
    this.#startMs = startMs
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now - this.#startMs
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const sleeper = {
        at: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper)
          signal?.removeEventListener('abort', sleeper.wake)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', sleeper.wake, { once: true })
    })
  }

  /** How many sleepers wait: a test can see that nothing was forgotten. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  /** Moves time on and wakes whoever is due, earliest first. Does not wait for what they do then. */
  advance(ms: number): void {
    this.#now += ms
    const due = [...this.#sleepers].filter((s) => s.at <= this.#now).sort((a, b) => a.at - b.at)
    for (const sleeper of due) sleeper.wake()
  }

  /** Moves time to the next sleeper's moment, and says by how much; 0 when nobody sleeps. */
  advanceToNext(): number {
    const next = Math.min(...[...this.#sleepers].map((s) => s.at))
    if (!Number.isFinite(next)) return 0
    const ms = Math.max(0, next - this.#now)
    this.advance(ms)
    return ms
  }
}
