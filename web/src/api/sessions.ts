import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import type { Problem } from './problem.ts'
import { LEAVING } from './query-client.ts'
import type { Schemas } from './schema.d.ts'

export type SessionEntry = Schemas['SessionList']['items'][number]

/** Where the account is signed in, newest first. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async () => (await answer(api.GET('/v1/sessions'))).items,
})

export function useEndSession() {
  const queries = useQueryClient()
  return useMutation<unknown, Problem, string>({
    mutationFn: (id) => answer(api.DELETE('/v1/sessions/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  })
}

/** All of them but, when `keepCurrent`, this one. */
export function useEndSessions() {
  const queries = useQueryClient()
  return useMutation<unknown, Problem, { keepCurrent: boolean }>({
    mutationKey: LEAVING,
    mutationFn: (query) => answer(api.DELETE('/v1/sessions', { params: { query } })),
    onSettled: (_answer, _problem, { keepCurrent }) =>
      keepCurrent ? queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }) : undefined,
  })
}
