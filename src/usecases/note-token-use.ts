import type { ApiToken } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Records } from '../store/store.ts'
import { noteUse } from './note-use.ts'

/** Returns at once, as `noteUse` does. */
export type NoteTokenUse = (token: Pick<ApiToken, 'id' | 'lastUsedAtMs'>) => void

export function noteTokenUse(deps: { store: Pick<Records, 'touchApiToken'>; clock: Clock; log: Log }): NoteTokenUse {
  const note = noteUse({ ...deps, touch: (id, nowMs) => deps.store.touchApiToken(id, nowMs) })
  return ({ id, lastUsedAtMs }) => note(id, lastUsedAtMs)
}
