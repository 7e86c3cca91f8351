import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import { type DeliveryMetrics, NO_METRICS } from '../domain/metrics.ts'
import type { Store } from '../store/store.ts'
import { Rounds } from './rounds.ts'

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
export function expiry({ store, clock, log, metrics = NO_METRICS }: ExpiryOptions): Rounds {
  const round = async (): Promise<number> => {
    const nextMs = (await store.outbox.nextExpiry()) ?? Number.POSITIVE_INFINITY
    const nowMs = clock.now()
    if (nextMs > nowMs) return Math.min(nextMs - nowMs, LOOK_EVERY_MS)
    for (const { botId, count } of await store.outbox.expire(nowMs, BATCH)) {
      metrics.failed(botId, 'expired', count)
      log.info({ bot: botId, count }, 'messages expired')
    }
    return 0
  }
  const complaint = 'could not end what has expired; trying again'
  return new Rounds({ name: 'expiry', clock, log, round, complaint, pauseMs: PAUSE_MS })
}
