import type { ChangeEvent } from '../control-types.ts'

type Listener = (event: ChangeEvent) => void

/** Tells whoever listens that something changed: the page's stream, the world file, tests. */
export class Changes {
  readonly #listeners = new Set<Listener>()
  #revision = 0

  get revision(): number {
    return this.#revision
  }

  emit(event: Omit<ChangeEvent, 'revision'>): void {
    this.#revision += 1
    const numbered = { ...event, revision: this.#revision }
    for (const listener of this.#listeners) listener(numbered)
  }

  /** Answers the function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
