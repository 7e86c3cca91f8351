import type { Clock } from '../domain/clock.ts'
import type { RetryPolicy } from '../domain/retry-policy.ts'
import type { Outbound } from '../store/outbox.ts'
import type { Lane } from './lane.ts'
import type { Pacer } from './pacer.ts'
import { type StoredWait, StoredWaits } from './stored-waits.ts'

export interface LaneWaitsDeps {
  clock: Clock
  pacer: Pick<Pacer, 'chatWaitMs'>
  policy: RetryPolicy
  /** Milliseconds between two looks at the store. */
  scanIntervalMs: number
}

/** Chats that sleep read their messages again more rarely than the store is looked through, in milliseconds: they may be many. */
const SLEEPER_LOOKS_MS = 60_000

/** A message is gone so long after its time is over, in milliseconds. */
const EXPIRY_TAKES_MS = 1500

/** Until when a chat with work has to wait: its pace, what Telegram asked of it, and the wait of the message that goes first. */
export class LaneWaits {
  readonly #deps: LaneWaitsDeps
  readonly #stored: StoredWaits

  constructor(deps: LaneWaitsDeps) {
    this.#deps = deps
    this.#stored = new StoredWaits(deps.clock)
  }

  /** When a wait that stood in the store is over, by the monotonic clock. */
  storedEndMs(wait: StoredWait): number {
    return this.#stored.endMs(wait)
  }

  /** When to look at the chat again, by the monotonic clock; undefined when this message, its first one, may go now. */
  lookAgainMs(lane: Lane, message: Outbound): number | undefined {
    const { clock, pacer } = this.#deps
    const nowMs = clock.monotonic()
    const chatDueMs = Math.max(this.#stored.endMs(lane), nowMs + pacer.chatWaitMs(message.telegramChatId))
    const dueMs = Math.max(chatDueMs, this.#nextAttemptMs(lane, message))
    if (dueMs <= nowMs) return undefined
    return dueMs > chatDueMs ? Math.min(dueMs, nowMs + this.#longestSleepMs(message)) : dueMs
  }

  /** Whoever takes a message away says so; this is for what fell through, and for what expires meanwhile. */
  #longestSleepMs({ expiresAtMs }: Outbound): number {
    const { clock, scanIntervalMs } = this.#deps
    const expiresInMs = (expiresAtMs ?? Number.POSITIVE_INFINITY) - clock.now() + EXPIRY_TAKES_MS
    return Math.min(Math.max(scanIntervalMs, SLEEPER_LOOKS_MS), Math.max(expiresInMs, EXPIRY_TAKES_MS))
  }

  /** When the first message may be tried again, by the monotonic clock: what was seen first holds, however the clock is set since. */
  #nextAttemptMs(lane: Lane, { nextAttemptAtMs: wallMs, waitsSinceMs }: Outbound): number {
    if (wallMs === 0) return 0
    if (lane.until?.wallMs !== wallMs) {
      const { clock, policy } = this.#deps
      const longestMs = Math.min(wallMs - waitsSinceMs, policy.maxDelayMs * (1 + policy.jitter))
      const waitMs = Math.min(wallMs - clock.now(), longestMs)
      lane.until = { wallMs, monotonicMs: clock.monotonic() + waitMs }
    }
    return lane.until.monotonicMs
  }
}
