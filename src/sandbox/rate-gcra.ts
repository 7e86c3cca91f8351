/** A limit as the generic cell rate algorithm knows it: one unit each `intervalMs`, and `burst` units at once after a rest. */
export interface RateRule {
  intervalMs: number
  burst: number
}

/**
 * Many buckets of one rule, by key. A bucket is one number: the theoretical arrival time of its next unit, in milliseconds. A
 * bucket that is full again is forgotten, so memory follows the traffic and not the history.
 */
export class Buckets {
  readonly #arrivals = new Map<string, number>()

  /** How long until `weight` units may pass, in milliseconds; 0 is now. More units than the burst pass when it is full. */
  waitMs(key: string, rule: RateRule, weight: number, nowMs: number): number {
    const ahead = Math.max(nowMs, this.#arrivals.get(key) ?? nowMs) - nowMs
    const needed = Math.min(weight, rule.burst) * rule.intervalMs
    // To a tenth of a millisecond: thirds of a second do not add up exactly, and the thirtieth message must still pass.
    return Math.max(0, Math.round((ahead + needed - rule.burst * rule.intervalMs) * 10) / 10)
  }

  /** Takes `weight` units, allowed or not yet: what passes later has been paid for. */
  charge(key: string, rule: RateRule, weight: number, nowMs: number): void {
    if (this.#arrivals.size >= 10_000) this.#forgetFull(nowMs)
    const arrival = Math.max(nowMs, this.#arrivals.get(key) ?? nowMs)
    this.#arrivals.set(key, arrival + weight * rule.intervalMs)
  }

  clear(): void {
    this.#arrivals.clear()
  }

  #forgetFull(nowMs: number): void {
    for (const [key, arrival] of this.#arrivals) if (arrival <= nowMs) this.#arrivals.delete(key)
  }
}
