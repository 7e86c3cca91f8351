/** Resolves when `condition` holds, which is looked at between turns of the event loop. Rejects after `deadlineMs` (10 s when absent). */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 10_000,
): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms in vain until ${what}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
