import type { Clock } from '../domain/clock.ts'
import type { MessageStatus } from '../domain/message-state.ts'
import { percentile } from '../domain/percentile.ts'
import type { Records, Tally } from '../store/store.ts'
import { MOST_COUNTED } from './count-waiting.ts'
import { inPieces } from './in-pieces.ts'
import { inTurn } from './in-turn.ts'

export interface StatisticsQuery {
  userId: string
  /** The last 24 hours, each for itself, or the last 30 days; the one that is under way is the last. */
  by: 'hour' | 'day'
  /** Minutes east of UTC: where hours and days begin. */
  utcOffset: number
}

/** Messages by what became of them. */
export interface Counts {
  accepted: number
  delivered: number
  failed: number
  uncertain: number
  expired: number
  cancelled: number
  /** They wait, or are being sent. */
  waiting: number
}

export interface Statistics {
  by: 'hour' | 'day'
  /** All of them, oldest first. A message counts where it was accepted. */
  buckets: ({ startMs: number } & Counts)[]
  total: Counts
  /** Of all time, up to `MOST_COUNTED`. */
  waitingNow: number
  oldestWaitingMs: number | null
  /** From acceptance to delivery, rounded down to two digits; null when nothing was delivered. */
  deliveryTime: { count: number; p50Ms: number | null; p95Ms: number | null }
}

export type MessageStatistics = (query: StatisticsQuery) => Promise<Statistics>

const SPANS = { hour: { slotMs: 3_600_000, slots: 24 }, day: { slotMs: 86_400_000, slots: 30 } } as const

/** A row with a text of 32768 characters takes a tenth of a millisecond to pass by, and a short one a few thousandths. */
const PIECES = { first: 200, least: 200, most: 20_000 }

const COUNTED_AS: Readonly<Record<MessageStatus, Exclude<keyof Counts, 'accepted'>>> = {
  queued: 'waiting',
  sending: 'waiting',
  delivered: 'delivered',
  failed: 'failed',
  uncertain: 'uncertain',
  expired: 'expired',
  cancelled: 'cancelled',
}

interface Deps {
  store: Pick<Records, 'tallyMessages' | 'waitingOf'>
  clock: Clock
}

/** One after the other for each account: with a million messages it is a second of work, in small pieces. */
export function messageStatistics(deps: Deps): MessageStatistics {
  const takeTurns = inTurn()
  return (query) => takeTurns(query.userId, () => statistics(deps, query))
}

async function statistics(deps: Deps, { userId, by, utcOffset }: StatisticsQuery): Promise<Statistics> {
  const { slotMs, slots } = SPANS[by]
  const offsetMs = utcOffset * 60_000
  const last = Math.floor((deps.clock.now() + offsetMs) / slotMs)
  const first = last - slots + 1
  const startOf = (slot: number): number => slot * slotMs - offsetMs
  const buckets = Array.from({ length: slots }, (_, at) => ({ startMs: startOf(first + at), ...noCounts() }))
  const total = noCounts()
  const took = new Map<number, number>()
  const span = { sinceMs: startOf(first), untilMs: startOf(last + 1), slotMs, offsetMs }
  for await (const { slot, status, deliveryMs, count } of tallies(deps, userId, span)) {
    for (const counts of [total, buckets[slot - first]]) if (counts) add(counts, status, count)
    if (deliveryMs !== null) took.set(deliveryMs, (took.get(deliveryMs) ?? 0) + count)
  }
  const waiting = await deps.store.waitingOf(userId, MOST_COUNTED)
  const count = [...took.values()].reduce((sum, one) => sum + one, 0)
  const deliveryTime = { count, p50Ms: percentile(took, 0.5), p95Ms: percentile(took, 0.95) }
  return { by, buckets, total, waitingNow: waiting.count, oldestWaitingMs: waiting.oldestMs, deliveryTime }
}

async function* tallies(
  { store, clock }: Deps,
  userId: string,
  span: { sinceMs: number; untilMs: number; slotMs: number; offsetMs: number },
): AsyncGenerator<Tally> {
  const piece = inPieces(clock, PIECES)
  let after = {}
  for (;;) {
    const from = { ...span, ...after }
    const found = await piece((lookThrough) => store.tallyMessages(userId, { ...from, lookThrough }))
    yield* found.tallies
    if (found.lookedThrough === undefined) return
    after = { afterNumber: found.lookedThrough }
  }
}

function noCounts(): Counts {
  return { accepted: 0, delivered: 0, failed: 0, uncertain: 0, expired: 0, cancelled: 0, waiting: 0 }
}

function add(counts: Counts, status: MessageStatus, count: number): void {
  counts.accepted += count
  counts[COUNTED_AS[status]] += count
}
