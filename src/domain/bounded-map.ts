/** A map that forgets what was not used for the longest time when it is full, so that no stranger decides how large it grows. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#entries.size
  }

  /** Counts as a use. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) this.set(key, value)
    return value
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#limit) return
    const oldest = this.#entries.keys().next()
    if (!oldest.done) this.#entries.delete(oldest.value)
  }

  /** Whether an entry fits. Looks at all of them at worst. */
  some(fits: (value: Value, key: Key) => boolean): boolean {
    return this.#entries.entries().some(([key, value]) => fits(value, key))
  }

  /** Forgets every entry that fits. Looks at all of them. */
  deleteWhere(fits: (value: Value) => boolean): void {
    for (const [key, value] of this.#entries) if (fits(value)) this.#entries.delete(key)
  }
}
