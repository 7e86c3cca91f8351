import type { Session } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Records } from '../store/store.ts'
import { noteUse } from './note-use.ts'

/** Returns at once, as `noteUse` does. */
export type NoteSessionUse = (session: Pick<Session, 'id' | 'lastSeenMs'>) => void

export function noteSessionUse(deps: { store: Pick<Records, 'touchSession'>; clock: Clock; log: Log }): NoteSessionUse {
  const note = noteUse({ ...deps, touch: (id, nowMs) => deps.store.touchSession(id, nowMs) })
  return ({ id, lastSeenMs }) => note(id, lastSeenMs)
}
