import { type Static, Type } from 'typebox'
import type { ActivityCounts } from '../../domain/activity.ts'
import { DELIVERY_ERRORS, type DeliveryErrorCode } from '../../domain/message.ts'
import { ACTIVITY_PIECES } from '../../usecases/get-activity.ts'
import type { FailureReason } from '../../usecases/list-failures.ts'
import { WireTime, wireTime } from '../wire.ts'

const Count = Type.Integer({ minimum: 0 })
const TIME = '2026-01-01T00:00:00.000Z'

export const ActivitySchema = Type.Object(
  {
    buckets: Type.Array(
      Type.Object({
        start: WireTime,
        accepted: Count,
        delivered: Count,
        failed: Count,
        uncertain: Count,
        expired: Count,
        throttled: Type.Integer({ minimum: 0, description: 'Answers 429 of Telegram.' }),
      }),
      { description: 'All of them, oldest first; the last one is that of now.' },
    ),
  },
  {
    $id: 'Activity',
    title: 'Activity',
    examples: [
      {
        buckets: [{ start: TIME, accepted: 120, delivered: 118, failed: 1, uncertain: 0, expired: 0, throttled: 2 }],
      },
    ],
  },
)

export const FailuresSchema = Type.Object(
  {
    since: Type.String({ format: 'date-time', description: 'The beginning of the first hour that is counted.' }),
    items: Type.Array(
      Type.Object({
        reason: Type.Enum(Object.keys(DELIVERY_ERRORS) as DeliveryErrorCode[], {
          description: 'The `code` of the messages’ `error`.',
        }),
        count: Count,
        lastAt: WireTime,
        bots: Type.Array(Type.String(), {
          maxItems: 5,
          description: 'The ids of those of which most were, at most five. Some may be deleted by now.',
        }),
      }),
      { description: 'Most first.' },
    ),
  },
  {
    $id: 'Failures',
    title: 'Failures',
    examples: [
      {
        since: TIME,
        items: [{ reason: 'chat_blocked', count: 3, lastAt: TIME, bots: ['bot_01kdvtd8000123456789abcdef'] }],
      },
    ],
  },
)

/** Registered with the server, so that the OpenAPI document names them. */
export const ACTIVITY_SCHEMAS = [ActivitySchema, FailuresSchema]

export const ActivityQuery = Type.Object(
  {
    by: Type.Enum([...ACTIVITY_PIECES], {
      description: 'The last 60 minutes, 48 hours or 30 days, with that of now.',
    }),
    utcOffset: Type.Optional(
      Type.Integer({
        minimum: -840,
        maximum: 840,
        default: 0,
        description: 'Where days and hours begin: minutes east of UTC.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const FailuresQuery = Type.Object(
  { since: Type.Optional(Type.String({ format: 'date-time', description: 'Default: 24 hours ago.' })) },
  { additionalProperties: false },
)

export function wireActivity(pieces: readonly (ActivityCounts & { startMs: number })[]): Static<typeof ActivitySchema> {
  return { buckets: pieces.map(({ startMs, ...counts }) => ({ start: wireTime(startMs), ...counts })) }
}

export function wireFailure({
  code,
  count,
  lastMs,
  botIds,
}: FailureReason): Static<typeof FailuresSchema>['items'][number] {
  return { reason: code, count, lastAt: wireTime(lastMs), bots: botIds }
}
