import type { Decision } from '../domain/retry-policy.ts'
import type { Outbound, Settled } from '../store/outbox.ts'

/** What is written about a message because of a decision. `waitMs`: how long it waits because of it; null when that is not known. */
export interface Written {
  next: Settled
  waitMs: number | null
}

export function settledBy(decision: Decision, { possibleDuplicate }: Outbound, nowMs: number): Written {
  const again = { event: 'retry', possibleDuplicate, countsAsAttempt: false } as const
  switch (decision.do) {
    case 'retry': {
      const { atMs, countsAsAttempt } = decision
      const mayDouble = possibleDuplicate || decision.possibleDuplicate
      const next = { ...again, countsAsAttempt, possibleDuplicate: mayDouble, nextAttemptAtMs: atMs }
      return { next, waitMs: atMs - nowMs }
    }
    case 'hold_chat':
      return { next: { ...again, nextAttemptAtMs: decision.untilMs }, waitMs: decision.untilMs - nowMs }
    case 'hold_bot':
      return { next: { ...again, nextAttemptAtMs: nowMs }, waitMs: null }
    case 'readdress':
      return { next: { ...again, nextAttemptAtMs: nowMs }, waitMs: 0 }
    case 'close_chat':
    case 'fail':
      return { next: { event: 'fail', error: decision.error }, waitMs: null }
    case 'lose':
      return { next: { event: 'lose', error: decision.error }, waitMs: null }
    default:
      return decision satisfies never
  }
}

/** Telegram refused the joint text of several: nobody knows whose fault it was, so each goes alone, at once. */
export function goAlone({ possibleDuplicate }: Outbound, nowMs: number): Written {
  const again = { event: 'retry', possibleDuplicate, countsAsAttempt: false, alone: true } as const
  return { next: { ...again, nextAttemptAtMs: nowMs }, waitMs: 0 }
}
