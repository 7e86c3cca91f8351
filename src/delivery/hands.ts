/** A call that takes longer no longer counts as one of `concurrency`, in milliseconds: most are answered in a tenth of it. */
const SLOW_MS = 1000

/** What looks after one chat, from the look at its messages to the end of the call. */
export interface Hand {
  /** The call begins now, in milliseconds of the monotonic clock. */
  callBegins(nowMs: number): void
  /** Once; what follows is ignored. */
  free(): void
}

/** Bounds how many calls are under way at once; those that are slow make room for others, up to `mostConcurrency`. */
export class Hands {
  readonly #concurrency: number
  readonly #mostConcurrency: number
  readonly #taken = new Set<Hand>()
  /** When each call under way began. */
  readonly #calls = new Map<Hand, number>()

  constructor({ concurrency, mostConcurrency }: { concurrency: number; mostConcurrency: number }) {
    this.#concurrency = concurrency
    this.#mostConcurrency = Math.max(concurrency, mostConcurrency)
  }

  get taken(): number {
    return this.#taken.size
  }

  isAnyFree(nowMs: number): boolean {
    const slow = this.#calls.values().reduce((sum, sinceMs) => sum + (nowMs - sinceMs >= SLOW_MS ? 1 : 0), 0)
    return this.#taken.size < Math.min(this.#concurrency + slow, this.#mostConcurrency)
  }

  /** When the next call becomes slow; infinite when none will. */
  nextSlowMs(nowMs: number): number {
    const quick = [...this.#calls.values()].filter((sinceMs) => nowMs - sinceMs < SLOW_MS)
    return Math.min(...quick) + SLOW_MS
  }

  take(): Hand {
    const hand: Hand = {
      callBegins: (nowMs) => void this.#calls.set(hand, nowMs),
      free: () => {
        this.#calls.delete(hand)
        this.#taken.delete(hand)
      },
    }
    this.#taken.add(hand)
    return hand
  }
}
