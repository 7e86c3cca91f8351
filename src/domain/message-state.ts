/**
 * Where a message can be, and what moves it. `docs/state-machine.md` draws the same table; a test compares the two.
 *
 * - `queued`: committed, waits for its turn.
 * - `sending`: a call to Telegram may be under way. Durable before the call leaves, so that a crash knows which are unknown.
 * - `delivered`: Telegram said yes to every part. (A split text goes back to `queued` after each part, with its progress kept.)
 * - `failed`: it will not arrive; `error` says why. May be resent.
 * - `uncertain`: it may have arrived and must not be sent twice. May be resent.
 * - `cancelled`: its owner took it back while it waited, before any part of it arrived.
 * - `expired`: it was too old to be of use before its turn came.
 */
export const TRANSITIONS = {
  queued: { send: 'sending', cancel: 'cancelled', expire: 'expired', fail: 'failed' },
  sending: {
    deliver: 'delivered',
    part: 'queued',
    retry: 'queued',
    fail: 'failed',
    lose: 'uncertain',
    recover: 'queued',
  },
  delivered: {},
  failed: { resend: 'queued' },
  uncertain: { resend: 'queued' },
  cancelled: {},
  expired: {},
} as const satisfies Record<string, Record<string, string>>

export type MessageStatus = keyof typeof TRANSITIONS
export const MESSAGE_STATUSES = Object.keys(TRANSITIONS) as readonly MessageStatus[]

type EventOf<S extends MessageStatus> = keyof (typeof TRANSITIONS)[S] & string
export type MessageEvent = { [S in MessageStatus]: EventOf<S> }[MessageStatus]

/** The next state, or undefined when the event means nothing there (a late answer, a second cancel). */
export function next(status: MessageStatus, event: MessageEvent): MessageStatus | undefined {
  return (TRANSITIONS[status] as Partial<Record<MessageEvent, MessageStatus>>)[event]
}

/** The states in which an event means something: what an `UPDATE … WHERE status IN (…)` may touch. */
export function statesFor(event: MessageEvent): readonly MessageStatus[] {
  return MESSAGE_STATUSES.filter((status) => next(status, event) !== undefined)
}
