import type { Principal, Session } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import type { Records } from '../store/store.ts'

/** A script that logs in for each message has thousands; nobody reads more than these. */
export const MOST_SESSIONS_LISTED = 200

export interface ListedSession extends Session {
  /** It is the one that proved the caller. */
  isCurrent: boolean
}

/** The sessions that have not expired, the one that was seen last first; at most `MOST_SESSIONS_LISTED`. */
export type ListSessions = (caller: Principal) => Promise<ListedSession[]>

export function listSessions({ store, clock }: { store: Pick<Records, 'listSessions'>; clock: Clock }): ListSessions {
  return async ({ user, sessionId }) => {
    const found = await store.listSessions(user.id, { limit: MOST_SESSIONS_LISTED, nowMs: clock.now() })
    return found.map((session) => ({ ...session, isCurrent: session.id === sessionId }))
  }
}
