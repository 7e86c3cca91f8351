import type { FastifyReply } from 'fastify'
import { type Static, Type } from 'typebox'
import type { EnqueueMessage } from '../../usecases/enqueue-message.ts'
import { momentFromWire, referTo } from '../wire.ts'
import { type IdempotencyHeader, MessageSchema, type NewMessageBody, wireMessage } from './message-schemas.ts'

interface Given {
  userId: string
  body: Static<typeof NewMessageBody>
  headers: Static<typeof IdempotencyHeader>
}

/** Takes a message in and answers it, whichever way it came. Refuses as `EnqueueMessage` does. */
export async function acceptMessage(enqueue: EnqueueMessage, given: Given, reply: FastifyReply): Promise<FastifyReply> {
  const { text, chatId, silent, expiresAt, ...options } = given.body
  const idempotencyKey = given.headers['idempotency-key']
  const { message, replayed } = await enqueue({
    userId: given.userId,
    text,
    ...(chatId !== undefined && { chatId }),
    ...(silent !== undefined && { silent }),
    ...options,
    expiresAtMs: momentFromWire(expiresAt, '/body/expiresAt'),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  })
  if (replayed) reply.header('idempotency-replayed', 'true')
  return reply.code(202).send(wireMessage(message))
}

/** The response schema of that answer. */
export const ACCEPTED = {
  description: 'Accepted and durable.',
  headers: {
    'idempotency-replayed': Type.Optional(
      Type.Literal('true', { description: 'Present when this is the answer to an earlier request.' }),
    ),
  },
  content: { 'application/json': { schema: referTo(MessageSchema) } },
}
