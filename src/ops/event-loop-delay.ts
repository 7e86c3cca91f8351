import type { Clock } from '../domain/clock.ts'
import type { Service } from './lifecycle.ts'

/** Milliseconds between two looks: ten timers a second cost nothing, and a second of delay is met ten times. */
const LOOK_EVERY_MS = 100

/**
 * Measures by how much a timer comes late because something else has the event loop. `observe` gets each delay, in milliseconds. Counted
 * by us, because what Node measures by itself begins anew with each look at it, and anybody may look.
 */
export function eventLoopDelay(deps: { clock: Clock; observe: (delayMs: number) => void }): Service {
  const { clock, observe } = deps
  const stopping = new AbortController()
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      const dueMs = clock.monotonic() + LOOK_EVERY_MS
      await clock.sleep(LOOK_EVERY_MS, stopping.signal)
      if (!stopping.signal.aborted) observe(Math.max(0, clock.monotonic() - dueMs))
    }
  }

  return {
    name: 'event loop delay',
    async start() {
      looking = look()
    },
    async stop() {
      stopping.abort()
      await looking
    },
  }
}
