import type { Job, Kinds, Outcome } from './commit-together.ts'

export interface GroupCommitOptions {
  /** Resolves after the commit with as many outcomes as jobs, in their order. */
  commit: (jobs: readonly Job[]) => Promise<readonly Outcome[]>
  /** Pieces of work handed over at once, so that the length of a transaction, and with it everybody's wait, has a bound. */
  maxSize: number
  /**
   * Groups handed over before the first is committed. 1 lets what arrives meanwhile collect here; more is for an engine that collects
   * by itself.
   */
  atOnce: number
  /** True of the error of a whole commit when what waits behind it had better be refused than wait as long again. */
  refusesWaiting?: (error: Error) => boolean
  /** Kinds of work that may be refused so: whoever asked for it can ask again. */
  refusable?: readonly string[]
}

interface Waiting extends Job {
  resolve(value: unknown): void
  reject(error: unknown): void
}

/**
 * Lets work that arrives at the same time share a transaction. The first piece starts one at once; what arrives while it syncs
 * collects, and goes together in the next. So an idle disk costs nobody a wait, and a busy one is used to the full.
 *
 * Work of one kind is done in the order in which it was submitted.
 */
export class GroupCommit<K extends Kinds> {
  readonly #options: GroupCommitOptions
  #waiting: Waiting[] = []
  #isCollecting = false
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  /** Resolves after the commit that holds this work; rejects when it was refused, or when the commit failed. */
  submit<Name extends keyof K & string>(kind: Name, input: K[Name]['input']): Promise<K[Name]['output']> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kind, input, resolve, reject })
      if (this.#waiting.length >= this.#options.maxSize) this.#handOver()
      else this.#collect()
    })
  }

  /** Resolves when everything submitted so far is done. */
  async idle(): Promise<void> {
    while (this.#waiting.length > 0 || this.#underWay.size > 0) {
      this.#handOver()
      await Promise.all(this.#underWay)
    }
  }

  /** What is submitted in the same turn of the event loop goes along: all that the sockets had to say. */
  #collect(): void {
    if (this.#isCollecting) return
    this.#isCollecting = true
    setImmediate(() => {
      this.#isCollecting = false
      this.#handOver()
    })
  }

  #handOver(): void {
    while (this.#waiting.length > 0 && this.#underWay.size < this.#options.atOnce) {
      const committed = this.#commit(this.#waiting.splice(0, this.#options.maxSize)).finally(() => {
        this.#underWay.delete(committed)
        this.#handOver()
      })
      this.#underWay.add(committed)
    }
  }

  /** What waits here was never handed over, so nothing of it can be stored. */
  #refuseWaiting(outcomes: readonly Outcome[]): void {
    const { refusesWaiting, refusable = [] } = this.#options
    const [first] = outcomes
    if (first === undefined || first.ok || !outcomes.every((one) => !one.ok && one.error === first.error)) return
    if (refusesWaiting?.(first.error) !== true) return
    const refused = this.#waiting.filter(({ kind }) => refusable.includes(kind))
    this.#waiting = this.#waiting.filter(({ kind }) => !refusable.includes(kind))
    for (const job of refused) job.reject(first.error)
  }

  async #commit(jobs: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#options.commit(jobs.map(({ kind, input }) => ({ kind, input })))
      this.#refuseWaiting(outcomes)
      for (const [index, job] of jobs.entries()) settle(job, outcomes[index])
    } catch (error) {
      for (const job of jobs) job.reject(error)
    }
  }
}

function settle(job: Waiting, outcome: Outcome | undefined): void {
  if (outcome?.ok) job.resolve(outcome.value)
  else job.reject(outcome?.error ?? new Error(`no outcome for "${job.kind}"`))
}
