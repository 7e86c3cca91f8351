/** Items by the moment at which they are due, earliest first: a binary heap, so that ten thousand sleepers cost little. */
export class DueQueue<T> {
  readonly #heap: { atMs: number; item: T }[] = []

  get size(): number {
    return this.#heap.length
  }

  /** When the first is due; Infinity when there is none. */
  get nextMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  push(atMs: number, item: T): void {
    this.#heap.push({ atMs, item })
    this.#rise(this.#heap.length - 1)
  }

  /** The first item that is due by now, taken out. */
  shiftDue(nowMs: number): { atMs: number; item: T } | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.atMs > nowMs) return undefined
    const last = this.#heap.pop()
    if (last !== undefined && last !== first) {
      this.#heap[0] = last
      this.#sink()
    }
    return first
  }

  #at(index: number): number {
    return this.#heap[index]?.atMs ?? Number.POSITIVE_INFINITY
  }

  #swap(a: number, b: number): void {
    const [left, right] = [this.#heap[a], this.#heap[b]]
    if (left === undefined || right === undefined) return
    this.#heap[a] = right
    this.#heap[b] = left
  }

  #rise(from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#at(parent) <= this.#at(index)) return
      this.#swap(parent, index)
      index = parent
    }
  }

  #sink(): void {
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const child = this.#at(left + 1) < this.#at(left) ? left + 1 : left
      if (this.#at(index) <= this.#at(child)) return
      this.#swap(index, child)
      index = child
    }
  }
}
