import type { Clock } from '../domain/clock.ts'
import type { Change, Store } from '../store/store.ts'

export interface Following {
  userId: string
  /** The `seq` of the last change that the follower has. Only what comes from now on when absent. */
  afterSeq?: number
  /** Ends the iteration, as soon as the follower asks for more. */
  signal: AbortSignal
}

/**
 * The changes of one account as they happen, oldest first, in batches: none is missed and none comes twice. What is done after this has
 * resolved is among them. After `quietMs` without any, an empty batch comes as a sign of life. Rejects when the store does.
 *
 * It holds one batch at most and reads the next one only when asked, so a slow follower costs no memory. A message that changed
 * several times meanwhile comes once, as it is by then.
 */
export type FollowEvents = (following: Following) => Promise<AsyncGenerator<readonly Change[], void, void>>

/** A message has up to 128 KiB of text, so a batch stays below a few megabytes. */
const BATCH = 32

export function followEvents(deps: {
  store: Pick<Store, 'changesSince' | 'lastChange' | 'onChange' | 'onMissed'>
  clock: Clock
  quietMs: number
}): FollowEvents {
  const { store, clock } = deps
  return async ({ userId, afterSeq, signal }) => {
    const newest = await store.lastChange(userId)
    // A number beyond the newest was never given here (another database, say): following it would be silence for ever.
    return follow({ userId, afterSeq: Math.min(afterSeq ?? newest, newest), signal })
  }

  async function* follow({
    userId,
    afterSeq,
    signal,
  }: Required<Following>): AsyncGenerator<readonly Change[], void, void> {
    const bell = new Bell()
    const stopListening = store.onChange((changed) => {
      if (changed === userId) bell.ring()
    })
    const ring = (): void => bell.ring()
    const stopListeningForGaps = store.onMissed(ring)
    signal.addEventListener('abort', ring, { once: true })
    try {
      let after = afterSeq
      while (!signal.aborted) {
        // Before the look, so that a change during the look is looked at next.
        bell.reset()
        const batch = await store.changesSince(userId, { afterSeq: after, limit: BATCH, nowMs: clock.now() })
        if (signal.aborted) return
        after = batch.at(-1)?.seq ?? after
        if (batch.length > 0) yield batch
        // Another process may have made the change without ringing here: quiet time ends with a look as well.
        else if (!(await bell.heardWithin(deps.quietMs, clock))) yield []
      }
    } finally {
      stopListening()
      stopListeningForGaps()
      signal.removeEventListener('abort', ring)
    }
  }
}

/** One bit that can be waited for. */
class Bell {
  #rung = Promise.withResolvers<true>()

  ring(): void {
    this.#rung.resolve(true)
  }

  reset(): void {
    this.#rung = Promise.withResolvers<true>()
  }

  /** False when the time was up first. */
  async heardWithin(ms: number, clock: Clock): Promise<boolean> {
    const enough = new AbortController()
    const sleep = clock.sleep(ms, enough.signal)
    const heard = await Promise.race([this.#rung.promise, sleep.then(() => false)])
    enough.abort()
    return heard
  }
}
