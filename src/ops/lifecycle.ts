/** A part of the program that runs: a server, a loop, a connection. */
export interface Service {
  readonly name: string
  start(): Promise<void>
  /**
   * Takes no new work and resolves when the work under way is done. When `hard` aborts, work must be cut short at once and left in a
   * state that the next start can pick up. Safe to call twice, and without a start.
   */
  stop(hard: AbortSignal): Promise<void>
}

/** A stop keeps this part of its time, and at most so many milliseconds, for writing down what it cut. */
const WRITING_DOWN_PART = 0.1
const MOST_WRITING_DOWN_MS = 1000

/** When a stop that may take `drainMs` cuts what still runs, in whole milliseconds after its begin: 9 s of 10. */
function cutAfterMs(drainMs: number): number {
  return Math.floor(drainMs - Math.min(drainMs * WRITING_DOWN_PART, MOST_WRITING_DOWN_MS))
}

/**
 * Starts in the order given and stops in the reverse order, so what feeds a service always stops before it: HTTP and updates first,
 * then the dispatcher, then the store. `drainMs` is how long all of them together may take: what still runs shortly before is cut
 * (`cutAfterMs`).
 */
export class Lifecycle {
  readonly #services: readonly Service[]
  readonly #drainMs: number
  readonly #started: Service[] = []
  readonly #cut = new AbortController()
  #starting: Promise<void> = Promise.resolve()
  #stopping: Promise<void> | undefined

  constructor(services: readonly Service[], drainMs: number) {
    this.#services = services
    this.#drainMs = drainMs
  }

  /** Rejects with the first failure, after stopping what had started. A stop that comes meanwhile ends it early. */
  async start(): Promise<void> {
    for (const service of this.#services) {
      if (this.#stopping) return this.#stopping
      try {
        this.#starting = this.#startOne(service)
        await this.#starting
      } catch (error) {
        await this.stop().catch(() => undefined)
        throw error
      }
    }
  }

  /** Idempotent: the second signal, or the second caller, waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  /** Patience is over: the stop under way, or the next one, cuts what still runs. */
  cutShort(): void {
    this.#cut.abort()
  }

  async #startOne(service: Service): Promise<void> {
    await service.start()
    this.#started.push(service)
  }

  async #stopAll(): Promise<void> {
    const hard = AbortSignal.any([AbortSignal.timeout(cutAfterMs(this.#drainMs)), this.#cut.signal])
    const errors: unknown[] = []
    // One that is about to have started has to be stopped too.
    await this.#starting.catch(() => undefined)
    for (const service of this.#started.toReversed()) {
      await service.stop(hard).catch((error: unknown) => errors.push(error))
    }
    if (errors.length > 0) throw new AggregateError(errors, 'the stop was not clean')
  }
}
