/** What became of one piece of work in a transaction that was committed. A refusal is its own affair: its neighbours stand. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: Error }

/** For each kind of work, what goes in and what comes out. */
export type Kinds = Record<string, { input: unknown; output: unknown }>

/** Does all work of one kind at once; as many outcomes as inputs, in their order. */
export type Handlers<Context, K extends Kinds> = {
  readonly [Name in keyof K]: (
    context: Context,
    inputs: readonly K[Name]['input'][],
  ) => Promise<readonly Outcome<K[Name]['output']>[]>
}

export interface GroupCommitOptions<Context, K extends Kinds> {
  /** Runs in one transaction; resolves after the commit. */
  transaction: <T>(work: (context: Context) => Promise<T>) => Promise<T>
  /** In this order within a transaction. */
  handlers: Handlers<Context, K>
  /** Pieces of work in one transaction, so that its length, and with it everybody's wait, has a bound. */
  maxSize: number
  /** True when a failed transaction may be one piece's fault: each is then tried alone, so that it fails alone. */
  mayBeOnesFault: (error: unknown) => boolean
  /** Told how many pieces of work were in each commit. */
  onCommit?: (size: number) => void
}

interface Job {
  kind: string
  input: unknown
  resolve(value: unknown): void
  reject(error: unknown): void
}

/**
 * Lets work that arrives at the same time share a transaction. The first piece starts one at once; what arrives while it syncs
 * collects, and goes together in the next. So an idle disk costs nobody a wait, and a busy one is used to the full.
 *
 * Work of one kind is done in the order in which it was submitted.
 */
export class GroupCommit<Context, K extends Kinds> {
  readonly #options: GroupCommitOptions<Context, K>
  #waiting: Job[] = []
  #running: Promise<void> | undefined

  constructor(options: GroupCommitOptions<Context, K>) {
    this.#options = options
  }

  /** Resolves after the commit that holds this work; rejects when it was refused, or when the commit failed. */
  submit<Name extends keyof K & string>(kind: Name, input: K[Name]['input']): Promise<K[Name]['output']> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kind, input, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when everything submitted so far is done. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // What is submitted in the same breath goes along.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, this.#options.maxSize))
    this.#running = undefined
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    try {
      const outcomes = await this.#options.transaction((context) => this.#perform(context, jobs))
      this.#options.onCommit?.(jobs.length)
      for (const [job, outcome] of outcomes) {
        if (outcome.ok) job.resolve(outcome.value)
        else job.reject(outcome.error)
      }
    } catch (error) {
      if (jobs.length > 1 && this.#options.mayBeOnesFault(error)) for (const job of jobs) await this.#commit([job])
      else for (const job of jobs) job.reject(error)
    }
  }

  async #perform(context: Context, jobs: readonly Job[]): Promise<Map<Job, Outcome<unknown>>> {
    const outcomes = new Map<Job, Outcome<unknown>>()
    for (const [kind, handle] of Object.entries(this.#options.handlers)) {
      const ofKind = jobs.filter((job) => job.kind === kind)
      if (ofKind.length === 0) continue
      const results = await handle(
        context,
        ofKind.map((job) => job.input),
      )
      for (const [index, job] of ofKind.entries()) {
        outcomes.set(job, results[index] ?? { ok: false, error: new Error(`no outcome for "${kind}"`) })
      }
    }
    return outcomes
  }
}
