/**
 * A bot is served by one process at a time, for sending and for updates. Who serves it stands in the database, under the number of a
 * claim (the fence): whatever an earlier claim still wants to write is refused.
 */
export interface BotClaim {
  botId: string
  fence: number
}

/** How long a process is believed to be alive, and how often it says so; all in milliseconds. */
export interface OwnershipTerms {
  /** From a sign of life until the others may take its bots, by the clock of the database. */
  leaseMs: number
  /** From one sign of life to the next. */
  beatMs: number
  /** So much before the lease may be over, by its own clocks, a process calls nobody any more. */
  marginMs: number
}

/**
 * Several processes on one database. A bot of a process that is gone is noticed after `leaseMs` at the latest and taken with the beat
 * after that, which makes 7.5 s of the 10 s that we promise, and leaves the rest to slow databases. Three beats may be lost before
 * a living process is taken for a dead one. The margin is for a call that has left our hands and is not at Telegram yet.
 */
export const SHARED_TERMS: OwnershipTerms = { leaseMs: 6000, beatMs: 1500, marginMs: 1000 }

/** One process that has the database for itself: nobody can take anything, so it only looks now and then for what it was not told. */
export const ALONE_TERMS: OwnershipTerms = { leaseMs: 100 * 365 * 86_400_000, beatMs: 60_000, marginMs: 0 }

/** A living process, and how many active bots it serves. */
export interface Serving {
  processId: string
  bots: number
}

/**
 * How many of `botCount` active bots each process should serve, so that no two differ by more than one. Those that serve the most may
 * keep the odd ones, because moving a bot costs it a moment. Every process that sees the same numbers comes to the same result.
 */
export function shares(serving: readonly Serving[], botCount: number): Map<string, number> {
  const least = Math.floor(botCount / Math.max(1, serving.length))
  const odd = botCount - least * serving.length
  const order = serving.toSorted((a, b) => b.bots - a.bots || (a.processId < b.processId ? -1 : 1))
  return new Map(order.map(({ processId }, place) => [processId, place < odd ? least + 1 : least]))
}

/** The write came from a process that no longer serves the bot; nothing was written. */
export class OwnershipLost extends Error {
  override readonly name = 'OwnershipLost'

  constructor(botId?: string) {
    super(`this process no longer serves ${botId ?? 'the bot'}`)
  }
}
