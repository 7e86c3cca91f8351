import { loginKey } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import { Refusal } from '../domain/refusals.ts'
import { BoundedMap } from '../domain/bounded-map.ts'
import { networkOf } from './network-of.ts'

/** `burst` wrong guesses at once, and one more for each `everyMs` that passes. */
interface Limit {
  burst: number
  everyMs: number
}

/**
 * One login from one network. Ten: somebody who tries each password they ever had. One in 30 s after that (2880 a day) leaves a
 * dictionary no chance, and a script that kept an old password does no harm with it.
 */
const PER_LOGIN_AND_NETWORK: Limit = { burst: 10, everyMs: 30_000 }

/**
 * One network, over all logins. Fifty: an office behind one address on a Monday morning. One in 6 s (14 400 a day): few for somebody
 * who tries one password on many logins, and above what any five stuck scripts use up, so that they do not close it for others.
 */
const PER_NETWORK: Limit = { burst: 50, everyMs: 6_000 }

/**
 * One login, over all networks that never knew its password. Thirty: many people's mistypes. One in 60 s (1440 a day) however many
 * machines guess together; that is half a million in a year, against passwords of eight characters and more.
 */
const PER_LOGIN_FOR_STRANGERS: Limit = { burst: 30, everyMs: 60_000 }

/** Entries of each table. A guess costs its network a share of `PER_NETWORK`, so filling one takes very many machines. About 10 MB. */
const MOST_COUNTED = 50_000

export interface Guess {
  login: string
  /** The caller's IP address. */
  address: string
}

export interface GuessLimits {
  /**
   * Runs `check`, which answers undefined for a wrong password, and counts the wrong ones. A guess counts from its beginning, so that
   * many at the same time are no way around; one too many waits until those under way have shown whether they were wrong. What `check`
   * throws is no guess. Refuses with `too_many_requests`, and then does not run `check`.
   */
  attempt<T>(guess: Guess, check: () => Promise<T | undefined>): Promise<T | undefined>
}

/**
 * Slows the guessing of passwords without a lock that a stranger could put on somebody's account: a network from which a login was
 * proven once is never held up for what others do, neither to that login nor in that network. What a stranger can do at worst, with
 * many machines and all the time, is to delay the first log-in from a new place; sessions and API tokens know nothing of this.
 *
 * Logins that do not exist count alike, so that an answer tells nothing. Counted in this process, since its start: a restart forgets,
 * and several processes allow as many times the guesses.
 */
export function guessLimits(deps: { clock: Clock; mostCounted?: number }): GuessLimits {
  const table = (limit: Limit): Counters => new Counters(limit, deps.clock, deps.mostCounted ?? MOST_COUNTED)
  const pairs = table(PER_LOGIN_AND_NETWORK)
  const networks = table(PER_NETWORK)
  const logins = table(PER_LOGIN_FOR_STRANGERS)
  const proven = new BoundedMap<string, true>(deps.mostCounted ?? MOST_COUNTED)
  const underWay = new Map<string, Set<Promise<void>>>()

  function chargesOf(pair: string, login: string, network: string): { charges: Counter[]; waitMs: number } {
    const charges = [pairs.at(pair)]
    if (!proven.get(pair)) charges.push(networks.at(network), logins.at(login))
    return { charges, waitMs: Math.max(...charges.map((charge) => charge.waitMs())) }
  }

  async function checked<T>(pair: string, check: () => Promise<T | undefined>, charges: readonly Counter[]) {
    for (const charge of charges) charge.add(1)
    let wrong = false
    try {
      const result = await check()
      wrong = result === undefined
      if (!wrong) proven.set(pair, true)
      return result
    } finally {
      // A right password takes back its own guess alone: were it to clear a count, an attacker's own account would do so too.
      if (!wrong) for (const charge of charges) charge.add(-1)
    }
  }

  return {
    async attempt({ login, address }, check) {
      const network = networkOf(address)
      const pair = `${loginKey(login)} ${network}`
      const look = () => chargesOf(pair, loginKey(login), network)
      let room = look()
      for (let others = underWay.get(pair); room.waitMs > 0 && others; others = underWay.get(pair)) {
        await Promise.race(others)
        room = look()
      }
      refuseUnlessNow(room.waitMs)
      // From the last look to here nobody else could be charged.
      const result = checked(pair, check, room.charges)
      const done = result.then(nothing, nothing).finally(() => {
        others.delete(done)
        if (others.size === 0) underWay.delete(pair)
      })
      const others = underWay.get(pair) ?? new Set()
      underWay.set(pair, others.add(done))
      return await result
    },
  }
}

function nothing(): void {}

function refuseUnlessNow(waitMs: number): void {
  if (waitMs <= 0) return
  const retryAfterSeconds = Math.ceil(waitMs / 1000)
  const detail = `Too many wrong passwords; try again in ${retryAfterSeconds} s.`
  throw new Refusal('too_many_requests', { detail, retryAfterSeconds })
}

interface Counter {
  /** Milliseconds until one more guess is allowed; 0 or less when it is now. */
  waitMs(): number
  add(guesses: 1 | -1): void
}

/** Guesses by key, each count leaking away with time. */
class Counters {
  readonly #limit: Limit
  readonly #clock: Clock
  readonly #counts: BoundedMap<string, { guesses: number; atMs: number }>

  constructor(limit: Limit, clock: Clock, mostCounted: number) {
    this.#limit = limit
    this.#clock = clock
    this.#counts = new BoundedMap(mostCounted)
  }

  at(key: string): Counter {
    return {
      waitMs: () => (this.#guesses(key) + 1 - this.#limit.burst) * this.#limit.everyMs,
      add: (guesses) => {
        this.#counts.set(key, { guesses: Math.max(0, this.#guesses(key) + guesses), atMs: this.#clock.now() })
      },
    }
  }

  #guesses(key: string): number {
    const count = this.#counts.get(key)
    if (!count) return 0
    const nowMs = this.#clock.now()
    // A clock that was set back must not hold anybody up until it is where it was.
    count.atMs = Math.min(count.atMs, nowMs)
    return Math.max(0, count.guesses - (nowMs - count.atMs) / this.#limit.everyMs)
  }
}
