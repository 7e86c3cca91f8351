import type { ActivityCounter } from '../domain/activity.ts'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Service } from '../ops/lifecycle.ts'
import type { Store } from '../store/store.ts'
import { Rounds } from './rounds.ts'

export interface ActivityWriterOptions {
  store: Pick<Store, 'addActivity'>
  counter: Pick<ActivityCounter, 'take' | 'putBack'>
  /** Different for each process, and after each start. */
  processId: string
  clock: Clock
  log: Log
  /** Milliseconds between two rounds. Default a minute: what a process that is killed had not written is lost. */
  intervalMs?: number
}

/** Writes down once a minute, and at the stop, what this process did. What could not be written comes with the next round. */
export function activityWriter(options: ActivityWriterOptions): Service {
  const { store, counter, processId, clock, log, intervalMs = 60_000 } = options
  async function write(): Promise<void> {
    const activity = counter.take()
    if (activity.minutes.length === 0) return
    try {
      await store.addActivity(processId, activity)
    } catch (error) {
      counter.putBack(activity)
      throw error
    }
  }

  const complaint = 'could not write down how much was done; trying again later'
  const round = async (): Promise<number> => {
    await write()
    return intervalMs
  }
  const rounds = new Rounds({ name: 'activity', clock, log, round, complaint, pauseMs: intervalMs })
  return {
    name: rounds.name,
    start: () => rounds.start(),
    async stop() {
      await rounds.stop()
      await write().catch((error: unknown) => log.warn({ error }, 'could not write down how much was done at the end'))
    },
  }
}
