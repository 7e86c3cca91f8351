import type { ApiToken } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Records } from '../store/store.ts'
import { BoundedMap } from '../domain/bounded-map.ts'

/** A person wants to know whether a token is still in use; a write for each request would cost more than the request. */
const AT_MOST_EVERY_MS = 60_000

/** The request that used the token is answered by then: its own commit did not wait for this one. */
const WRITTEN_AFTER_MS = 250

/** Tokens whose last write is known here. One that is forgotten is known by its row, so it costs at most a write. */
const MOST_NOTED = 10_000

/** Returns at once. The write follows by itself a moment later, and when it cannot be done the next use tries again. */
export type NoteTokenUse = (token: Pick<ApiToken, 'id' | 'lastUsedAtMs'>) => void

export function noteTokenUse(deps: { store: Pick<Records, 'touchApiToken'>; clock: Clock; log: Log }): NoteTokenUse {
  const noted = new BoundedMap<string, number>(MOST_NOTED)
  return ({ id, lastUsedAtMs }) => {
    const nowMs = deps.clock.now()
    const lastMs = Math.max(lastUsedAtMs ?? 0, noted.get(id) ?? 0)
    if (nowMs - lastMs < AT_MOST_EVERY_MS) return
    noted.set(id, nowMs)
    const written = deps.clock.sleep(WRITTEN_AFTER_MS).then(() => deps.store.touchApiToken(id, nowMs))
    written.catch((error: unknown) => {
      noted.set(id, lastUsedAtMs ?? 0)
      deps.log.debug({ err: error, tokenId: id }, 'the use of an API token could not be noted')
    })
  }
}
