/**
 * Pacing as values: a limit is data, what was sent is data, and "when may the next one go" is a function of both. Times are
 * milliseconds of any one clock.
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
}

/**
 * - Private chat: one a second over time, three together after a pause. Telegram bots FAQ: "avoid sending more than one message per
 *   second"; short bursts pass.
 * - Group: 20 a minute (FAQ), kept as a window because the rule is one, with a second of head room for calls that take longer than
 *   the one before; and one a second as in every chat. Channels have no figure of their own and are treated alike.
 * - Bot: the FAQ's "about 30 messages per second" as never more than 30 in any second: 29 evenly spread, of which one may catch up
 *   for a timer that fired late.
 */
export const DOCUMENTED_LIMITS: PacingLimits = {
  privateChat: [{ kind: 'rate', intervalMs: 1000, burst: 3 }],
  group: [
    { kind: 'rate', intervalMs: 1000, burst: 3 },
    { kind: 'window', count: 20, windowMs: 61_000 },
  ],
  bot: [{ kind: 'rate', intervalMs: 34.5, burst: 2 }],
}

export const NOTHING_SPENT: Spent = []

/** The earliest moment, `nowMs` or later, at which one more may go. */
export function earliestMs(limits: Limits, spent: Spent, nowMs: number): number {
  return limits.reduce((latest, limit, index) => Math.max(latest, allowedMs(limit, spent[index] ?? [], nowMs)), nowMs)
}

/** What is remembered after one went at `atMs`. Always take it, even when it went too early: then the next one waits for it. */
export function spend(limits: Limits, spent: Spent, atMs: number): Spent {
  return limits.map((limit, index) => spendOne(limit, spent[index] ?? [], atMs))
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

function allowedMs(limit: Limit, remembered: readonly number[], nowMs: number): number {
  if (limit.kind === 'window') {
    const times = remembered.filter((time) => time <= nowMs)
    return times.length < limit.count ? nowMs : (times.at(-limit.count) ?? 0) + limit.windowMs
  }
  const tolerance = limit.intervalMs * (limit.burst - 1)
  // A clock that was set back must not make us wait for the time it went: no more than a full bucket is ever owed.
  return Math.min((remembered[0] ?? 0) - tolerance, nowMs + limit.intervalMs)
}

function spendOne(limit: Limit, remembered: readonly number[], atMs: number): readonly number[] {
  if (limit.kind === 'window') return [...remembered.filter((time) => time <= atMs), atMs].slice(-limit.count)
  const owed = Math.min(remembered[0] ?? 0, atMs + limit.intervalMs * limit.burst)
  return [Math.max(owed, atMs) + limit.intervalMs]
}
