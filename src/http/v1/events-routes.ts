import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Log } from '../../domain/log.ts'
import { Refusal } from '../../domain/refusals.ts'
import type { FollowEvents } from '../../usecases/follow-events.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { OpenStreams, STREAM_HEADERS } from '../open-streams.ts'
import { GUARDED, refusals } from '../refusal-responses.ts'
import { ACCOUNT_EVENT_EXAMPLE, eventText, HEARTBEAT, RETRY } from './event-wire.ts'

export interface EventsRoutesDeps {
  authenticate: Authenticate
  log: Log
  /** Gives an empty batch every 15 s of quiet: the heartbeat that keeps proxies from closing the stream. */
  followEvents: FollowEvents
}

export function eventsRoutes(deps: EventsRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const streams = new OpenStreams()
    // Before the server waits for its connections to end: these would never end by themselves.
    app.addHook('preClose', async () => streams.endAll())

    const options = { onRequest: guard(deps.authenticate, 'read'), exposeHeadRoute: false, schema: FOLLOW }
    app.get('/v1/events', options, async (request, reply) => {
      const lastEventId = request.headers['last-event-id'] ?? request.query.lastEventId
      const following = {
        userId: callerOf(request).user.id,
        ...(lastEventId !== undefined && { afterSeq: Number(lastEventId) }),
        signal: streams.open(reply.raw),
      }
      // Before the answer begins: whoever sees it begin will be told of all that they do from then on.
      const changes = await deps.followEvents(following)
      reply.headers(STREAM_HEADERS)
      // The reader pulls: nothing is read from the store before the socket has taken what came before.
      const text = Readable.from(streamText(deps, request, changes), { objectMode: false, highWaterMark: 16_384 })
      return reply.send(text)
    })
  }
}

const DESCRIPTION = `Server-sent events of the caller's own messages and chats, until either side ends it. Begins after \`Last-Event-ID\`,
or now. \`event: message\` carries a message as it is now; one that changed several times while nobody looked comes once.
\`event: account\` carries \`{type, at, data}\`, such as \`${JSON.stringify(ACCOUNT_EVENT_EXAMPLE)}\`. A comment comes every 15 seconds of
quiet. The stream ends when the credentials are no longer good; whoever comes back with the last \`id\` misses nothing.`

function eventId(description: string) {
  return Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description }))
}

const FOLLOW = {
  operationId: 'followEvents',
  summary: 'Follow what becomes of messages',
  description: DESCRIPTION,
  tags: ['messages'],
  headers: Type.Object({ 'last-event-id': eventId('The `id` of the last event that you have.') }),
  querystring: Type.Object(
    { lastEventId: eventId('The same, for clients that cannot set the header.') },
    { additionalProperties: false },
  ),
  response: {
    200: {
      description: 'A stream that stays open.',
      content: { 'text/event-stream': { schema: Type.Unsafe<Readable>(Type.String()) } },
    },
    ...refusals(...GUARDED),
  },
}

async function* streamText(
  { authenticate, log }: EventsRoutesDeps,
  request: FastifyRequest,
  changes: Awaited<ReturnType<FollowEvents>>,
): AsyncGenerator<string, void, void> {
  yield RETRY
  try {
    for await (const batch of changes) {
      // Each time, because credentials may have been revoked while the stream was open.
      await authenticate(request, 'read')
      if (batch.length === 0) yield HEARTBEAT
      for (const change of batch) yield eventText(change)
    }
  } catch (error) {
    // The headers are gone, so all we can do is end: the client comes back with its last id, and meets the refusal itself.
    if (!(error instanceof Refusal)) log.error({ err: error }, 'a stream of events broke')
  }
}
