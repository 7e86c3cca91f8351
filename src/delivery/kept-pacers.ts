import { BoundedMap } from '../domain/bounded-map.ts'
import type { Clock } from '../domain/clock.ts'
import type { BotClaim } from '../domain/ownership.ts'
import type { Pacer } from './pacer.ts'

/** Longer than any limit looks back, and short enough that bots which went elsewhere cost no memory, in milliseconds. */
const KEPT_MS = 300_000

/** Bots that may end at the same time, as when a process joins: their pacers remember no more chats than they did while they ran. */
const MOST_KEPT = 1000

/**
 * Remembers for bots that ended here what they had sent, for when they go on: a pacer that knows nothing has to take every limit for
 * used up, and a switch would cost each chat a second and each group three.
 */
export class KeptPacers {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #kept = new BoundedMap<string, { fence: number; pacer: Pacer; sinceMs: number }>(MOST_KEPT)

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** All that called by it has ended. */
  keep({ botId, fence }: BotClaim, pacer: Pacer): void {
    this.#forgetOld()
    this.#kept.set(botId, { fence, pacer, sinceMs: this.#clock.monotonic() })
  }

  /**
   * Undefined when somebody else may have sent for the bot in between: it was kept under neither this claim nor the one before
   * (`formerFence`). Each is given out once.
   */
  take({ botId, fence }: BotClaim, formerFence: number): Pacer | undefined {
    this.#forgetOld()
    const kept = this.#kept.get(botId)
    this.#kept.deleteWhere((one) => one === kept)
    return kept?.fence === fence || kept?.fence === formerFence ? kept.pacer : undefined
  }

  #forgetOld(): void {
    const oldestMs = this.#clock.monotonic() - KEPT_MS
    this.#kept.deleteWhere(({ sinceMs }) => sinceMs < oldestMs)
  }
}
