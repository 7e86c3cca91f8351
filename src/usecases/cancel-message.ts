import type { Clock } from '../domain/clock.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'
import type { Wake } from '../domain/signal.ts'

/** Takes back a message that still waits. Refuses with `not_found`, or with `message_not_waiting` when it is on its way or done. */
export type CancelMessage = (userId: string, messageId: string) => Promise<void>

export function cancelMessage(deps: {
  store: Pick<Records, 'cancelMessage' | 'getMessage' | 'getChat'>
  clock: Clock
  /** Tells the dispatcher of the chat that something was taken away, after the commit. Must not throw. Default: nobody is told. */
  lookAgain?: (lane: Wake) => void
}): CancelMessage {
  return async (userId, messageId) => {
    const result = await deps.store.cancelMessage(userId, messageId, deps.clock.now())
    if (result === 'not_found') throw new Refusal('not_found')
    if (result === 'not_waiting') throw new Refusal('message_not_waiting')
    await tell(deps, userId, messageId)
  }
}

/** What stood behind it may have slept because of it. The message is taken back already, whatever happens here. */
async function tell(
  { store, clock, lookAgain }: Parameters<typeof cancelMessage>[0],
  userId: string,
  messageId: string,
): Promise<void> {
  if (lookAgain === undefined) return
  try {
    const message = await store.getMessage(userId, messageId, clock.now())
    const chat = message && (await store.getChat(userId, message.chatId))
    if (chat) lookAgain(chat)
  } catch {
    // The chat looks again by itself within a minute.
  }
}
