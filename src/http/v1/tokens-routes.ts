import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { CreateApiToken } from '../../usecases/create-api-token.ts'
import type { ListApiTokens } from '../../usecases/list-api-tokens.ts'
import type { RevokeApiToken } from '../../usecases/revoke-api-token.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { GUARDED, GUARDED_WRITE, refusals, WITH_BODY } from '../refusal-responses.ts'
import { IdParams, momentFromWire, referTo } from '../wire.ts'
import { ApiTokenListSchema, NewApiTokenBody, NewApiTokenSchema, wireApiToken } from './account-schemas.ts'

export interface TokensRoutesDeps {
  authenticate: Authenticate
  tokens: { create: CreateApiToken; list: ListApiTokens; revoke: RevokeApiToken }
}

export function tokensRoutes({ authenticate, tokens }: TokensRoutesDeps): FastifyPluginAsyncTypebox {
  const read = guard(authenticate, 'read')
  const manage = guard(authenticate, 'manage')
  return async (app) => {
    app.get(
      '/v1/tokens',
      {
        onRequest: read,
        schema: {
          operationId: 'listTokens',
          summary: 'Your API tokens',
          tags: ['tokens'],
          response: { 200: referTo(ApiTokenListSchema), ...refusals(...GUARDED) },
        },
      },
      async (request) => ({ items: (await tokens.list(callerOf(request).user.id)).map(wireApiToken) }),
    )

    app.post(
      '/v1/tokens',
      {
        onRequest: manage,
        schema: {
          operationId: 'createToken',
          summary: 'Make an API token',
          description: 'The token is shown once. It can grant only what the credentials that make it may do.',
          tags: ['tokens'],
          body: NewApiTokenBody,
          response: { 201: referTo(NewApiTokenSchema), ...refusals(...GUARDED_WRITE, ...WITH_BODY) },
        },
      },
      async (request, reply) => {
        const { name, scopes, expiresAt } = request.body
        const { token, secret } = await tokens.create(callerOf(request), {
          name,
          scopes,
          expiresAtMs: momentFromWire(expiresAt, '/body/expiresAt'),
        })
        return reply
          .code(201)
          .header('cache-control', 'no-store')
          .send({ ...wireApiToken(token), token: secret })
      },
    )

    app.delete(
      '/v1/tokens/:id',
      {
        onRequest: manage,
        schema: {
          operationId: 'revokeToken',
          summary: 'Revoke an API token',
          description: 'It is dead when the answer comes.',
          tags: ['tokens'],
          params: IdParams,
          response: {
            204: Type.Null({ description: 'Revoked.' }),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'not_found'),
          },
        },
      },
      async (request, reply) => {
        await tokens.revoke({ userId: callerOf(request).user.id, tokenId: request.params.id })
        return reply.code(204).send(null)
      },
    )
  }
}
