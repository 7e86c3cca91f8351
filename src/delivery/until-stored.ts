import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import { OwnershipLost } from '../domain/ownership.ts'
import { Refusal } from '../domain/refusals.ts'

/** Between two tries of the same write, in milliseconds: soon at first, because a busy database is free again in a moment. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5000

/** How often a write is repeated that fails for a reason which is no refusal: a bug does not go away by waiting. */
const TRIES_AT_A_BUG = 3

export interface UntilStoredDeps {
  clock: Clock
  log: Log
  /** When it aborts, the next failure is the last: whoever reads the database at the next start must cope. */
  cut: AbortSignal
}

/**
 * Repeats a write until the store takes it, because what it says has already happened out there. Writes given to it must be safe to
 * repeat. Rejects with the last error when it was cut, or when the store has a bug; and
 * at once when the bot is another process's by now.
 */
export async function untilStored<T>(what: string, write: () => Promise<T>, deps: UntilStoredDeps): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write()
    } catch (error) {
      if (error instanceof OwnershipLost) throw error
      const isDown = error instanceof Refusal && error.code === 'store_unavailable'
      if (deps.cut.aborted || (!isDown && tries >= TRIES_AT_A_BUG)) throw error
      deps.log.error({ error, what, tries }, 'the database did not take it; trying again')
      await deps.clock.sleep(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS), deps.cut)
    }
  }
}
