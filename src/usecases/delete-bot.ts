import type { Clock } from '../domain/clock.ts'
import type { DeliveryMetrics } from '../domain/metrics.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Store } from '../store/store.ts'

/**
 * The bot is gone with its chats. What waits for it ends as failed (`bot_deleted`), what is on its way as uncertain; both stay in the
 * history. Refuses with `not_found` when the account has no such bot.
 */
export type DeleteBot = (input: { userId: string; botId: string }) => Promise<void>

export function deleteBot(deps: {
  store: Pick<Store, 'deleteBot' | 'signal'>
  clock: Clock
  /** Told, after the commit, how many messages ended, and why; for metrics. Must not throw. Default: nobody is told. */
  failed?: DeliveryMetrics['failed']
}): DeleteBot {
  return async ({ userId, botId }) => {
    const deleted = await deps.store.deleteBot(userId, botId, deps.clock.now())
    if (!deleted) throw new Refusal('not_found')
    deps.store.signal({ kind: 'bot_changed', botId })
    deps.failed?.(botId, 'bot_deleted', deleted.failed)
    deps.failed?.(botId, 'outcome_unknown', deleted.lost)
  }
}
