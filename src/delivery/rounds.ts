import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Service } from '../ops/lifecycle.ts'

export interface RoundsOptions {
  name: string
  clock: Clock
  log: Log
  /** Answers how long to rest before the next round, in milliseconds. */
  round: () => Promise<number>
  /** What the log says of a round that failed. */
  complaint: string
  /** The rest after a round that failed, in milliseconds. */
  pauseMs: number
}

/** Does one round after the other from the start to the stop, which waits for the round that is under way. */
export class Rounds implements Service {
  readonly name: string
  readonly #options: RoundsOptions
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined

  constructor(options: RoundsOptions) {
    this.name = options.name
    this.#options = options
  }

  async start(): Promise<void> {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) await this.#options.clock.sleep(await this.#round(), signal)
  }

  async #round(): Promise<number> {
    const { round, log, complaint, pauseMs } = this.#options
    try {
      return await round()
    } catch (error) {
      log.warn({ error }, complaint)
      return pauseMs
    }
  }
}
