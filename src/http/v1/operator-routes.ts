import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { GetActivity } from '../../usecases/get-activity.ts'
import type { GetOverview } from '../../usecases/get-overview.ts'
import type { ListAllBots } from '../../usecases/list-all-bots.ts'
import type { ListAllUsers } from '../../usecases/list-all-users.ts'
import type { ListFailures } from '../../usecases/list-failures.ts'
import { type Authenticate, guardOperators } from '../caller.ts'
import { GUARDED, refusals } from '../refusal-responses.ts'
import { momentFromWire, referTo, wireTime } from '../wire.ts'
import {
  ActivityQuery,
  ActivitySchema,
  FailuresQuery,
  FailuresSchema,
  wireActivity,
  wireFailure,
} from './activity-schemas.ts'
import {
  OperatorBotPageSchema,
  OperatorBotsQuery,
  OperatorUserPageSchema,
  OperatorUsersQuery,
  OverviewSchema,
  wireOperatorBot,
  wireOperatorUser,
  wireOverview,
} from './operator-schemas.ts'

export interface OperatorRoutesDeps {
  authenticate: Authenticate
  operator: {
    overview: GetOverview
    users: ListAllUsers
    bots: ListAllBots
    activity: GetActivity
    failures: ListFailures
  }
}

/** How the whole installation is doing. Never a text of a message, a secret, or a chat's title. */
export function operatorRoutes({ authenticate, operator }: OperatorRoutesDeps): FastifyPluginAsyncTypebox {
  const onRequest = guardOperators(authenticate)
  return async (app) => {
    app.get('/v1/operator/overview', { onRequest, schema: OVERVIEW }, async () =>
      wireOverview(await operator.overview()),
    )

    app.get('/v1/operator/users', { onRequest, schema: USERS }, async ({ query }) => {
      const { items, nextCursor } = await operator.users(query)
      return { items: items.map(wireOperatorUser), nextCursor }
    })

    app.get('/v1/operator/bots', { onRequest, schema: BOTS }, async ({ query }) => {
      const { items, nextCursor } = await operator.bots(query)
      return { items: items.map(wireOperatorBot), nextCursor }
    })

    app.get('/v1/operator/activity', { onRequest, schema: ACTIVITY }, async ({ query: { by, utcOffset = 0 } }) =>
      wireActivity(await operator.activity({ by, utcOffsetMinutes: utcOffset })),
    )

    app.get('/v1/operator/failures', { onRequest, schema: FAILURES }, async ({ query }) => {
      const { sinceMs, reasons } = await operator.failures({ sinceMs: momentFromWire(query.since, '/query/since') })
      return { since: wireTime(sinceMs), items: reasons.map(wireFailure) }
    })
  }
}

const REFUSALS = refusals(...GUARDED, 'operator_only')

const OVERVIEW = {
  operationId: 'getOverview',
  summary: 'How the installation is doing',
  description: 'What is counted may be seconds old.',
  tags: ['operator'],
  response: { 200: referTo(OverviewSchema), ...REFUSALS },
}

const USERS = {
  operationId: 'listAllUsers',
  summary: 'All accounts, by login',
  tags: ['operator'],
  querystring: OperatorUsersQuery,
  response: { 200: referTo(OperatorUserPageSchema), ...REFUSALS },
}

const BOTS = {
  operationId: 'listAllBots',
  summary: 'All bots, trouble first',
  description: `Those with the oldest waiting messages first, then those in trouble, then the others. As it was seconds ago. Follow
\`nextCursor\` with the same filters until it is null.`,
  tags: ['operator'],
  querystring: OperatorBotsQuery,
  response: { 200: referTo(OperatorBotPageSchema), ...REFUSALS },
}

const ACTIVITY = {
  operationId: 'getActivity',
  summary: 'How much was done, by minute, hour or day',
  description: `By all processes together. Each writes its numbers down once a minute and when it stops, so the last minute is not
there yet; what a process had not written when it was killed is missing. Kept for 30 days.`,
  tags: ['operator'],
  querystring: ActivityQuery,
  response: { 200: referTo(ActivitySchema), ...REFUSALS },
}

const FAILURES = {
  operationId: 'listFailures',
  summary: 'Why messages did not arrive',
  description: 'Counted by the hour, written down once a minute, and kept for 30 days, as the activity is.',
  tags: ['operator'],
  querystring: FailuresQuery,
  response: { 200: referTo(FailuresSchema), ...REFUSALS },
}
