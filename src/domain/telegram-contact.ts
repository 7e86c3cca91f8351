/** So many calls without an answer in a row are no accident: one is, because the next one mostly gets its answer. */
const SILENT_AFTER = 2

/** What this process hears of Telegram, over all its bots. It is known at once, and forgotten when the process ends. */
export class TelegramContact {
  readonly #now: () => number
  #unanswered = 0
  #reason = ''
  #lastAnswerMs: number | null = null

  constructor(now: () => number) {
    this.#now = now
  }

  /** Also with a no. */
  answered(): void {
    this.#unanswered = 0
    this.#lastAnswerMs = this.#now()
  }

  /** Nobody answered, or somebody who is not Telegram, or its servers said that they are in trouble. */
  unanswered(reason: string): void {
    this.#unanswered += 1
    this.#reason = reason
  }

  /** Null when it answered nothing yet. */
  get lastAnswerMs(): number | null {
    return this.#lastAnswerMs
  }

  /** Why the last calls, each after the other, were not answered; null while they are. */
  get silence(): string | null {
    return this.#unanswered < SILENT_AFTER ? null : this.#reason
  }
}
