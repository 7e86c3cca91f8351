type Queries<Context> = Record<string, (context: Context, ...values: never[]) => Promise<unknown>>

/** The same functions without their first parameter. */
export type Bound<T> = {
  [K in keyof T]: T[K] extends (context: never, ...values: infer Values) => infer Result
    ? (...values: Values) => Result
    : never
}

/** Gives each query its context: `call` says where it comes from, such as a transaction of its own. */
export function bind<Context, T extends Queries<Context>>(
  queries: T,
  call: (work: (context: Context) => Promise<unknown>) => Promise<unknown>,
): Bound<T> {
  const bound = Object.entries(queries).map(([name, query]) => [
    name,
    async (...values: never[]) => await call(async (context) => await query(context, ...values)),
  ])
  return Object.fromEntries(bound) as Bound<T>
}
