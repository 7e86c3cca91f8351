import type { Principal } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'

/** Ends the session that proved the caller: its access token and its cookie. Refuses with `not_found` when no session did. */
export type LogOut = (caller: Principal) => Promise<void>

export function logOut(deps: { store: Pick<Records, 'deleteSession'> }): LogOut {
  return async ({ sessionId }) => {
    if (sessionId === undefined) {
      throw new Refusal('not_found', { detail: 'These credentials are not those of a session.' })
    }
    await deps.store.deleteSession(sessionId)
  }
}
