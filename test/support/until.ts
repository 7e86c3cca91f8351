/**
 * Looks again and again until there is something to see, and answers with it: anything but false and undefined. Rejects after
 * `patienceMs`, a minute when absent, because the machine may be busy.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  patienceMs = 60_000,
): Promise<Exclude<Awaited<T>, false | undefined>> {
  const patience = AbortSignal.timeout(patienceMs)
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen as Exclude<Awaited<T>, false | undefined>
    if (patience.aborted) throw new Error(`waited ${patienceMs} ms in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
