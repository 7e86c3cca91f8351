/** Somebody who stands in a line, with what they wait for. Whoever serves the line takes them out of it and gives. */
export interface Waiter<Wish, Given> {
  readonly wish: Wish
  give(given: Given | undefined): void
}

/**
 * Stands in the line until something is given; leaves it and has nothing when `signal` aborts before. `serve` is called once they stand
 * there: it may be their turn already.
 */
export function waitIn<Wish, Given>(
  line: Set<Waiter<Wish, Given>>,
  wish: Wish,
  { signal, serve }: { signal: AbortSignal; serve: () => void },
): Promise<Given | undefined> {
  if (signal.aborted) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const giveUp = (): void => {
      line.delete(waiter)
      resolve(undefined)
    }
    const waiter: Waiter<Wish, Given> = {
      wish,
      give: (given) => {
        signal.removeEventListener('abort', giveUp)
        resolve(given)
      },
    }
    signal.addEventListener('abort', giveUp, { once: true })
    line.add(waiter)
    serve()
  })
}
