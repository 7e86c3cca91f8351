import type { Clock } from '../domain/clock.ts'
import { DEFAULT_DELIVERY, type DeliveryOptions } from '../domain/delivery-options.ts'
import { newId } from '../domain/ids.ts'
import { type Message, storableText, TEXT_LENGTH } from '../domain/message.ts'
import type { Random } from '../domain/random.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Outbox } from '../store/outbox.ts'
import type { Wake } from '../domain/signal.ts'

/** Options that are absent have the values of `DEFAULT_DELIVERY`. */
export interface NewText extends Partial<DeliveryOptions> {
  userId: string
  /** 1 to 32768 code points of well-formed Unicode. */
  text: string
  /** The account's default chat when absent. */
  chatId?: string
  /** Arrives without a sound. Default false. */
  silent?: boolean
  /** A word of the sender's, kept with the message and sent to nobody. */
  label?: string
  /** Whoever repeats it with the same request gets the first answer again. */
  idempotencyKey?: string
}

/**
 * Resolves when the message is on disk. Refuses with `request_invalid` (also for one that has expired), `chat_not_linked`, `not_found` (the chat), `queue_full`,
 * `idempotency_conflict`, `store_unavailable`; then nothing is stored.
 */
export type EnqueueMessage = (input: NewText) => Promise<{ message: Message; replayed: boolean }>

export function enqueueMessage(deps: {
  outbox: Pick<Outbox, 'enqueue'>
  clock: Clock
  random: Random
  secrets: Pick<Secrets, 'fingerprint'>
  /** Tells the dispatcher of the chat that there is work. Must not throw. */
  wake: (wake: Wake) => void
  /** Told about each message that is new and on disk; for metrics. Must not throw. */
  accepted?: () => void
  /** Waiting messages that a user may have; 0 is no limit. */
  queueLimit: number
}): EnqueueMessage {
  return async ({ userId, chatId, silent = false, label, idempotencyKey, text: given, ...chosen }) => {
    refuseBadText(given)
    const text = storableText(given)
    const options = { ...DEFAULT_DELIVERY, ...chosen }
    const enqueued = await deps.outbox.enqueue({
      id: newId('msg', deps),
      userId,
      text,
      silent,
      nowMs: deps.clock.now(),
      queueLimit: deps.queueLimit,
      ...options,
      ...(chatId !== undefined && { chatId }),
      ...(label !== undefined && { label }),
      ...(idempotencyKey !== undefined && {
        idempotency: {
          key: idempotencyKey,
          fingerprint: deps.secrets.fingerprint(
            JSON.stringify([text, chatId ?? null, silent, ...unusual(options), ...(label ? [label] : [])]),
          ),
        },
      }),
    })
    // After the commit, never before: a dispatcher that wakes early finds nothing and sleeps again.
    if (!enqueued.replayed) {
      deps.accepted?.()
      if (enqueued.leaving === undefined) deps.wake(enqueued.wake)
    }
    return { message: enqueued.message, replayed: enqueued.replayed }
  }
}

/** What differs from the defaults, so that it makes no difference whether a caller names a default. */
function unusual(options: DeliveryOptions): unknown[] {
  const { priority, delivery, digest, expiresAtMs } = options
  const isUsual =
    priority === DEFAULT_DELIVERY.priority &&
    delivery === DEFAULT_DELIVERY.delivery &&
    digest === DEFAULT_DELIVERY.digest &&
    expiresAtMs === DEFAULT_DELIVERY.expiresAtMs
  return isUsual ? [] : [priority, delivery, digest, expiresAtMs]
}

/** Each door has a schema of its own; this holds for all of them. */
function refuseBadText(text: string): void {
  const what = faultOf(text)
  if (what) throw new Refusal('request_invalid', { errors: [{ where: '/body/text', what }] })
}

function faultOf(text: string): string | undefined {
  if (!text.isWellFormed()) return 'holds half of a Unicode surrogate pair'
  const length = codePoints(text)
  if (length < TEXT_LENGTH.min) return 'must not be empty'
  if (length > TEXT_LENGTH.max) return `must not have more than ${TEXT_LENGTH.max} characters`
  return undefined
}

/** Counted without making an array of them: this runs for every message. */
function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
