import type { Schemas } from '../../api/schema.d.ts'

export type Detailed = Schemas['MessageWithAttempts']
export type Attempt = Detailed['attempts'][number]

/**
 * What followed a call: `again` after some time, `at` a moment to come, or something else had to happen. `byHand`: it was the end of the message,
 * and the person asked for it once more.
 */
export type Followed =
  | { kind: 'again'; afterMs: number }
  | { kind: 'at'; at: string }
  | { kind: 'hold' | 'newAddress' | 'end' | 'byHand' }
  | null

/** Of one call to Telegram: what a person wants to know of it. */
export interface Chapter {
  attempt: Attempt
  /** Null when the text was not split, as far as anybody knows. */
  part: number | null
  /** How many parts there were; null while that is not known. */
  parts: number | null
  /** How long Telegram asked us to wait, in whole seconds as it said it; null when it did not, or nobody knows. */
  askedToWaitMs: number | null
  followed: Followed
}

/** The life of a message as its calls tell it, oldest first. */
export function storyOf(message: Detailed): Chapter[] {
  const { attempts } = message
  const highest = Math.max(1, ...attempts.map(({ part }) => part))
  return attempts.map((attempt, index) => ({
    attempt,
    part: highest > 1 ? attempt.part : null,
    // Every part is known to be there only when all arrived.
    parts: highest > 1 && message.status === 'delivered' ? highest : null,
    askedToWaitMs: askedToWaitMs(attempt),
    followed: followedBy(message, attempt, attempts[index + 1]),
  }))
}

/**
 * An end that no call tells of: the chat was blocked or unlinked, the bot deleted, the time over, the message taken back. Null when its
 * last call was its end, and while it goes on.
 */
export function endWithoutCall({ endedAt, status, attempts }: Detailed): string | null {
  if (endedAt === null || status === 'delivered') return null
  return attempts.at(-1)?.finishedAt === endedAt ? null : endedAt
}

/**
 * Before which call the person asked for it to be sent again, where no call tells of the end that came before: its place among the calls,
 * as near as what is kept of them can say. Null when nobody asked, or when a call tells.
 */
export function resentBefore(message: Detailed): number | null {
  const { resent, attempts, attemptCount } = message
  if (!resent || storyOf(message).some(({ followed }) => followed?.kind === 'byHand')) return null
  let [place, counted] = [attempts.length, 0]
  // Asked for again, calls are counted anew, but for those that are not counted at all.
  for (; place > 0; place--) {
    const isCounted = counts(message, place - 1)
    if (isCounted && counted === attemptCount) break
    if (isCounted) counted++
  }
  return place
}

/** Of the parts of a long text, only the last is counted. */
function counts({ status, attempts }: Detailed, place: number): boolean {
  const outcome = attempts[place]?.outcome
  if (outcome === 'delivered') return status === 'delivered' && place === attempts.length - 1
  return outcome !== undefined && !UNCOUNTED.has(outcome)
}

const UNCOUNTED: ReadonlySet<Attempt['outcome']> = new Set(['throttled', 'migrated', 'bot_rejected'])

/** Nobody knew whether it had arrived, and the person asked for it once more. */
export function isDoubledByHand({ attempt, followed }: Chapter): boolean {
  return attempt.outcome === 'unknown' && followed?.kind === 'byHand'
}

/**
 * Two calls or more may have put it into the chat. Not said while it waits: a single call whose end nobody knows may have put it there once,
 * and whether there is another is still open.
 */
export function mayBeTwice({ possibleDuplicate, status, attempts }: Detailed): boolean {
  if (!possibleDuplicate || status === 'queued' || status === 'sending') return false
  return status === 'delivered' || attempts.filter(({ outcome }) => outcome === 'unknown').length > 1
}

/** We wait up to half a second longer than Telegram asked. */
function askedToWaitMs({ outcome, waitMs }: Attempt): number | null {
  return outcome === 'throttled' && waitMs !== null && waitMs >= 1000 ? Math.floor(waitMs / 1000) * 1000 : null
}

function followedBy(message: Detailed, attempt: Attempt, following: Attempt | undefined): Followed {
  const { status, nextAttemptAt, waitingFor } = message
  if (attempt.outcome === 'delivered') return null
  if (attempt.outcome === 'migrated') return { kind: 'newAddress' }
  if (wasTheEnd(attempt, message) && (following || status === 'queued' || status === 'sending'))
    return { kind: 'byHand' }
  if (following) return { kind: 'again', afterMs: Date.parse(following.startedAt) - Date.parse(attempt.finishedAt) }
  if (status === 'sending') return null
  if (status !== 'queued') return { kind: 'end' }
  if (waitingFor === 'bot_rejected') return { kind: 'hold' }
  return nextAttemptAt === null || waitingFor === 'bot_inactive' ? null : { kind: 'at', at: nextAttemptAt }
}

/** Whether the program would not have tried again by itself. */
function wasTheEnd({ outcome, waitMs, cause }: Attempt, { delivery }: Detailed): boolean {
  if (waitMs !== null || outcome === 'bot_rejected') return false
  // Nobody was there to say when it goes on: it did so when the program was back, unless it may go but once.
  return !(cause && BROKEN_OFF.has(cause.code)) || delivery === 'at_most_once'
}

const BROKEN_OFF: ReadonlySet<string> = new Set(['program_stopped', 'end_not_written'])
