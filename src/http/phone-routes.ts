import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { Log } from '../domain/log.ts'
import { Refusal } from '../domain/refusals.ts'
import { type Authenticate, callerOf, guard } from './caller.ts'
import { OpenStreams, STREAM_HEADERS } from './open-streams.ts'
import { phonePath, type SandboxPhones } from './sandbox-phones.ts'

export interface PhoneRoutesDeps {
  authenticate: Authenticate
  log: Log
  /** Null when Telegram is the real one, and then there is nothing of all this. */
  phones: SandboxPhones | null
}

/**
 * The sandbox's phone under our own origin: its page, what the page asks for, and its events. Each account has one, at an address with
 * the number of its person, and meets "not found" at every other. In no document of the API: docs/sandbox.md tells of it.
 */
export function phoneRoutes({ authenticate, log, phones }: PhoneRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    if (phones === null) return
    const streams = new OpenStreams()
    app.addHook('preClose', async () => streams.endAll())
    const at = phonePath(':person')
    const options = { onRequest: [guard(authenticate, 'manage'), holderOnly(phones)] }

    app.get(`${at}/`, { ...options, schema: HIDDEN }, async (_request, reply) => sendFile(reply, phones.file('')))

    app.get(`${at}/phone/:file`, { ...options, schema: FILE }, async ({ params }, reply) =>
      sendFile(reply, phones.file(params.file)),
    )

    app.get(`${at}/events`, { ...options, exposeHeadRoute: false, schema: HIDDEN }, async (request, reply) => {
      const changes = phones.changes(personOf(request), streams.open(reply.raw))
      const isStillTheirs = async (): Promise<unknown> => authenticate(request, 'manage')
      reply.headers(STREAM_HEADERS)
      return reply.send(Readable.from(streamText(changes, isStillTheirs, log), { objectMode: false }))
    })

    app.get(`${at}/:call`, { ...options, schema: CALL }, async (request, reply) => {
      const asked = { method: 'GET', name: request.params.call, input: request.query } as const
      return sendAnswer(reply, phones.call(personOf(request), asked))
    })

    app.post(`${at}/:call`, { ...options, schema: CALL }, async (request, reply) => {
      const asked = { method: 'POST', name: request.params.call, input: request.body } as const
      return sendAnswer(reply, phones.call(personOf(request), asked))
    })
  }
}

const HIDDEN = { hide: true, params: Type.Object({ person: Type.String() }) }
const FILE = { hide: true, params: Type.Object({ person: Type.String(), file: Type.String() }) }
const CALL = { hide: true, params: Type.Object({ person: Type.String(), call: Type.String() }) }

/** For the phone's documents alone: as strict as ours, but a page of ours may show them in a frame. */
const DOCUMENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join(';')

/** Another's phone does not exist. The number is looked at as a text, so that there is one way to write it. */
function holderOnly(phones: SandboxPhones): onRequestAsyncHookHandler {
  return async (request) => {
    if (String(phones.personOf(callerOf(request).user).id) !== personIn(request)) throw new Refusal('not_found')
  }
}

function personIn({ params }: FastifyRequest): string {
  return (params as { person: string }).person
}

function personOf(request: FastifyRequest): number {
  return Number(personIn(request))
}

function sendFile(reply: FastifyReply, file: ReturnType<SandboxPhones['file']>): FastifyReply {
  if (file === undefined) throw new Refusal('not_found')
  if (file.contentType.startsWith('text/html')) reply.header('content-security-policy', DOCUMENT_POLICY)
  return reply.type(file.contentType).header('cache-control', 'private, no-cache').send(file.body)
}

function sendAnswer(reply: FastifyReply, { status, body }: ReturnType<SandboxPhones['call']>): FastifyReply {
  return reply.code(status).type('application/json').header('cache-control', 'no-store').send(body)
}

async function* streamText(
  changes: AsyncIterable<readonly object[]>,
  isStillTheirs: () => Promise<unknown>,
  log: Log,
): AsyncGenerator<string, void, void> {
  try {
    for await (const batch of changes) {
      // Each time, because the session may have ended while the stream was open.
      await isStillTheirs()
      if (batch.length === 0) yield ': quiet\n\n'
      for (const change of batch) yield `data: ${JSON.stringify(change)}\n\n`
    }
  } catch (error) {
    if (!(error instanceof Refusal)) log.error({ err: error }, 'a stream of the phone broke')
  }
}
