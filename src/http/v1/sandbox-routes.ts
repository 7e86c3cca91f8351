import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Refusal } from '../../domain/refusals.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { phonePath, type SandboxPhones } from '../sandbox-phones.ts'
import { GUARDED, refusals } from '../refusal-responses.ts'
import { referTo } from '../wire.ts'
import { SandboxSchema } from './sandbox-schemas.ts'

export interface SandboxRoutesDeps {
  authenticate: Authenticate
  /** Null when Telegram is the real one. */
  phones: SandboxPhones | null
}

/** Whether there is a phone to show beside the account, and where. */
export function sandboxRoutes({ authenticate, phones }: SandboxRoutesDeps): FastifyPluginAsyncTypebox {
  const manage = guard(authenticate, 'manage')
  return async (app) => {
    app.get(
      '/v1/sandbox',
      {
        // Before anybody is asked who they are: with the real Telegram nothing is here.
        onRequest: phones === null ? async () => Promise.reject(new Refusal('not_found')) : manage,
        schema: {
          operationId: 'getSandbox',
          summary: 'Your person in the sandbox, and their phone',
          description: DESCRIPTION,
          tags: ['sandbox'],
          response: { 200: referTo(SandboxSchema), ...refusals(...GUARDED, 'not_found') },
        },
      },
      async (request) => {
        if (phones === null) throw new Refusal('not_found')
        const person = phones.personOf(callerOf(request).user)
        return { phoneUrl: `${phonePath(person.id)}/?embedded`, person, bot: phones.bot }
      },
    )
  }
}

const DESCRIPTION =
  'A person of your name and language, made when first asked for and the same from then on, who is you in the sandbox. Nothing of this is there when Telegram is the real one: `not_found`.'
