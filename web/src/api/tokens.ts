import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import type { Problem } from './problem.ts'
import type { Schemas } from './schema.d.ts'

export type ApiToken = Schemas['ApiToken']
export type NewApiToken = Schemas['NewApiToken']
export type Scope = ApiToken['scopes'][number]

/** All of them, without the tokens themselves: nobody sees those again. */
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async () => (await answer(api.GET('/v1/tokens'))).items,
})

export interface TokenWish {
  name: string
  scopes: ApiToken['scopes']
  /** RFC 3339; null: it never expires. */
  expiresAt: string | null
}

export function useCreateToken() {
  const queries = useQueryClient()
  return useMutation<NewApiToken, Problem, TokenWish>({
    mutationFn: (body) => answer(api.POST('/v1/tokens', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  })
}

export function useRevokeToken() {
  const queries = useQueryClient()
  return useMutation<unknown, Problem, string>({
    mutationFn: (id) => answer(api.DELETE('/v1/tokens/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  })
}
