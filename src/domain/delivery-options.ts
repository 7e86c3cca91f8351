/** 5 goes first, 1 last; within one priority the order of acceptance holds. */
export type Priority = 1 | 2 | 3 | 4 | 5
export const PRIORITIES = [1, 2, 3, 4, 5] as const satisfies readonly Priority[]

/**
 * What becomes of a message when the outcome of a call is unknown. Telegram has no way to ask whether it arrived, so it is one or the
 * other: sent again, and perhaps doubled; or not sent again, and perhaps lost.
 */
export type DeliveryMode = 'at_least_once' | 'at_most_once'
export const DELIVERY_MODES = ['at_least_once', 'at_most_once'] as const satisfies readonly DeliveryMode[]

/** Whether it may share a Telegram message with others while its chat is behind. */
export type DigestMode = 'when_behind' | 'never'
export const DIGEST_MODES = ['when_behind', 'never'] as const satisfies readonly DigestMode[]

/** How the sender wants one message to be carried. */
export interface DeliveryOptions {
  priority: Priority
  delivery: DeliveryMode
  digest: DigestMode
  /** Of no use from this moment on, when it still waits then; null is never. */
  expiresAtMs: number | null
}

export const DEFAULT_DELIVERY: DeliveryOptions = {
  priority: 3,
  delivery: 'at_least_once',
  digest: 'when_behind',
  expiresAtMs: null,
}

/**
 * Where a message stands in its chat's lane before its turn counts, lowest first: 0 is one whose parts have begun, then come the
 * priorities, highest first.
 */
export function rankOf({ priority, partsDone }: { priority: Priority; partsDone: number }): number {
  return partsDone > 0 ? 0 : 6 - priority
}
