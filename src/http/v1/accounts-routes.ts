import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { Refusal } from '../../domain/refusals.ts'
import type { AccountChange, ChangeAccount } from '../../usecases/change-account.ts'
import type { DeleteAccount } from '../../usecases/delete-account.ts'
import type { RegisterUser } from '../../usecases/register-user.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { GUARDED, GUARDED_WRITE, refusals, WITH_BODY } from '../refusal-responses.ts'
import { clearSessionCookie } from '../session-cookie.ts'
import { referTo } from '../wire.ts'
import {
  ChangeAccountBody,
  DeleteAccountBody,
  RegisterBody,
  UserSchema,
  WhoAmISchema,
  wireUser,
} from './account-schemas.ts'

export interface AccountsRoutesDeps {
  authenticate: Authenticate
  accounts: { register: RegisterUser; change: ChangeAccount; delete: DeleteAccount }
  /** The setting `PUBLIC_URL`; null when it was not set. */
  publicUrl: string | null
}

export function accountsRoutes({ authenticate, accounts, publicUrl }: AccountsRoutesDeps): FastifyPluginAsyncTypebox {
  const read = guard(authenticate, 'read')
  const manage = guard(authenticate, 'manage')
  return async (app) => {
    app.post(
      '/v1/users',
      {
        schema: {
          operationId: 'register',
          summary: 'Register',
          tags: ['account'],
          security: [],
          body: RegisterBody,
          response: {
            201: referTo(UserSchema),
            ...refusals(...WITH_BODY, 'registration_closed', 'login_taken', 'too_many_requests'),
          },
        },
      },
      async (request, reply) => reply.code(201).send(wireUser(await accounts.register(request.body))),
    )

    app.get(
      '/v1/me',
      {
        onRequest: read,
        schema: {
          operationId: 'getAccount',
          summary: 'Your account',
          tags: ['account'],
          response: { 200: referTo(UserSchema), ...refusals(...GUARDED) },
        },
      },
      async (request) => wireUser(callerOf(request).user),
    )

    app.get(
      '/v1/whoami',
      {
        onRequest: guard(authenticate, null),
        schema: {
          operationId: 'whoAmI',
          summary: 'Whose credentials these are, and what they may do',
          description: 'Any credentials will do, whatever their scopes.',
          tags: ['account'],
          response: { 200: referTo(WhoAmISchema), ...refusals(...GUARDED) },
        },
      },
      async (request) => {
        const { user, via, scopes } = callerOf(request)
        return { user: wireUser(user), via, scopes: [...scopes] }
      },
    )

    app.patch(
      '/v1/me',
      {
        onRequest: manage,
        schema: {
          operationId: 'changeAccount',
          summary: 'Change your name, language or password',
          description: 'A new password needs the current one, and ends every session but the one that asks.',
          tags: ['account'],
          body: ChangeAccountBody,
          response: { 200: referTo(UserSchema), ...refusals(...GUARDED_WRITE, ...WITH_BODY) },
        },
      },
      async (request) => {
        const input = { caller: callerOf(request), change: changeOf(request.body), address: request.ip }
        return wireUser(await accounts.change(input))
      },
    )

    app.delete(
      '/v1/me',
      {
        onRequest: manage,
        schema: {
          operationId: 'deleteAccount',
          summary: 'Delete your account and all that is in it',
          description: 'Messages, chats, tokens and sessions go with it. What is already in Telegram stays there.',
          tags: ['account'],
          body: DeleteAccountBody,
          response: {
            204: Type.Null({ description: 'Nothing of it is left.' }),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY),
          },
        },
      },
      async (request, reply) => {
        const { password } = request.body
        await accounts.delete({ caller: callerOf(request), password, address: request.ip })
        clearSessionCookie(reply, publicUrl)
        return reply.code(204).send(null)
      },
    )
  }
}

/** Two fields on the wire, one thing to do: neither means anything without the other. */
function changeOf({ name, locale, password, currentPassword }: Static<typeof ChangeAccountBody>): AccountChange {
  if (password === undefined && currentPassword === undefined) return { name, locale }
  if (password === undefined) throw incomplete('password', 'is missing; `currentPassword` is there to change it')
  if (currentPassword === undefined) throw incomplete('currentPassword', 'is missing; a new password needs it')
  return { name, locale, password: { current: currentPassword, next: password } }
}

function incomplete(field: string, what: string): Refusal {
  return new Refusal('request_invalid', { errors: [{ where: `/body/${field}`, what }] })
}
