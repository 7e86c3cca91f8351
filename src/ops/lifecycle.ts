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

/**
 * Starts in the order given and stops in the reverse order, so what feeds a service always stops before it: HTTP and updates first,
 * then the dispatcher, then the store. `drainMs` is the patience shared by all of them.
 */
export class Lifecycle {
  readonly #services: readonly Service[]
  readonly #drainMs: number
  readonly #started: Service[] = []
  #stopping: Promise<void> | undefined

  constructor(services: readonly Service[], drainMs: number) {
    this.#services = services
    this.#drainMs = drainMs
  }

  /** Rejects with the first failure, after stopping what had started. */
  async start(): Promise<void> {
    for (const service of this.#services) {
      try {
        await service.start()
      } catch (error) {
        await this.stop().catch(() => undefined)
        throw error
      }
      this.#started.push(service)
    }
  }

  /** Idempotent: the second signal, or the second caller, waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    const hard = AbortSignal.timeout(this.#drainMs)
    const errors: unknown[] = []
    for (const service of this.#started.toReversed()) {
      await service.stop(hard).catch((error: unknown) => errors.push(error))
    }
    if (errors.length > 0) throw new AggregateError(errors, 'the stop was not clean')
  }
}
