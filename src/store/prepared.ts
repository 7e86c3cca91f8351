import type { CompiledQuery, Kysely } from 'kysely'
import type { Schema } from './schema.ts'

interface Compilable<Row> {
  compile(): CompiledQuery<Row>
}

/** Stands for a value, or for one of a list, while a query is compiled. */
class Placeholder {
  readonly name: string
  readonly index: number | undefined

  constructor(name: string, index?: number) {
    this.name = name
    this.index = index
  }
}

/**
 * A query that is compiled once and from then on only given its values: for those that run for every message, where the compiler
 * would take longer than the database. `build` sees placeholders instead of values, so it must not look at them, and gets at the places
 * of a list by `places`. What the query's text depends on, such as how long a list is, goes into `shape`.
 */
export function prepared<Values extends object, Row, Shape extends readonly (string | number)[] = []>(
  build: (db: Kysely<Schema>, values: Values, ...shape: Shape) => Compilable<Row>,
): (db: Kysely<Schema>, values: Values, ...shape: Shape) => CompiledQuery<Row> {
  // Each engine compiles in its own way. A transaction shares the adapter of its database.
  const byAdapter = new WeakMap<object, Map<string, CompiledQuery<Row>>>()
  return (db, values, ...shape) => {
    const { adapter } = db.getExecutor()
    const byShape = byAdapter.get(adapter) ?? new Map<string, CompiledQuery<Row>>()
    byAdapter.set(adapter, byShape)
    const key = shape.join()
    const compiled = byShape.get(key) ?? build(db, PLACEHOLDERS as Values, ...shape).compile()
    byShape.set(key, compiled)
    return { ...compiled, parameters: compiled.parameters.map((given) => valueOf(given, values)) }
  }
}

/** The places of a list of values, as many as it will have whenever the query is used in this shape. */
export function places<T>(list: readonly T[], length: number): T[] {
  const { name } = list as unknown as Placeholder
  return Array.from({ length }, (_, index) => new Placeholder(name, index) as T)
}

const PLACEHOLDERS = new Proxy({}, { get: (_, name) => new Placeholder(String(name)) })

function valueOf(given: unknown, values: object): unknown {
  if (!(given instanceof Placeholder)) return given
  const value = (values as Record<string, unknown>)[given.name]
  return given.index === undefined ? value : (value as readonly unknown[])[given.index]
}
