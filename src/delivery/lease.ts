import type { Clock } from '../domain/clock.ts'
import type { OwnershipTerms } from '../domain/ownership.ts'

/** When something was, by both clocks of the process. */
interface Moment {
  monotonicMs: number
  wallMs: number
}

/**
 * Until when this process may believe that others take it for alive. By its own clocks, from before it asked: so it is over here before
 * it is over in the database. By both of them: the monotonic one stands still while some machines sleep, the other one may be set.
 */
export class Lease {
  readonly #clock: Clock
  readonly #terms: OwnershipTerms
  #since: Moment = { monotonicMs: Number.NEGATIVE_INFINITY, wallMs: Number.NEGATIVE_INFINITY }
  #renewal = Promise.withResolvers<void>()

  constructor({ clock, terms }: { clock: Clock; terms: OwnershipTerms }) {
    this.#clock = clock
    this.#terms = terms
  }

  /** For `renewed`: to be taken before the database is asked. */
  now(): Moment {
    return { monotonicMs: this.#clock.monotonic(), wallMs: this.#clock.now() }
  }

  /** The database has said since that moment that we are alive. */
  renewed(since: Moment): void {
    this.#since = since
    this.#renewal.resolve()
    this.#renewal = Promise.withResolvers()
  }

  /** For how long a call may still be under way, in milliseconds; nothing may begin when it is not above 0. */
  get leftMs(): number {
    const { leaseMs, marginMs } = this.#terms
    const now = this.now()
    const passedMs = Math.max(now.monotonicMs - this.#since.monotonicMs, now.wallMs - this.#since.wallMs)
    return leaseMs - marginMs - passedMs
  }

  get isGood(): boolean {
    return this.leftMs > 0
  }

  /** Resolves when it is good, or with false when `signal` aborts before. */
  async whenGood(signal: AbortSignal): Promise<boolean> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    while (!this.isGood) {
      if (signal.aborted) return false
      await Promise.race([this.#renewal.promise, aborted])
    }
    return !signal.aborted
  }
}
