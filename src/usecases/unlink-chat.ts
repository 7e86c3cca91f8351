import type { Clock } from '../domain/clock.ts'
import type { DeliveryMetrics } from '../domain/metrics.ts'
import type { Records } from '../store/store.ts'
import type { Wake } from '../domain/signal.ts'

/** False when the account has no such chat (any more). */
export type UnlinkChat = (input: { userId: string; chatId: string }) => Promise<boolean>

/** Nothing goes to this chat for this account any more; what waits for it ends as failed (`chat_unlinked`). */
export function unlinkChat(deps: {
  store: Pick<Records, 'unlinkChat' | 'getChat'>
  clock: Clock
  /** Tells the dispatcher of the chat that something was taken away, after the commit. Must not throw. Default: nobody is told. */
  lookAgain?: (lane: Wake) => void
  /** Told, after the commit, how many waiting messages ended, and why; for metrics. Must not throw. Default: nobody is told. */
  failed?: DeliveryMetrics['failed']
}): UnlinkChat {
  return async ({ userId, chatId }) => {
    const chat = await deps.store.getChat(userId, chatId)
    const unlinked = await deps.store.unlinkChat(userId, chatId, { nowMs: deps.clock.now() })
    if (unlinked && chat) {
      // In a group, what another account sent may have stood behind it.
      deps.lookAgain?.(chat)
      deps.failed?.(chat.botId, 'chat_unlinked', unlinked.failed)
    }
    return unlinked !== undefined
  }
}
