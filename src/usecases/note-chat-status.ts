import { type ChatStatus, CLOSED_MS } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import { DELIVERY_ERRORS } from '../domain/message.ts'
import type { DeliveryMetrics } from '../domain/metrics.ts'
import type { Store } from '../store/store.ts'
import type { Wake } from '../domain/signal.ts'

/** Does nothing for a chat that the bot never had to remember. */
export type NoteChatStatus = (input: {
  botId: string
  telegramChatId: number
  status: ChatStatus
  /** In words, when blocked. */
  reason: string | null
}) => Promise<void>

/**
 * The bot was blocked or removed, or is back. What waits for a chat that is closed ends as failed, as it does when Telegram answers a
 * send with 403; what comes after the return is delivered again without anybody having to link anew.
 */
export function noteChatStatus(deps: {
  store: Pick<Store, 'findPeer' | 'outbox' | 'setPeerStatus'>
  clock: Clock
  /** Told, after the commit, how many waiting messages ended, and why; for metrics. Must not throw. Default: nobody is told. */
  failed?: DeliveryMetrics['failed']
  /** Tells the dispatcher of the chat that something was taken away, after the commit. Must not throw. Default: nobody is told. */
  lookAgain?: (lane: Wake) => void
}): NoteChatStatus {
  return async ({ botId, telegramChatId, status, reason }) => {
    const peer = await deps.store.findPeer(botId, telegramChatId)
    if (!peer) return
    const nowMs = deps.clock.now()
    await deps.store.setPeerStatus(peer.id, status, reason, nowMs, status === 'blocked' ? nowMs + CLOSED_MS : 0)
    if (status === 'active') return
    const error = { code: 'chat_blocked', detail: DELIVERY_ERRORS.chat_blocked } as const
    const count = await deps.store.outbox.failWaiting(peer.id, error, deps.clock.now())
    deps.failed?.(botId, error.code, count)
    deps.lookAgain?.({ botId, peerId: peer.id })
  }
}
