import type { Clock } from '../domain/clock.ts'
import { Refusal } from '../domain/refusals.ts'
import type { MessageWithAttempts, Records } from '../store/store.ts'

/** One message by its number. Refuses with `not_found` when there is none or it is another's. */
export type GetNumberedMessage = (userId: string, number: number) => Promise<MessageWithAttempts>

export function getNumberedMessage(deps: {
  store: Pick<Records, 'getMessageByNumber'>
  clock: Clock
}): GetNumberedMessage {
  return async (userId, number) => {
    // Beyond what any database counts to there is nothing, and not every engine can be asked for it.
    const message = Number.isSafeInteger(number)
      ? await deps.store.getMessageByNumber(userId, number, deps.clock.now())
      : undefined
    if (!message) throw new Refusal('not_found')
    return message
  }
}
