interface Waiting {
  order: number
  go(): void
}

/** One at a time in each lane; of those that wait, the one that is first by `order`. Lanes do not know each other. */
export class LaneTurns {
  readonly #waiting = new Map<string, Waiting[]>()

  /** Resolves when it is one's turn, with what ends it. */
  async take(lane: string, order: number): Promise<() => void> {
    const waiting = this.#waiting.get(lane)
    if (waiting === undefined) this.#waiting.set(lane, [])
    else await new Promise<void>((go) => waiting.push({ order, go }))
    return () => this.#next(lane)
  }

  #next(lane: string): void {
    const waiting = this.#waiting.get(lane) ?? []
    const first = waiting.reduce<Waiting | undefined>((a, b) => (a && a.order <= b.order ? a : b), undefined)
    if (first === undefined) return void this.#waiting.delete(lane)
    waiting.splice(waiting.indexOf(first), 1)
    first.go()
  }
}
