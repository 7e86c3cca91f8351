import type { Clock } from '../domain/clock.ts'
import { earliestMs, type Limits, NOTHING_SPENT, type Spent, spend } from '../domain/pacing.ts'

/**
 * Who goes first when several wait: `soon`, where a person waits for it; `normal`; `late`, a token that Telegram refused before and
 * would count again.
 */
export type EntranceUrgency = 'soon' | 'normal' | 'late'

const ORDER: Readonly<Record<EntranceUrgency, number>> = { soon: 0, normal: 1, late: 2 }

export interface Knock {
  /** May be changed while it waits. */
  urgency: EntranceUrgency
}

interface Waiter {
  knock: Knock
  resolve: (mayEnter: boolean) => void
}

/**
 * Where tokens are shown to Telegram for the first time, all of this process in one row, because Telegram counts them by address
 * (`startLimits`). Which of them it knows is remembered here, so that a bot that is switched off and on again need not wait.
 */
export class Entrance {
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #known = new Set<string>()
  #spent: Spent = NOTHING_SPENT
  #heldUntilMs = Number.NEGATIVE_INFINITY
  readonly #waiters = new Set<Waiter>()
  #alarm: { atMs: number; cancel: AbortController } | undefined

  constructor({ clock, limits }: { clock: Clock; limits: Limits }) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Telegram took this token before, so its calls count no more. */
  knows(token: string): boolean {
    return this.#known.has(token)
  }

  /** Telegram answered a call with this token. */
  entered(token: string): void {
    this.#known.add(token)
  }

  /** Telegram refused the token: whoever shows it again is counted again. */
  refused(token: string): void {
    this.#known.delete(token)
  }

  /** Resolves when one call with an unknown token may be made; with false when `signal` aborts before. */
  turn(knock: Knock, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#waiters.delete(waiter)
        resolve(false)
      }
      const waiter: Waiter = {
        knock,
        resolve: (mayEnter) => {
          signal.removeEventListener('abort', giveUp)
          resolve(mayEnter)
        },
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiters.add(waiter)
      this.#serve()
    })
  }

  /** Nobody enters for so long. Never shortens a wait. */
  hold(ms: number): void {
    this.#heldUntilMs = Math.max(this.#heldUntilMs, this.#clock.monotonic() + ms)
  }

  #serve(): void {
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      const nowMs = this.#clock.monotonic()
      const atMs = Math.max(this.#heldUntilMs, earliestMs(this.#limits, this.#spent, nowMs))
      if (atMs > nowMs) return this.#setAlarm(atMs)
      this.#spent = spend(this.#limits, this.#spent, nowMs)
      this.#waiters.delete(first)
      first.resolve(true)
    }
  }

  /** The most urgent; of those, whoever came first. */
  #first(): Waiter | undefined {
    let best: Waiter | undefined
    for (const waiter of this.#waiters) {
      if (best === undefined || ORDER[waiter.knock.urgency] < ORDER[best.knock.urgency]) best = waiter
    }
    return best
  }

  /** It is never moved forward: an alarm that comes too early only looks again. */
  #setAlarm(atMs: number): void {
    if (this.#alarm !== undefined && this.#alarm.atMs <= atMs) return
    this.#alarm?.cancel.abort()
    const alarm = { atMs, cancel: new AbortController() }
    this.#alarm = alarm
    void this.#clock.sleep(Math.ceil(atMs - this.#clock.monotonic()), alarm.cancel.signal).then(() => {
      if (this.#alarm !== alarm) return
      this.#alarm = undefined
      this.#serve()
    })
  }
}
