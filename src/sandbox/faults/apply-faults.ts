import type { Update } from '@grammyjs/types'
import type { Clock } from '../../domain/clock.ts'
import { type Answer, failure, page } from '../server/answer.ts'
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts'
import type { FaultAction } from './fault-rule.ts'

/** Instead of an answer: the connection ends, with or without a TCP reset. */
export type Hangup = 'close' | 'reset'

/** How an answer goes out. */
export interface Delivery {
  answer: Answer
  /** Send half of the body, then hang up. */
  half?: boolean
  msPerByte?: number
  hangup?: Hangup
}

/** What a fault does before the method runs: nothing, or an end to it. */
export async function beforeMethod(
  action: FaultAction,
  clock: Clock,
  signal: AbortSignal,
): Promise<Answer | Hangup | undefined> {
  switch (action.kind) {
    case 'http':
      return httpFailure(action)
    case 'html':
      return page(action.status)
    case 'too_many_requests':
      return tooMany(action.retryAfterSeconds, action.withoutParameters === true)
    case 'drop_before':
      return 'close'
    case 'reset':
      return action.when === 'before' ? 'reset' : undefined
    case 'delay':
      if (action.when === 'before') await clock.sleep(action.ms, signal)
      return undefined
    default:
      return undefined
  }
}

/** What a fault does to the answer. */
export async function afterMethod(
  action: FaultAction,
  delivery: Delivery,
  clock: Clock,
  signal: AbortSignal,
): Promise<Delivery> {
  switch (action.kind) {
    case 'delay':
      if (action.when === 'after') await clock.sleep(action.ms, signal)
      return delivery
    case 'drop_after':
      return { ...delivery, hangup: 'close' }
    case 'reset':
      return { ...delivery, hangup: 'reset' }
    case 'partial':
      return { ...delivery, half: true }
    case 'garbage':
      return { ...delivery, answer: garbage(delivery.answer, action.form ?? 'text') }
    case 'slow_drip':
      return { ...delivery, msPerByte: action.msPerByte }
    case 'wrong_content_type':
      return { ...delivery, answer: { ...delivery.answer, contentType: action.contentType ?? 'text/plain' } }
    default:
      return delivery
  }
}

/** What a fault does to the updates that getUpdates answers. */
export function bendUpdates(actions: readonly FaultAction[], updates: readonly Update[]): Update[] {
  let bent = [...updates]
  for (const { kind } of actions) {
    if (kind === 'duplicate_update') bent = bent.flatMap((update) => [update, update])
    if (kind === 'reorder_updates') bent = bent.toReversed()
  }
  return bent
}

function httpFailure(action: Extract<FaultAction, { kind: 'http' }>): Answer {
  const entry: CatalogueEntry = 'entry' in action ? CATALOGUE[action.entry] : action
  return failure(entry.status, entry.description, entry.parameters)
}

function tooMany(seconds: number, bare: boolean): Answer {
  return failure(429, `Too Many Requests: retry after ${seconds}`, bare ? undefined : { retry_after: seconds })
}

function garbage(answer: Answer, form: 'text' | 'truncated' | 'empty'): Answer {
  const bodies = {
    text: () => Buffer.from('<!doctype html><p>Nothing to see here.'),
    truncated: () => answer.body.subarray(0, Math.floor(answer.body.length / 2)),
    empty: () => Buffer.alloc(0),
  }
  return { ...answer, status: 200, body: bodies[form]() }
}
