import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { GetOverview } from '../../usecases/get-overview.ts'
import type { ListAllBots } from '../../usecases/list-all-bots.ts'
import type { ListAllUsers } from '../../usecases/list-all-users.ts'
import { type Authenticate, guardOperators } from '../caller.ts'
import { GUARDED, refusals } from '../refusal-responses.ts'
import { referTo } from '../wire.ts'
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
  operator: { overview: GetOverview; users: ListAllUsers; bots: ListAllBots }
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
