/**
 * Time as a parameter. Only `ops/` knows the real clock, so that a test can move time by hand and a rule that depends on
 * time can be a row in a table.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. May jump when the machine's clock is corrected. */
  now(): number
  /**
   * Milliseconds of a clock that only goes forward, at an even pace, from a start that means nothing: for how long something takes or
   * has to wait, when the machine's clock may be corrected meanwhile. Not to be stored.
   */
  monotonic(): number
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
