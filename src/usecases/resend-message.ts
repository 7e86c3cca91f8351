import type { Clock } from '../domain/clock.ts'
import type { Message } from '../domain/message.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'
import type { Wake } from '../domain/signal.ts'

/**
 * Queues a failed or uncertain message again, at the end of its chat's lane. Refuses with `not_found`, `message_not_resendable` and
 * `chat_not_linked`.
 */
export type ResendMessage = (userId: string, messageId: string) => Promise<Message>

export function resendMessage(deps: {
  store: Pick<Records, 'resendMessage'>
  clock: Clock
  /** Tells the dispatcher of the chat that there is work. Must not throw. */
  wake: (wake: Wake) => void
}): ResendMessage {
  return async (userId, messageId) => {
    const resent = await deps.store.resendMessage(userId, messageId, deps.clock.now())
    if (resent.result === 'queued') {
      deps.wake(resent.wake)
      return resent.message
    }
    throw new Refusal(resent.result === 'not_resendable' ? 'message_not_resendable' : resent.result)
  }
}
