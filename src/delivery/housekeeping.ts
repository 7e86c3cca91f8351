import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Store } from '../store/store.ts'
import { Rounds } from './rounds.ts'

/** How long an `Idempotency-Key` is remembered, in milliseconds: a caller that repeats a request for a day gets the first answer. */
export const IDEMPOTENCY_KEPT_MS = 24 * 3_600_000

/**
 * How long it is remembered which updates were handled, in milliseconds. Telegram keeps an update for 24 hours (Bot API, "Getting
 * updates"), and gives its number again after a week at the earliest (Bot API, Update).
 */
const UPDATES_KEPT_MS = 48 * 3_600_000

export interface HousekeepingOptions {
  store: Pick<Store, 'deleteExpired'>
  clock: Clock
  log: Log
  /** Milliseconds between two rounds. Default 5 minutes. */
  intervalMs?: number
}

/** Forgets what has expired, every few minutes. A round that fails is tried again with the next one. */
export function housekeeping(options: HousekeepingOptions): Rounds {
  const { store, clock, log, intervalMs = 300_000 } = options
  const round = async (): Promise<number> => {
    const nowMs = clock.now()
    const forgotten = await store.deleteExpired({
      nowMs,
      keysBeforeMs: nowMs - IDEMPOTENCY_KEPT_MS,
      updatesBeforeMs: nowMs - UPDATES_KEPT_MS,
    })
    if (forgotten > 0) log.debug({ forgotten }, 'forgot what had expired')
    return intervalMs
  }
  const complaint = 'could not forget what has expired; trying again later'
  return new Rounds({ name: 'housekeeping', clock, log, round, complaint, pauseMs: intervalMs })
}
