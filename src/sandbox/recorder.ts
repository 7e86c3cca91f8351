import type { RecordedRequest } from './control-types.ts'

/** The oldest requests are forgotten beyond this. */
const MOST_RECORDS = 100_000

/** Every request to the Bot API, with what became of it. Lives in memory alone. */
export class Recorder {
  #records: RecordedRequest[] = []
  #lastSequence = 0

  /** Answers the record, which the server completes while it works. */
  begin(request: Omit<RecordedRequest, 'sequence' | 'stored' | 'violation'>): RecordedRequest {
    this.#lastSequence += 1
    const record = { ...request, sequence: this.#lastSequence, stored: [], violation: false }
    this.#records.push(record)
    // In steps, because cutting the list for each request would move all of it each time.
    if (this.#records.length > MOST_RECORDS * 1.1) this.#records = this.#records.slice(-MOST_RECORDS)
    return record
  }

  list(): readonly RecordedRequest[] {
    return this.#records
  }

  clear(): void {
    this.#records = []
  }
}
