import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { EndSession, EndSessions } from '../../usecases/end-sessions.ts'
import { type ListSessions, MOST_SESSIONS_LISTED } from '../../usecases/list-sessions.ts'
import type { LogIn } from '../../usecases/log-in.ts'
import type { LogOut } from '../../usecases/log-out.ts'
import { type Authenticate, callerOf, clientOf, guard } from '../caller.ts'
import { GUARDED, GUARDED_WRITE, refusals, WITH_BODY } from '../refusal-responses.ts'
import { clearSessionCookie, setSessionCookie } from '../session-cookie.ts'
import { IdParams, referTo } from '../wire.ts'
import { LogInBody, SessionListSchema, SessionSchema, wireListedSession, wireSession } from './account-schemas.ts'

export interface SessionsRoutesDeps {
  authenticate: Authenticate
  sessions: { logIn: LogIn; logOut: LogOut; list: ListSessions; end: EndSession; endAll: EndSessions }
  /** The setting `PUBLIC_URL`; null when it was not set. The cookie is `Secure` when it is https. */
  publicUrl: string | null
}

export function sessionsRoutes(deps: SessionsRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(ownSession(deps))
    await app.register(allSessions(deps))
  }
}

function ownSession({ authenticate, sessions, publicUrl }: SessionsRoutesDeps): FastifyPluginAsyncTypebox {
  // Leaving needs no right beyond being there: a session may do everything, and nothing else can be logged out.
  const anySession = guard(authenticate, 'read')
  return async (app) => {
    app.post(
      '/v1/sessions',
      {
        schema: {
          operationId: 'logIn',
          summary: 'Log in',
          description: `An access token for programs, and the same as a cookie for browsers. Wrong passwords are slowed down for each login
and each address.`,
          tags: ['account'],
          security: [],
          body: LogInBody,
          response: {
            201: {
              description: 'Logged in.',
              headers: { 'set-cookie': Type.String({ description: 'The session cookie, which no script can read.' }) },
              content: { 'application/json': { schema: referTo(SessionSchema) } },
            },
            ...refusals(...WITH_BODY, 'credentials_invalid', 'too_many_requests'),
          },
        },
      },
      async (request, reply) => {
        const loggedIn = await sessions.logIn({ ...request.body, ...clientOf(request) })
        setSessionCookie(reply, loggedIn, publicUrl)
        return reply.code(201).header('cache-control', 'no-store').send(wireSession(loggedIn))
      },
    )

    app.delete(
      '/v1/sessions/current',
      {
        onRequest: anySession,
        schema: {
          operationId: 'logOut',
          summary: 'Log out',
          description:
            'Ends the session whose access token or cookie asks; both are dead at once. `not_found` with other credentials.',
          tags: ['account'],
          response: {
            204: Type.Null({ description: 'Logged out.' }),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'not_found'),
          },
        },
      },
      async (request, reply) => {
        await sessions.logOut(callerOf(request))
        clearSessionCookie(reply, publicUrl)
        return reply.code(204).send(null)
      },
    )
  }
}

/** A person sees where they are logged in, and ends what is not theirs. */
function allSessions({ authenticate, sessions, publicUrl }: SessionsRoutesDeps): FastifyPluginAsyncTypebox {
  const read = guard(authenticate, 'read')
  const manage = guard(authenticate, 'manage')
  return async (app) => {
    app.get(
      '/v1/sessions',
      {
        onRequest: read,
        schema: {
          operationId: 'listSessions',
          summary: 'Where you are logged in',
          description: `The sessions that have not ended, the one that was seen last first; at most ${MOST_SESSIONS_LISTED}.`,
          tags: ['account'],
          response: { 200: referTo(SessionListSchema), ...refusals(...GUARDED) },
        },
      },
      async (request) => ({ items: (await sessions.list(callerOf(request))).map(wireListedSession) }),
    )

    app.delete(
      '/v1/sessions/:id',
      {
        onRequest: manage,
        schema: {
          operationId: 'endSession',
          summary: 'End a session',
          description: 'Its access token and its cookie are dead when the answer comes.',
          tags: ['account'],
          params: IdParams,
          response: {
            204: Type.Null({ description: 'Ended.' }),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'not_found'),
          },
        },
      },
      async (request, reply) => {
        const { user, sessionId } = callerOf(request)
        await sessions.end({ userId: user.id, sessionId: request.params.id })
        if (request.params.id === sessionId) clearSessionCookie(reply, publicUrl)
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/v1/sessions',
      {
        onRequest: manage,
        schema: {
          operationId: 'endSessions',
          summary: 'Log out everywhere',
          description: 'Ends every session of the account, also the one that asks. API tokens go on.',
          tags: ['account'],
          querystring: Type.Object(
            {
              keepCurrent: Type.Optional(Type.Boolean({ default: false, description: 'The one that asks goes on.' })),
            },
            { additionalProperties: false },
          ),
          response: {
            204: Type.Null({ description: 'Logged out.' }),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY),
          },
        },
      },
      async (request, reply) => {
        const { keepCurrent = false } = request.query
        await sessions.endAll(callerOf(request), { keepCurrent })
        if (!keepCurrent) clearSessionCookie(reply, publicUrl)
        return reply.code(204).send(null)
      },
    )
  }
}
