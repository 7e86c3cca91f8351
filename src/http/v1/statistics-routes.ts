import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { MOST_COUNTED } from '../../usecases/count-waiting.ts'
import type { Counts, MessageStatistics, Statistics } from '../../usecases/message-statistics.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { GUARDED, refusals } from '../refusal-responses.ts'
import { nullable, referTo, WireTime, wireTime, wireTimeOrNull } from '../wire.ts'

export interface StatisticsRoutesDeps {
  authenticate: Authenticate
  messageStatistics: MessageStatistics
}

export function statisticsRoutes(deps: StatisticsRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const options = { onRequest: guard(deps.authenticate, 'read'), schema: STATISTICS }
    app.get('/v1/statistics', options, async (request) => {
      const { by = 'hour', utcOffset = 0 } = request.query
      return wireStatistics(await deps.messageStatistics({ userId: callerOf(request).user.id, by, utcOffset }))
    })
  }
}

const Count = Type.Integer({ minimum: 0 })
const COUNTS = {
  accepted: Type.Integer({ minimum: 0, description: 'All of them; the others add up to this.' }),
  delivered: Count,
  failed: Count,
  uncertain: Count,
  expired: Count,
  cancelled: Count,
  waiting: Type.Integer({ minimum: 0, description: 'Queued or being sent.' }),
}
const COUNTS_EXAMPLE = { accepted: 3, delivered: 2, failed: 0, uncertain: 0, expired: 0, cancelled: 0, waiting: 1 }
const Duration = nullable(Type.Integer({ minimum: 0 }), {
  description: 'In milliseconds, rounded down to the first two digits; null when nothing was delivered.',
})

const StatisticsSchema = Type.Object(
  {
    by: Type.Enum(['hour', 'day']),
    buckets: Type.Array(Type.Object({ start: WireTime, ...COUNTS }), {
      description: 'Every hour or day of the time, oldest first; the last one is still under way.',
    }),
    total: Type.Object(COUNTS),
    waitingNow: Type.Integer({
      minimum: 0,
      maximum: MOST_COUNTED,
      description: `Queued or being sent, whenever they were accepted. Counted up to ${MOST_COUNTED}.`,
    }),
    oldestWaitingAt: nullable(WireTime, { description: 'When the first of those was accepted.' }),
    deliveryTime: Type.Object(
      { count: Count, p50Ms: Duration, p95Ms: Duration },
      {
        description:
          'From acceptance to delivery: half of the messages took no longer than `p50Ms`, 95 of 100 no longer than `p95Ms`.',
      },
    ),
  },
  {
    $id: 'Statistics',
    title: 'Statistics',
    examples: [
      {
        by: 'hour',
        buckets: [{ start: '2026-01-01T00:00:00.000Z', ...COUNTS_EXAMPLE }],
        total: COUNTS_EXAMPLE,
        waitingNow: 1,
        oldestWaitingAt: '2026-01-01T00:00:00.000Z',
        deliveryTime: { count: 2, p50Ms: 350, p95Ms: 1200 },
      },
    ],
  },
)

/** Registered with the server, so that the OpenAPI document names them. */
export const STATISTICS_SCHEMAS = [StatisticsSchema]

const STATISTICS = {
  operationId: 'getStatistics',
  summary: 'What became of your messages, by hour or by day',
  description:
    'The last 24 hours, or the last 30 days. A message counts in the hour or day in which it was accepted, as what it is now.',
  tags: ['messages'],
  querystring: Type.Object(
    {
      by: Type.Optional(Type.Enum(['hour', 'day'], { default: 'hour' })),
      utcOffset: Type.Optional(
        Type.Integer({
          minimum: -840,
          maximum: 840,
          default: 0,
          description: 'Minutes east of UTC, where hours and days shall begin. The same for all of them.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  response: { 200: referTo(StatisticsSchema), ...refusals(...GUARDED) },
}

function wireStatistics(statistics: Statistics): Static<typeof StatisticsSchema> {
  const { by, buckets, total, waitingNow, oldestWaitingMs, deliveryTime } = statistics
  return {
    by,
    buckets: buckets.map(({ startMs, ...counts }) => ({ start: wireTime(startMs), ...(counts satisfies Counts) })),
    total,
    waitingNow,
    oldestWaitingAt: wireTimeOrNull(oldestWaitingMs),
    deliveryTime,
  }
}
