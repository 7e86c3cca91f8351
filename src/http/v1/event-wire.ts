import type { FollowEvents } from '../../usecases/follow-events.ts'
import { wireTime } from '../wire.ts'
import { wireMessage } from './message-schemas.ts'

type Change =
  Awaited<ReturnType<Awaited<ReturnType<FollowEvents>>['next']>> extends IteratorResult<readonly (infer C)[], void>
    ? C
    : never

/** A client that lost the connection comes back after 3 s. */
export const RETRY = 'retry: 3000\n\n'

/** A comment: readers skip it, proxies see life. */
export const HEARTBEAT = ': still here\n\n'

export const ACCOUNT_EVENT_EXAMPLE = {
  type: 'chat.linked',
  at: '2026-01-01T00:00:00.000Z',
  data: { chatId: 'cht_01kdvtd8000123456789abcdef' },
}

/** One change as a server-sent event (HTML standard, 9.2). JSON never holds a raw line break, so the data is one line. */
export function eventText(change: Change): string {
  const [event, data] =
    change.kind === 'message'
      ? ['message', wireMessage(change.message)]
      : ['account', { type: change.type, at: wireTime(change.atMs), data: change.data }]
  return `id: ${change.seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
