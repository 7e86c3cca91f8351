import { Alarm } from '../domain/alarm.ts'
import { BoundedMap } from '../domain/bounded-map.ts'
import type { Clock } from '../domain/clock.ts'
import { SAME_MOMENT_MS } from '../domain/flood.ts'
import { type Waiter, waitIn } from '../domain/waiting-line.ts'
import { allButOneSpent, earliestMs, type Limits, NOTHING_SPENT, type Spent, spend } from '../domain/pacing.ts'

/**
 * Who goes first when several wait: `soon`, where a person waits for it; `normal`; `late`, a token that Telegram refused before and
 * would count again.
 */
export type EntranceUrgency = 'soon' | 'normal' | 'late'

const ORDER: Readonly<Record<EntranceUrgency, number>> = { soon: 0, normal: 1, late: 2 }

export interface Knock {
  /** May be changed while it waits. */
  urgency: EntranceUrgency
  /** Telegram answered to this token before this process began. */
  isMet?: boolean
  /**
   * In which era Telegram took one of those tokens that it refused together with this one: it was not the token's fault. Undefined when
   * it may have been.
   */
  clearedIn?: number | undefined
}

/** How one may enter: in its turn, or at once because it was met before, and then Telegram's answer is to be told (`met`). */
export type Turn = 'paced' | 'met'

/**
 * Tokens met before that are shown at the same time. If Telegram's server was started again meanwhile, it knows none of them, and so
 * many 429 tell us at most.
 */
const MOST_MET_AT_ONCE = 8

/** Whoever else comes need not wait longer for what Telegram may have asked of one bot alone, in milliseconds. */
const LONGEST_DOUBT_MS = 60_000

/** A trouble that has them all refused shows itself to each within a long poll (50 s) and a little, in milliseconds. */
const SAME_TROUBLE_MS = 60_000

/** Tokens whose waits are remembered at once: several times as many as are refused in a minute. */
const MOST_WAITS = 1000

/** More bots than one process serves. */
const MOST_REFUSED = 10_000

/**
 * Where tokens are shown to Telegram for the first time, all of this process in one row, because Telegram counts them by address
 * (`startLimits`). Which of them it knows is remembered here, so that a bot that is switched off and on again need not wait; and in the
 * database, so that neither a restart nor the death of another process makes a thousand bots wait: Telegram keeps what it has loaded
 * until its own server is started again. If it was, the first 429 says so, and from then on everybody takes turns.
 */
export class Entrance {
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #known = new Set<string>()
  #spent: Spent = NOTHING_SPENT
  #heldUntilMs = Number.NEGATIVE_INFINITY
  /** Until when Telegram asked each token to wait. */
  readonly #waits = new BoundedMap<string, number>(MOST_WAITS)
  /** Those that Telegram took before and then refused, and when. */
  readonly #refused = new BoundedMap<string, { knock: Knock; atMs: number }>(MOST_REFUSED)
  readonly #waiters = new Set<Waiter<Knock, Turn>>()
  #metAtOnce = 0
  #isTrusting: boolean
  /** Begins anew when Telegram throttles one that was to enter at once: nobody who was cleared before is trusted any more. */
  #era = 0
  readonly #alarm: Alarm

  /** `isNew`: Telegram's server was started just now and has met nobody, as a sandbox that begins with us. Default false. */
  constructor({ clock, limits, isNew = false }: { clock: Clock; limits: Limits; isNew?: boolean }) {
    this.#clock = clock
    this.#limits = limits
    this.#isTrusting = !isNew
    this.#alarm = new Alarm(clock, () => this.#serve())
  }

  /** Telegram took this token before, so its calls count no more. */
  knows(token: string): boolean {
    return this.#known.has(token)
  }

  /**
   * Telegram answered a call with this token. If it had refused it a while ago, those that it refused about then may come at once: a
   * proxy or a wrong address answers 404 to all, and a thousand bots that come back one after the other take two hours.
   */
  entered(token: string): void {
    this.#known.add(token)
    const own = this.#refused.get(token)
    if (own === undefined) return
    this.#refused.deleteWhere(({ knock, atMs }) => {
      const isOfTheSame = atMs >= own.atMs - SAME_TROUBLE_MS
      if (isOfTheSame) knock.clearedIn = this.#era
      return isOfTheSame
    })
    this.#serve()
  }

  /**
   * Telegram refused the token: whoever shows it again is counted again, and goes last. One that it took before may be cleared, and once
   * only: what is refused again then is refused for its own sake.
   */
  refused(token: string, knock: Knock): void {
    if (this.#known.delete(token)) this.#refused.set(token, { knock, atMs: this.#clock.monotonic() })
    knock.urgency = 'late'
    knock.isMet = false
    knock.clearedIn = undefined
  }

  /** Whether it need not take a turn. */
  trusts({ isMet, clearedIn }: Knock): boolean {
    return clearedIn === this.#era || (this.#isTrusting && isMet === true)
  }

  /** Resolves when one call with an unknown token may be made; with undefined when `signal` aborts before. */
  turn(knock: Knock, signal: AbortSignal): Promise<Turn | undefined> {
    return waitIn(this.#waiters, knock, { signal, serve: () => this.#serve() })
  }

  /** What became of a call whose turn was `met`. */
  met(wasThrottled: boolean): void {
    this.#metAtOnce -= 1
    if (wasThrottled) {
      this.#isTrusting = false
      this.#era += 1
    }
    this.#serve()
  }

  /**
   * Telegram answered a call with 429. Of a token that it knows, that is this bot's own matter. Otherwise nobody enters meanwhile: for a
   * minute at most, since Telegram may have meant the one bot, and until the end once two tokens were told the same moment, which leaves
   * no doubt. Never shortens a wait.
   */
  throttled(token: string, retryAfterMs: number): void {
    const nowMs = this.#clock.monotonic()
    const untilMs = nowMs + retryAfterMs
    this.#waits.deleteWhere((endMs) => endMs <= nowMs)
    const isCertain = this.#waits.some((endMs, other) => other !== token && Math.abs(endMs - untilMs) <= SAME_MOMENT_MS)
    this.#waits.set(token, untilMs)
    if (this.knows(token)) return
    this.#hold(isCertain ? untilMs : Math.min(untilMs, nowMs + LONGEST_DOUBT_MS))
  }

  /** For how long Telegram asked not to show it this token, in milliseconds; 0 when it may be asked. */
  waitMs(token: string): number {
    const untilMs = Math.max(this.#waits.get(token) ?? 0, this.knows(token) ? 0 : this.#heldUntilMs)
    return Math.max(0, untilMs - this.#clock.monotonic())
  }

  /** What Telegram said is that there will be room for one. How much more there is nobody knows, so the even pace goes on from there. */
  #hold(untilMs: number): void {
    if (untilMs <= this.#heldUntilMs) return
    this.#heldUntilMs = untilMs
    this.#spent = allButOneSpent(this.#limits, untilMs)
  }

  #serve(): void {
    this.#letInThoseTrusted()
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      const nowMs = this.#clock.monotonic()
      const atMs = Math.max(this.#heldUntilMs, earliestMs(this.#limits, this.#spent, nowMs))
      if (atMs > nowMs) return this.#alarm.set(atMs)
      this.#spent = spend(this.#limits, this.#spent, nowMs)
      this.#waiters.delete(first)
      first.give('paced')
    }
  }

  #letInThoseTrusted(): void {
    for (const waiter of this.#waiters) {
      if (this.#metAtOnce >= MOST_MET_AT_ONCE) return
      if (!this.trusts(waiter.wish)) continue
      this.#metAtOnce += 1
      this.#waiters.delete(waiter)
      waiter.give('met')
    }
  }

  /** The most urgent of those who take turns; of those, whoever came first. */
  #first(): Waiter<Knock, Turn> | undefined {
    let best: Waiter<Knock, Turn> | undefined
    for (const waiter of this.#waiters) {
      if (this.trusts(waiter.wish)) continue
      if (best === undefined || ORDER[waiter.wish.urgency] < ORDER[best.wish.urgency]) best = waiter
    }
    return best
  }
}
