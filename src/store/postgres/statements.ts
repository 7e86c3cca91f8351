import type { CompiledQuery } from 'kysely'

/** More than the program has; a bound, so that texts that differ each time cannot fill the server's memory. */
const MOST_PREPARED = 400

/** As `pg` takes it. With a name, the server reads and plans its text once for each connection. */
export interface NamedStatement {
  name?: string
  text: string
  values: unknown[]
}

/** Gives names to the texts of the statements that run for every message. */
export class Statements {
  readonly #names = new Map<string, string>()

  named({ sql: text, parameters }: CompiledQuery): NamedStatement {
    const values = storable(parameters)
    const known = this.#names.get(text)
    if (known === undefined && this.#names.size >= MOST_PREPARED) return { text, values }
    const name = known ?? `s${this.#names.size + 1}`
    this.#names.set(text, name)
    return { name, text, values }
  }
}

/** PostgreSQL's text has no U+0000. What we keep has none either; what somebody asks for may. */
export function storable(values: readonly unknown[]): unknown[] {
  return values.map((value) =>
    typeof value === 'string' && value.includes('\u0000') ? value.replaceAll('\u0000', '\uFFFD') : value,
  )
}
