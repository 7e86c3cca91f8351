import { beginning } from '../domain/activity.ts'
import type { Clock } from '../domain/clock.ts'
import type { DeliveryErrorCode } from '../domain/message.ts'
import type { Records } from '../store/store.ts'

export interface FailureReason {
  code: DeliveryErrorCode
  count: number
  lastMs: number
  /** Of which most were, at most `MOST_BOTS_NAMED`. */
  botIds: string[]
}

/** For operators: why messages did not arrive since then, most first. They are counted by the hour, so the first hour is whole. */
export type ListFailures = (query: {
  sinceMs?: number | null
}) => Promise<{ sinceMs: number; reasons: FailureReason[] }>

/** What is looked back at when nobody says otherwise, in milliseconds: a day. */
const LOOK_BACK_MS = 86_400_000
const MOST_BOTS_NAMED = 5

export function listFailures({ store, clock }: { store: Pick<Records, 'failuresSince'>; clock: Clock }): ListFailures {
  return async ({ sinceMs: asked }) => {
    const sinceMs = Math.max(0, beginning(asked ?? clock.now() - LOOK_BACK_MS, 3_600_000))
    const byCode = Map.groupBy(await store.failuresSince(sinceMs), ({ code }) => code)
    const reasons = [...byCode].map(([code, ofBots]) => ({
      code,
      count: ofBots.reduce((sum, { count }) => sum + count, 0),
      lastMs: Math.max(...ofBots.map(({ lastMs }) => lastMs)),
      botIds: ofBots.slice(0, MOST_BOTS_NAMED).map(({ botId }) => botId),
    }))
    return { sinceMs, reasons: reasons.sort((a, b) => b.count - a.count) }
  }
}
