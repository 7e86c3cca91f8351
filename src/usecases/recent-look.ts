import type { Clock } from '../domain/clock.ts'

/** What was seen is shown for so long, in milliseconds: pages ask every few seconds, and there may be many. */
const SHOWN_MS = 2000
/** And at most this share of the time is spent on looking: counting takes longer the more there is. */
const LOOKING_SHARE = 0.01

/** The same question for callers who ask often: one look for all who ask within a short time. A look that failed is not shown again. */
export function recentLook<T>(read: () => Promise<T>, clock: Pick<Clock, 'monotonic'>): () => Promise<T> {
  let latest: { seen: Promise<T>; untilMs: number } | undefined

  function look(beganMs: number): Promise<T> {
    const mine = { seen: read(), untilMs: beganMs + SHOWN_MS }
    latest = mine
    const tookMs = (): number => clock.monotonic() - beganMs
    mine.seen.then(
      () => void (mine.untilMs = Math.max(mine.untilMs, beganMs + tookMs() / LOOKING_SHARE)),
      () => void (latest = latest === mine ? undefined : latest),
    )
    return mine.seen
  }

  return () => {
    const nowMs = clock.monotonic()
    return latest && nowMs < latest.untilMs ? latest.seen : look(nowMs)
  }
}
