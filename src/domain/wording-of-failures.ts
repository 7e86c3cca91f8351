import type { Failure } from './failure.ts'
import { DELIVERY_ERRORS, type DeliveryError } from './message.ts'
import { inWords } from './reasons.ts'

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

/** What is known to stand in the chat of a message that has failed, or may stand there. Follows why it failed. */
export const ARRIVAL = {
  perhaps: 'An earlier call was cut off, so it may have arrived.',
  in_part: 'Its beginning has arrived, the rest has not.',
  in_part_perhaps_more: 'Its beginning has arrived; an earlier call was cut off, so more of it may have.',
} as const

/**
 * Why a message failed, with what of it has arrived or may have. Apart from `endOf`, because one reason ends all that wait for a chat,
 * and of each something else has arrived.
 */
export function detailFor({ detail }: Pick<DeliveryError, 'detail'>, arrived: keyof typeof ARRIVAL): string {
  return `${ON_THE_WAY.get(detail) ?? detail} ${ARRIVAL[arrived]}`
}

/** For the sentences that say that nothing had left. */
const ON_THE_WAY: ReadonlyMap<string, string> = new Map([
  [DELIVERY_ERRORS.chat_unlinked, inWords('chat_unlinked_on_the_way')],
  [DELIVERY_ERRORS.bot_deleted, inWords('bot_deleted_on_the_way')],
])

/** Undefined when no call has left that could have brought anything. */
export function arrivalOf(seen: { partsDone: number; mayHaveArrived: boolean }): keyof typeof ARRIVAL | undefined {
  if (seen.partsDone > 0) return seen.mayHaveArrived ? 'in_part_perhaps_more' : 'in_part'
  return seen.mayHaveArrived ? 'perhaps' : undefined
}

function gaveUp(attempts: number): string {
  return attempts === 1 ? 'We gave up after one attempt.' : `We gave up after ${attempts} attempts.`
}
