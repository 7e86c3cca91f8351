import type { Random } from '../domain/random.ts'
import type { CallResult } from './telegram-client.ts'

/** A call that did not do what it was for. */
export type Failed = CallResult<never> & { ok: false }

export type TroubleState = keyof typeof BACK_OFF_MS

/** First and longest wait in milliseconds after failures in a row; it doubles in between. */
const BACK_OFF_MS = {
  unreachable: { first: 1000, longest: 60_000 },
  // Each poll of ours cuts off the other program's, so there is no hurry.
  conflict: { first: 5000, longest: 120_000 },
  rejected: { first: 10_000, longest: 300_000 },
} as const

/** With jitter of up to a half, so that many bots do not come back at the same moment. */
export function backOffMs(state: TroubleState, failures: number, random: Random): number {
  const { first, longest } = BACK_OFF_MS[state]
  return Math.round(Math.min(longest, first * 2 ** (failures - 1)) * (1 - random.unit() / 2))
}

/** Whether it is the token that Telegram does not take, or anything else. */
export function stateAfter({ errorCode, failure }: Failed): 'rejected' | 'unreachable' {
  return errorCode === 401 || errorCode === 404 || failure.kind === 'bot_rejected' ? 'rejected' : 'unreachable'
}
