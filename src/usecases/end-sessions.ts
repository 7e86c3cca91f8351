import type { Principal } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'

/** The session's access token and cookie are dead when this resolves. Refuses with `not_found` when the account has no such session. */
export type EndSession = (input: { userId: string; sessionId: string }) => Promise<void>

/** All of the account's sessions are, but for the one that proved the caller when that is kept. */
export type EndSessions = (caller: Principal, how: { keepCurrent: boolean }) => Promise<void>

export function endSession(deps: { store: Pick<Records, 'deleteSession'> }): EndSession {
  return async ({ userId, sessionId }) => {
    if (!(await deps.store.deleteSession(sessionId, userId))) throw new Refusal('not_found')
  }
}

export function endSessions(deps: { store: Pick<Records, 'deleteSessionsOf'> }): EndSessions {
  return async ({ user, sessionId }, { keepCurrent }) => {
    await deps.store.deleteSessionsOf(user.id, keepCurrent && sessionId ? { exceptId: sessionId } : undefined)
  }
}
