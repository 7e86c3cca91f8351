import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { CancelMessage } from '../../usecases/cancel-message.ts'
import type { EnqueueMessage } from '../../usecases/enqueue-message.ts'
import type { GetMessage } from '../../usecases/get-message.ts'
import type { ListMessages } from '../../usecases/list-messages.ts'
import type { ResendMessage } from '../../usecases/resend-message.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { GUARDED, GUARDED_WRITE, refusals, WITH_BODY } from '../refusal-responses.ts'
import { IdParams, momentFromWire, referTo } from '../wire.ts'
import { ACCEPTED, acceptMessage } from './accept-message.ts'
import {
  IdempotencyHeader,
  MessagePageSchema,
  MessageSchema,
  MessagesQuery,
  MessageWithAttemptsSchema,
  NewMessageBody,
  wireMessageWithAttempts,
  wireMessage,
} from './message-schemas.ts'

export interface MessagesRoutesDeps {
  authenticate: Authenticate
  messages: {
    enqueue: EnqueueMessage
    get: GetMessage
    list: ListMessages
    cancel: CancelMessage
    resend: ResendMessage
  }
}

export function messagesRoutes({ authenticate, messages }: MessagesRoutesDeps): FastifyPluginAsyncTypebox {
  const send = guard(authenticate, 'send')
  const read = guard(authenticate, 'read')
  return async (app) => {
    app.post('/v1/messages', { onRequest: send, schema: SEND }, async (request, reply) => {
      const { body, headers } = request
      return await acceptMessage(messages.enqueue, { userId: callerOf(request).user.id, body, headers }, reply)
    })

    app.get('/v1/messages', { onRequest: read, schema: LIST }, async (request) => {
      const { since, until, ...query } = request.query
      const sinceMs = momentFromWire(since, '/query/since')
      const untilMs = momentFromWire(until, '/query/until')
      const page = await messages.list({
        userId: callerOf(request).user.id,
        ...query,
        ...(sinceMs !== null && { sinceMs }),
        ...(untilMs !== null && { untilMs }),
      })
      return { items: page.items.map(wireMessage), nextCursor: page.nextCursor }
    })

    app.get('/v1/messages/:id', { onRequest: read, schema: GET }, async (request) => {
      const message = await messages.get(callerOf(request).user.id, request.params.id)
      return wireMessageWithAttempts(message)
    })

    app.delete('/v1/messages/:id', { onRequest: send, schema: CANCEL }, async (request, reply) => {
      await messages.cancel(callerOf(request).user.id, request.params.id)
      return reply.code(204).send(null)
    })

    app.post('/v1/messages/:id/resend', { onRequest: send, schema: RESEND }, async (request, reply) => {
      const message = await messages.resend(callerOf(request).user.id, request.params.id)
      return reply.code(202).send(wireMessage(message))
    })
  }
}

const SEND = {
  operationId: 'sendMessage',
  summary: 'Send a message',
  description: 'Answered after the message is durable: from then on it ends as delivered, or with a reason.',
  tags: ['messages'],
  headers: IdempotencyHeader,
  body: NewMessageBody,
  response: {
    202: ACCEPTED,
    ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'chat_not_linked', 'not_found', 'queue_full', 'idempotency_conflict'),
  },
}

const LIST_DESCRIPTION = `Follow \`nextCursor\` with the same \`order\` and filters until it is null.

With \`since\`, \`until\` or \`text\`, a request looks through a bounded part of the history, so that it never takes long. A page may then
have fewer items than \`limit\`, even none, and still a \`nextCursor\` that goes on.`

const LIST = {
  operationId: 'listMessages',
  summary: 'The history',
  description: LIST_DESCRIPTION,
  tags: ['messages'],
  querystring: MessagesQuery,
  response: { 200: referTo(MessagePageSchema), ...refusals(...GUARDED) },
}

const GET = {
  operationId: 'getMessage',
  summary: 'One message with its attempts',
  tags: ['messages'],
  params: IdParams,
  response: { 200: referTo(MessageWithAttemptsSchema), ...refusals(...GUARDED, 'not_found') },
}

const CANCEL = {
  operationId: 'cancelMessage',
  summary: 'Take back a message that still waits',
  description: 'A long text of which a part has arrived is on its way, and cannot be taken back any more.',
  tags: ['messages'],
  params: IdParams,
  response: {
    204: Type.Null({ description: 'It will not be sent.' }),
    ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'not_found', 'message_not_waiting'),
  },
}

const RESEND = {
  operationId: 'resendMessage',
  summary: 'Queue a failed or uncertain message again',
  tags: ['messages'],
  params: IdParams,
  response: {
    202: referTo(MessageSchema),
    ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'not_found', 'message_not_resendable', 'chat_not_linked'),
  },
}
