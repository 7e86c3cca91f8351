import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { CreateLinkCode } from '../../usecases/create-link-code.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { GUARDED_WRITE, refusals, WITH_BODY } from '../refusal-responses.ts'
import { nullable, referTo } from '../wire.ts'
import { LinkCodeSchema, NewLinkCodeBody, wireLinkCode } from './chat-schemas.ts'

export interface LinkCodesRoutesDeps {
  authenticate: Authenticate
  createLinkCode: CreateLinkCode
}

export function linkCodesRoutes({ authenticate, createLinkCode }: LinkCodesRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/link-codes',
      {
        onRequest: guard(authenticate, 'manage'),
        schema: {
          operationId: 'createLinkCode',
          summary: 'A one-time code that links a Telegram chat',
          description:
            'Open `deepLink`, or send `code` to the bot from the chat. In a group: `/start@<botUsername> <code>`.',
          tags: ['chats'],
          // Most callers have nothing to say, and send no body at all.
          body: nullable(NewLinkCodeBody),
          response: {
            201: referTo(LinkCodeSchema),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'not_found'),
          },
        },
      },
      async (request, reply) => {
        const botId = request.body?.botId
        const code = await createLinkCode({ userId: callerOf(request).user.id, ...(botId !== undefined && { botId }) })
        return reply.code(201).header('cache-control', 'no-store').send(wireLinkCode(code))
      },
    )
  }
}
