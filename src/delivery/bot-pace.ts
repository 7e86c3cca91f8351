import { halved, type Recovery, recoveredPerSecond } from '../domain/flood.ts'
import {
  allSpent,
  earliestMs,
  type Limits,
  type PacingLimits,
  type Spent,
  slowedLimits,
  spend,
} from '../domain/pacing.ts'

/** One call of the bot, from its leave to its end. */
export interface BotCall {
  readonly startedMs: number
  /** Made alone, to learn whether a wait of the bot is over, or whether a 429 meant more than its chat. */
  readonly isProbe: boolean
  /** What was spent before it and with it, in case that it is never made. */
  readonly before: Spent
  readonly after: Spent
}

/** A call that only asks whether there is a wait that nobody told us of does not keep the others waiting for longer than this, in milliseconds. */
const PATIENCE_MS = 1000

/**
 * What all calls of a bot share: its pace, how many are under way, and its waits. After a wait of the whole bot one call alone probes,
 * and the pace begins at half and grows step by step. After a 429 that may have meant the bot or only its chat, calls go one at a time
 * until one was taken: if it meant the bot, one call walks into it and no more. The same at the start, because the process before may
 * have ended in the midst of that. Times are of the monotonic clock.
 */
export class BotPace {
  readonly #limits: PacingLimits
  readonly #fullPerSecond: number
  #spent: Spent
  #notBeforeMs = 0
  #doubt: 'none' | 'after_wait' | 'at_start_or_after_429' = 'at_start_or_after_429'
  #probe: BotCall | undefined
  #refusedProbes = 0
  #inFlight = 0
  #recovery: Recovery | undefined

  /** Nobody knows what left before `sinceMs`. */
  constructor(limits: PacingLimits, sinceMs: number) {
    this.#limits = limits
    this.#fullPerSecond = perSecond(limits.bot)
    this.#spent = allSpent(limits.bot, sinceMs)
  }

  /** When the next call may leave; Infinity while another must end first. */
  readyMs(nowMs: number): number {
    return Math.max(this.#notBeforeMs, earliestMs(this.#limitsAt(nowMs), this.#spent, nowMs), this.#roomMs(nowMs))
  }

  begin(nowMs: number): BotCall {
    const before = this.#spent
    const after = spend(this.#limitsAt(nowMs), before, nowMs)
    const call = { startedMs: nowMs, isProbe: this.#doubt !== 'none', before, after }
    this.#inFlight++
    this.#spent = after
    if (call.isProbe) this.#probe = call
    return call
  }

  /** `taken`: Telegram answered, and not with 429. */
  end(call: BotCall, taken: boolean): void {
    this.#inFlight--
    if (this.#probe === call) this.#probe = undefined
    // A call that left before the wait was known says nothing about whether the wait is over.
    if (!taken || !call.isProbe || call.startedMs < this.#notBeforeMs) return
    this.#doubt = 'none'
    this.#refusedProbes = 0
  }

  /** It was never made. What it would have cost is free again, unless others have begun since. */
  giveBack(call: BotCall): void {
    this.end(call, false)
    if (this.#spent === call.after) this.#spent = call.before
  }

  /** A 429, whatever it meant. Answers how many probes after waits of the bot were refused in a row; 0 when this was none. */
  throttled(call: BotCall): number {
    const wasAfterWait = call.isProbe && this.#doubt === 'after_wait' && call.startedMs >= this.#notBeforeMs
    if (this.#doubt === 'none') this.#doubt = 'at_start_or_after_429'
    return wasAfterWait ? ++this.#refusedProbes : 0
  }

  /** Nothing leaves before `untilMs`. What else comes in before then is of the same incident, and costs the pace nothing more. */
  hold(untilMs: number, nowMs: number): void {
    const isNew = nowMs >= this.#notBeforeMs
    const until = Math.max(this.#notBeforeMs, untilMs)
    if (isNew) this.#recovery = halved(this.#recovery, this.#fullPerSecond, { nowMs, untilMs: until })
    else if (this.#recovery !== undefined) this.#recovery = { ...this.#recovery, sinceMs: until }
    this.#notBeforeMs = until
    this.#doubt = 'after_wait'
  }

  #roomMs(nowMs: number): number {
    if (this.#doubt === 'none' || this.#probe === undefined) {
      return this.#inFlight < this.#limits.inFlight ? nowMs : Number.POSITIVE_INFINITY
    }
    return this.#doubt === 'at_start_or_after_429' ? this.#probe.startedMs + PATIENCE_MS : Number.POSITIVE_INFINITY
  }

  #limitsAt(nowMs: number): Limits {
    if (this.#recovery === undefined) return this.#limits.bot
    const now = recoveredPerSecond(this.#recovery, this.#fullPerSecond, nowMs)
    if (now >= this.#fullPerSecond) this.#recovery = undefined
    return slowedLimits(this.#limits.bot, now / this.#fullPerSecond)
  }
}

function perSecond(limits: Limits): number {
  return Math.min(...limits.map((limit) => (limit.kind === 'rate' ? 1000 / limit.intervalMs : Infinity)))
}
