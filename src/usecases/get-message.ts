import type { Clock } from '../domain/clock.ts'
import { Refusal } from '../domain/refusals.ts'
import type { MessageWithAttempts, Records } from '../store/store.ts'

/** One message with its attempts. Refuses with `not_found` when there is none or it is another's. */
export type GetMessage = (userId: string, messageId: string) => Promise<MessageWithAttempts>

export function getMessage(deps: { store: Pick<Records, 'getMessage'>; clock: Clock }): GetMessage {
  return async (userId, messageId) => {
    const message = await deps.store.getMessage(userId, messageId, deps.clock.now())
    if (!message) throw new Refusal('not_found')
    return message
  }
}
