import { queryOptions, useMutation } from '@tanstack/react-query'
import { isToldOfPhone } from '../told.ts'
import { answer, api } from './client.ts'
import { Problem } from './problem.ts'
import type { Schemas } from './schema.d.ts'

/** The phone of the sandbox; null where Telegram is the real one. */
export const sandboxQuery = queryOptions({
  queryKey: ['sandbox'],
  queryFn: () => (isToldOfPhone() ? answer(api.GET('/v1/sandbox')) : null),
  staleTime: Number.POSITIVE_INFINITY,
})

/** A new bot of the sandbox, made by the account's phone; resolves with its token. */
export function useMakeSandboxBot() {
  return useMutation<string, Problem, { sandbox: Schemas['Sandbox']; name: string }>({
    mutationFn: async ({ sandbox, name }) => {
      const response = await fetch(new URL('create-bot', new URL(sandbox.phoneUrl, location.origin)), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name }),
      }).catch((thrown: unknown) => {
        throw Problem.unreachable(thrown)
      })
      const body: { token: string } = await response.json()
      if (!response.ok) throw Problem.of(body, response)
      return body.token
    },
  })
}
