import type { Peer } from '../domain/chat.ts'
import type { Outbound } from '../store/outbox.ts'

/** One chat with work: its messages go one after the other. Holds a few of them at most, and none while it sleeps. */
export interface Lane {
  readonly peerId: number
  /** Whose message is the first; undefined until that is known. In a group it may be another's after each message. */
  userId: string | undefined
  /** `ready` waits for its turn, `busy` has it, `asleep` waits for a moment, `gone` is no longer remembered. */
  state: 'ready' | 'busy' | 'asleep' | 'gone'
  /** Read from the store and not yet sent, in order. */
  buffer: Outbound[]
  /** Telegram told this chat to wait until then, as the store had it when the buffer was read. */
  notBeforeMs: number
  /** When that wait began, by the same clock. */
  heldSinceMs: number
  /** The chat was thought to be closed when the buffer was read. */
  blocked: boolean
  /** It was known to be closed when the buffer was read, and need not be asked. */
  closed: Peer | undefined
  /** Failures of our own in a row (the store, a bug), for the delay after the next one. */
  troubles: number
  /** New work came since it last read: it must read again before it may be forgotten. */
  again: boolean
  /** Something was taken away since it last read: what it read may not be there any more. */
  stirred: boolean
  /** When it wakes up, by the monotonic clock. */
  dueMs: number
  /** The priority of the message for which it sleeps. */
  sleepsFor: number
  /** What its first message waits for: a moment of the machine's clock, and what that was on the monotonic one when first seen. */
  until: { wallMs: number; monotonicMs: number } | undefined
}

export function newLane(peerId: number): Lane {
  return {
    peerId,
    userId: undefined,
    state: 'ready',
    buffer: [],
    notBeforeMs: 0,
    heldSinceMs: 0,
    blocked: false,
    closed: undefined,
    troubles: 0,
    again: false,
    stirred: false,
    dueMs: 0,
    sleepsFor: 0,
    until: undefined,
  }
}
