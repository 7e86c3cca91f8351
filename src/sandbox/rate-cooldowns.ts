/** After so long without a violation a scope's strikes are forgotten. */
const CLEAN_MS = 10 * 60_000

interface Cooldown {
  deadlineMs: number
  /** The `retry_after` that opened it. */
  originalSeconds: number
}

interface Strikes {
  count: number
  lastMs: number
}

/**
 * The windows that follow a 429. While one runs, everything in its scope is refused, even when the bucket has refilled; and each
 * request into it makes it longer. Telegram publishes no figures; this is deliberately harsher than what people report
 * (grammY, "Scaling up IV: flood limits"; github.com/tdlib/telegram-bot-api issue 535).
 */
export class Cooldowns {
  readonly #running = new Map<string, Cooldown>()
  readonly #strikes = new Map<string, Strikes>()

  /** Milliseconds until the scope is free; 0 when it is. */
  remainingMs(scope: string, nowMs: number): number {
    return Math.max(0, (this.#running.get(scope)?.deadlineMs ?? nowMs) - nowMs)
  }

  open(scope: string, seconds: number, nowMs: number): void {
    this.#running.set(scope, { deadlineMs: nowMs + seconds * 1000, originalSeconds: seconds })
  }

  /**
   * A request into a running cooldown: the k-th strike (from 0) adds the original wait times 2^k. Neither that addition nor what
   * is left of the cooldown then exceeds `capSeconds`, unless more was left already.
   */
  violate(scope: string, capSeconds: number, nowMs: number): void {
    const cooldown = this.#running.get(scope)
    if (!cooldown) return
    const strikes = this.#recentStrikes(scope, nowMs)
    const addedMs = Math.min(capSeconds, cooldown.originalSeconds * 2 ** strikes) * 1000
    const latestMs = Math.max(cooldown.deadlineMs, nowMs + capSeconds * 1000)
    cooldown.deadlineMs = Math.min(latestMs, cooldown.deadlineMs + addedMs)
    this.#strikes.set(scope, { count: strikes + 1, lastMs: nowMs })
  }

  /** Every running cooldown whose scope begins so, with its end. */
  running(prefix: string, nowMs: number): { scope: string; deadlineMs: number }[] {
    return [...this.#running]
      .filter(([scope, { deadlineMs }]) => scope.startsWith(prefix) && deadlineMs > nowMs)
      .map(([scope, { deadlineMs }]) => ({ scope, deadlineMs }))
  }

  clear(): void {
    this.#running.clear()
    this.#strikes.clear()
  }

  #recentStrikes(scope: string, nowMs: number): number {
    const strikes = this.#strikes.get(scope)
    return strikes && nowMs - strikes.lastMs < CLEAN_MS ? strikes.count : 0
  }
}
