import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import { type DeliveryMetrics, NO_METRICS } from '../domain/metrics.ts'
import type { Service } from '../ops/lifecycle.ts'
import type { Store } from '../store/store.ts'

/** Messages in one transaction, so that nobody waits long behind it. */
const BATCH = 200

/** Between two looks at what expires next, in milliseconds: the index answers in microseconds, and a second late is in time. */
const LOOK_EVERY_MS = 1000

/** After a failure of the store, in milliseconds. */
const PAUSE_MS = 5000

export interface ExpiryOptions {
  store: { readonly outbox: Pick<Store['outbox'], 'nextExpiry' | 'expire'> }
  clock: Clock
  log: Log
  /** Default: nothing is counted. */
  metrics?: DeliveryMetrics
}

/**
 * Ends the messages whose time is over, wherever they stand in their lanes and whether or not anything is sent at the moment: a bot that
 * is held expires its messages all the same.
 */
export class Expiry implements Service {
  readonly name = 'expiry'
  readonly #options: ExpiryOptions
  readonly #stopping = new AbortController()
  #rounds: Promise<void> | undefined

  constructor(options: ExpiryOptions) {
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
    const { clock } = this.#options
    while (!this.#stopping.signal.aborted) await clock.sleep(await this.#round(), this.#stopping.signal)
  }

  /** Answers how long to sleep, in milliseconds. */
  async #round(): Promise<number> {
    const { store, clock, log, metrics = NO_METRICS } = this.#options
    try {
      const nextMs = (await store.outbox.nextExpiry()) ?? Number.POSITIVE_INFINITY
      const nowMs = clock.now()
      if (nextMs > nowMs) return Math.min(nextMs - nowMs, LOOK_EVERY_MS)
      for (const { botId, count } of await store.outbox.expire(nowMs, BATCH)) {
        metrics.failed(botId, 'expired', count)
        log.info({ bot: botId, count }, 'messages expired')
      }
      return 0
    } catch (error) {
      log.warn({ error }, 'could not end what has expired; trying again')
      return PAUSE_MS
    }
  }
}
