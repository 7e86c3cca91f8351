interface Options<Kind extends string> {
  /** Kinds of work that take turns while both wait. */
  kinds: readonly Kind[]
  /** How many run at the same time. */
  atOnce: number
  /** How many of one kind may wait. */
  mostWaiting: number
  /** What the caller gets when that many wait. */
  refuse: () => Error
}

/** Runs a few pieces of work at a time; the rest waits, within bounds, in one line for each kind. */
export class FairQueue<Kind extends string> {
  readonly #options: Options<Kind>
  readonly #lines: { kind: Kind; waiting: (() => void)[] }[]
  #running = 0

  constructor(options: Options<Kind>) {
    this.#options = options
    this.#lines = options.kinds.map((kind) => ({ kind, waiting: [] }))
  }

  async run<T>(kind: Kind, work: () => Promise<T>): Promise<T> {
    await this.#turn(kind)
    try {
      return await work()
    } finally {
      this.#running--
      this.#startNext()
    }
  }

  #turn(kind: Kind): Promise<void> {
    const line = this.#lines.find((line) => line.kind === kind)
    if (!line || line.waiting.length >= this.#options.mostWaiting) return Promise.reject(this.#options.refuse())
    return new Promise((resolve) => {
      line.waiting.push(resolve)
      this.#startNext()
    })
  }

  /** The line that was served goes to the back, so that no kind waits for the whole line of another. */
  #startNext(): void {
    if (this.#running >= this.#options.atOnce) return
    const line = this.#lines.find(({ waiting }) => waiting.length > 0)
    const start = line?.waiting.shift()
    if (!line || !start) return
    this.#lines.splice(this.#lines.indexOf(line), 1)
    this.#lines.push(line)
    this.#running++
    start()
  }
}
