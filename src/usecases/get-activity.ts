import { ACTIVITY_KINDS, type ActivityCounts, beginning } from '../domain/activity.ts'
import type { Clock } from '../domain/clock.ts'
import type { Records } from '../store/store.ts'

/** How long a piece is, and how many of them are shown. */
const PIECES = {
  minute: { sizeMs: 60_000, count: 60 },
  hour: { sizeMs: 3_600_000, count: 48 },
  day: { sizeMs: 86_400_000, count: 30 },
} as const
export const ACTIVITY_PIECES = ['minute', 'hour', 'day'] as const satisfies readonly (keyof typeof PIECES)[]
export type ActivityPiece = (typeof ACTIVITY_PIECES)[number]

/** For operators: how much all processes did, oldest first, the piece of now last; also those in which nothing was done. */
export type GetActivity = (query: {
  by: ActivityPiece
  /** Whose days they are, in minutes east of UTC. Default 0. */
  utcOffsetMinutes?: number
}) => Promise<(ActivityCounts & { startMs: number })[]>

export function getActivity({ store, clock }: { store: Pick<Records, 'activitySince'>; clock: Clock }): GetActivity {
  return async ({ by, utcOffsetMinutes = 0 }) => {
    const { sizeMs, count } = PIECES[by]
    const eastMs = utcOffsetMinutes * 60_000
    const fromMs = beginning(clock.now(), sizeMs, eastMs) - (count - 1) * sizeMs
    const found = await store.activitySince({ fromMs, sizeMs, eastMs })
    const known = new Map(found.map((one) => [one.startMs, one]))
    return Array.from({ length: count }, (_, index) => {
      const startMs = fromMs + index * sizeMs
      return known.get(startMs) ?? { startMs, ...NOTHING }
    })
  }
}

const NOTHING = Object.fromEntries(ACTIVITY_KINDS.map((kind) => [kind, 0])) as ActivityCounts
