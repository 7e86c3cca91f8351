/**
 * Pacing as values: a limit is data, what was sent is data, and "when may the next one go" is a function of both. Times are
 * milliseconds of any one clock that only goes forward.
 *
 * Telegram's real limits are unknown to anyone outside and move with load; these are its published rules of thumb. They keep us from
 * asking for a 429; a 429 overrules them.
 */
export type Limit =
  /** One each `intervalMs` over time, of which up to `burst` may come together after a pause (GCRA, the leaky bucket as a meter). */
  | { kind: 'rate'; intervalMs: number; burst: number }
  /** At most `count` in any `windowMs`, to the message. */
  | { kind: 'window'; count: number; windowMs: number }

/** The limits that hold together for one chat or one bot. */
export type Limits = readonly Limit[]

/** What the limits remember of what was sent, one entry each: the theoretical arrival time, or the last sending times. */
export type Spent = readonly (readonly number[])[]

export interface PacingLimits {
  privateChat: Limits
  /** Groups, supergroups and channels: every chat whose id is negative. */
  group: Limits
  bot: Limits
  /** Calls under way at once, whoever makes them. */
  inFlight: number
}

/**
 * - Private chat: one a second (Telegram bots FAQ: "avoid sending more than one message per second"), together at most
 *   `privateBurst` after a pause. The FAQ lets short bursts pass and says that they "eventually" meet a 429; so there are none unless
 *   somebody asks for them. `docs/decisions/0004-pacing.md`.
 * - Group: 20 a minute (FAQ), kept as a window because the rule is one, with a second of head room; and a second apart over time, of
 *   which three may come together: the minute bounds them. Channels have no figure of their own and are treated alike.
 * - Bot: the FAQ's "about 30 messages per second": 29 evenly spread, of which one may catch up for a timer that fired late.
 * - Calls under way: however long each takes, what reaches Telegram in any time is at most what left in it, plus those under way at
 *   its begin, plus the one that caught up. With 28 that never fills a bucket of 30 which empties at 30 a second.
 */
export function documentedLimits(privateBurst = 1): PacingLimits {
  return {
    privateChat: [{ kind: 'rate', intervalMs: 1000, burst: privateBurst }],
    group: [
      { kind: 'rate', intervalMs: 1000, burst: 3 },
      { kind: 'window', count: 20, windowMs: 61_000 },
    ],
    bot: [{ kind: 'rate', intervalMs: 34.5, burst: 2 }],
    inFlight: 28,
  }
}

export const DOCUMENTED_LIMITS: PacingLimits = documentedLimits()

export const NOTHING_SPENT: Spent = []

/** The earliest moment, `nowMs` or later, at which one more may go. */
export function earliestMs(limits: Limits, spent: Spent, nowMs: number): number {
  return limits.reduce((latest, limit, index) => Math.max(latest, allowedMs(limit, spent[index] ?? [])), nowMs)
}

/** What is remembered after one went at `atMs`. Always take it, even when it went too early: then the next one waits for it. */
export function spend(limits: Limits, spent: Spent, atMs: number): Spent {
  return limits.map((limit, index) => spendOne(limit, spent[index] ?? [], atMs))
}

/**
 * What to assume when nobody knows what was sent before `nowMs`, because the program was started just now: as much as the limits
 * allow. From then on the even pace of each limit is safe, whatever it was.
 */
export function allSpent(limits: Limits, nowMs: number): Spent {
  return limits.map((limit) => {
    if (limit.kind === 'rate') return [nowMs + limit.intervalMs * limit.burst]
    const { count, windowMs } = limit
    return Array.from({ length: count }, (_, index) => nowMs - windowMs + (windowMs / count) * (index + 1))
  })
}

/** What to assume when all that is known is that one may go at `nowMs`: it may, and those behind it go at the even pace of each limit. */
export function allButOneSpent(limits: Limits, nowMs: number): Spent {
  return allSpent(limits, nowMs).map((remembered, index) => {
    const limit = limits[index]
    // Whole, because thirds of a second do not add up exactly, and at `nowMs` it may.
    return limit?.kind === 'rate' ? [Math.floor(nowMs + limit.intervalMs * (limit.burst - 1))] : remembered.slice(1)
  })
}

/** True when nothing that is remembered delays anything any more, so that it may be forgotten. */
export function isForgettable(limits: Limits, spent: Spent, nowMs: number): boolean {
  return limits.every((limit, index) => {
    const remembered = spent[index] ?? []
    return limit.kind === 'rate'
      ? (remembered[0] ?? 0) <= nowMs
      : remembered.every((time) => time + limit.windowMs <= nowMs)
  })
}

/** The same limits at a part of their pace, `share` between 0 and 1, and with no burst when that is not all of it. */
export function slowedLimits(limits: Limits, share: number): Limits {
  if (share >= 1) return limits
  return limits.map((limit) =>
    limit.kind === 'rate'
      ? { ...limit, intervalMs: limit.intervalMs / share, burst: 1 }
      : { ...limit, count: Math.max(1, Math.floor(limit.count * share)) },
  )
}

function allowedMs(limit: Limit, remembered: readonly number[]): number {
  if (limit.kind === 'window') {
    return remembered.length < limit.count ? 0 : (remembered.at(-limit.count) ?? 0) + limit.windowMs
  }
  return (remembered[0] ?? 0) - limit.intervalMs * (limit.burst - 1)
}

function spendOne(limit: Limit, remembered: readonly number[], atMs: number): readonly number[] {
  if (limit.kind === 'window') return [...remembered, atMs].slice(-limit.count)
  return [Math.max(remembered[0] ?? 0, atMs) + limit.intervalMs]
}
