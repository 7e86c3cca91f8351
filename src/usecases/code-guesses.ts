import type { Clock } from '../domain/clock.ts'
import { BoundedMap } from '../domain/bounded-map.ts'

/** `burst` wrong codes at once, and one more for each `everyMs` that passes. */
export interface CodeGuessLimit {
  burst: number
  everyMs: number
}

/** One chat that sends codes of accounts. Five: a person who pastes the wrong thing. Against 130 bits any limit is enough. */
export const PER_CHAT: CodeGuessLimit = { burst: 5, everyMs: 60_000 }

/**
 * One account that enters codes of chats. Ten: a person who types them by hand. One in 30 s after that is 30 in the quarter of an
 * hour that a code lives, against 60 bits.
 */
export const PER_ACCOUNT: CodeGuessLimit = { burst: 10, everyMs: 30_000 }

/** One network, whatever accounts it makes for itself. Fifty: an office behind one address. */
export const PER_NETWORK: CodeGuessLimit = { burst: 50, everyMs: 6_000 }

/** Chats, accounts or networks that are remembered. Whoever is pushed out starts anew, at the cost of as many others. About 2 MB. */
const MOST_COUNTED = 10_000

export interface CodeGuesses {
  /** Whole seconds until this one may guess again; 0 when it may now. */
  secondsToWait(guesser: string): number
  /** Counts a guess, before the code is looked up, so that many at the same time are no way around. Answers how to take it back. */
  count(guesser: string): () => void
}

/** Counts wrong codes. In this process, since its start: a restart forgets. */
export function codeGuesses(deps: { clock: Clock; limit: CodeGuessLimit; mostCounted?: number }): CodeGuesses {
  const { burst, everyMs } = deps.limit
  const counts = new BoundedMap<string, { guesses: number; atMs: number }>(deps.mostCounted ?? MOST_COUNTED)

  function guessesOf(guesser: string): number {
    const count = counts.get(guesser)
    if (!count) return 0
    // A clock that was set back lets nothing leak, and does not count against anybody either.
    const passedMs = Math.max(0, deps.clock.now() - count.atMs)
    return Math.max(0, count.guesses - passedMs / everyMs)
  }
  function add(guesser: string, guesses: number): void {
    counts.set(guesser, { guesses: Math.max(0, guessesOf(guesser) + guesses), atMs: deps.clock.now() })
  }
  return {
    secondsToWait: (guesser) => Math.max(0, Math.ceil(((guessesOf(guesser) + 1 - burst) * everyMs) / 1000)),
    count(guesser) {
      add(guesser, 1)
      return () => add(guesser, -1)
    },
  }
}
