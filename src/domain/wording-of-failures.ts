import type { Failure } from './failure.ts'
import type { DeliveryError } from './message.ts'

/** What the sender reads when this failure ends the message. `attempts`: calls that counted, this one included. */
export function endOf(
  failure: Extract<Failure, { kind: 'refused' | 'blocked' | 'temporary' | 'unknown' }>,
  seen: { attempts: number; mayHaveArrived: boolean },
): DeliveryError {
  switch (failure.kind) {
    case 'refused':
      return { code: 'text_refused', detail: failure.reason }
    case 'blocked':
      return failure.by === 'person'
        ? {
            code: 'chat_blocked',
            detail: `${failure.reason} What comes later arrives again once the person lets the bot back in.`,
          }
        : { code: 'chat_unreachable', detail: failure.reason }
    case 'temporary':
    case 'unknown':
      return seen.mayHaveArrived
        ? { code: 'outcome_unknown', detail: `${gaveUp(seen.attempts)} It may have arrived. ${failure.reason}` }
        : { code: 'attempts_exhausted', detail: `${gaveUp(seen.attempts)} ${failure.reason}` }
    default:
      return failure satisfies never
  }
}

/** Of a message that goes at most once, whose call was cut off. */
export function lostAtMostOnce({ reason }: Pick<Failure, 'reason'>): DeliveryError {
  return { code: 'outcome_unknown', detail: `It may have arrived, and is not to be sent twice. ${reason}` }
}

function gaveUp(attempts: number): string {
  return attempts === 1 ? 'We gave up after one attempt.' : `We gave up after ${attempts} attempts.`
}
