import type { Clock } from '../domain/clock.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'

/** Takes back a message that still waits. Refuses with `not_found`, or with `message_not_waiting` when it is on its way or done. */
export type CancelMessage = (userId: string, messageId: string) => Promise<void>

export function cancelMessage(deps: { store: Pick<Records, 'cancelMessage'>; clock: Clock }): CancelMessage {
  return async (userId, messageId) => {
    const result = await deps.store.cancelMessage(userId, messageId, deps.clock.now())
    if (result === 'not_found') throw new Refusal('not_found')
    if (result === 'not_waiting') throw new Refusal('message_not_waiting')
  }
}
