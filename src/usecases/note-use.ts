import { BoundedMap } from '../domain/bounded-map.ts'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'

/** A person wants to know whether something is still in use; a write for each request would cost more than the request. */
const AT_MOST_EVERY_MS = 60_000

/** The request that used it is answered by then: its own commit did not wait for this one. */
const WRITTEN_AFTER_MS = 250

/** Things whose last write is known here. One that is forgotten is known by its row, so it costs at most a write. */
const MOST_NOTED = 10_000

/**
 * Of what proves people, when it was last used, to the minute. Returns at once: the write follows by itself a moment later, and when it
 * cannot be done the next use tries again. `lastMs`: as its row says; null when it was not used yet.
 */
export function noteUse(deps: {
  touch: (id: string, nowMs: number) => Promise<void>
  clock: Clock
  log: Log
}): (id: string, lastMs: number | null) => void {
  const noted = new BoundedMap<string, number>(MOST_NOTED)
  return (id, lastMs) => {
    const nowMs = deps.clock.now()
    const known = Math.max(lastMs ?? 0, noted.get(id) ?? 0)
    if (nowMs - known < AT_MOST_EVERY_MS) return
    noted.set(id, nowMs)
    const written = deps.clock.sleep(WRITTEN_AFTER_MS).then(() => deps.touch(id, nowMs))
    written.catch((error: unknown) => {
      noted.set(id, lastMs ?? 0)
      deps.log.debug({ err: error, id }, 'the use of credentials could not be noted')
    })
  }
}
