import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { LogIn } from '../../usecases/log-in.ts'
import type { LogOut } from '../../usecases/log-out.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { GUARDED_WRITE, refusals, WITH_BODY } from '../refusal-responses.ts'
import { clearSessionCookie, setSessionCookie } from '../session-cookie.ts'
import { referTo } from '../wire.ts'
import { LogInBody, SessionSchema, wireSession } from './account-schemas.ts'

export interface SessionsRoutesDeps {
  authenticate: Authenticate
  sessions: { logIn: LogIn; logOut: LogOut }
  /** The setting `PUBLIC_URL`; null when it was not set. The cookie is `Secure` when it is https. */
  publicUrl: string | null
}

export function sessionsRoutes({ authenticate, sessions, publicUrl }: SessionsRoutesDeps): FastifyPluginAsyncTypebox {
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
        const loggedIn = await sessions.logIn({ ...request.body, address: request.ip })
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
