/** Does the work of each `who` one after the other, in the order of the calls. */
export function inTurn(): <T>(who: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return async (who, work) => {
    const mine = (last.get(who) ?? Promise.resolve()).then(work)
    const over = mine.catch(() => undefined)
    last.set(who, over)
    try {
      return await mine
    } finally {
      if (last.get(who) === over) last.delete(who)
    }
  }
}
