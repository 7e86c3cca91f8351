import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Service } from '../ops/lifecycle.ts'
import type { Store } from '../store/store.ts'

/** How long an `Idempotency-Key` is remembered, in milliseconds: a caller that repeats a request for a day gets the first answer. */
export const IDEMPOTENCY_KEPT_MS = 24 * 3_600_000

export interface HousekeepingOptions {
  store: Pick<Store, 'deleteExpired'>
  clock: Clock
  log: Log
  /** Milliseconds between two rounds. Default 5 minutes. */
  intervalMs?: number
}

/** Forgets what has expired, every few minutes. A round that fails is tried again with the next one. */
export class Housekeeping implements Service {
  readonly name = 'housekeeping'
  readonly #options: HousekeepingOptions
  readonly #stopping = new AbortController()
  #rounds: Promise<void> | undefined

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#rounds = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#rounds
  }

  async #run(): Promise<void> {
    const { clock, intervalMs = 300_000 } = this.#options
    while (!this.#stopping.signal.aborted) {
      await this.#round()
      await clock.sleep(intervalMs, this.#stopping.signal)
    }
  }

  async #round(): Promise<void> {
    const { store, clock, log } = this.#options
    const nowMs = clock.now()
    try {
      const forgotten = await store.deleteExpired({ nowMs, keysBeforeMs: nowMs - IDEMPOTENCY_KEPT_MS })
      if (forgotten > 0) log.debug({ forgotten }, 'forgot what had expired')
    } catch (error) {
      log.warn({ error }, 'could not forget what has expired; trying again later')
    }
  }
}
