import { queryOptions, useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import type { Problem } from './problem.ts'
import { LEAVING } from './query-client.ts'
import type { Schemas } from './schema.d.ts'

export type User = Schemas['User']
export type Locale = User['locale']

/** So old may be what is known of who is signed in: somebody may have been made an operator meanwhile. */
export const ME_REFRESH_MS = 5_000

/** Who is signed in. Rejects with a `Problem` of status 401 when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answer(api.GET('/v1/me')),
  staleTime: ME_REFRESH_MS,
})

export interface AccountWish {
  name?: string
  locale?: Locale
  password?: string
  currentPassword?: string
}

const CHANGE = 'change-me'

/** Changes go one after the other, as they were wished. `passwordMayBeWrong`: then a 401 is about that password, and not the end of the session. */
export function useChangeMe({ passwordMayBeWrong = false } = {}) {
  const queries = useQueryClient()
  return useMutation<User, Problem, AccountWish>({
    mutationKey: [CHANGE],
    scope: { id: CHANGE },
    meta: { mayBeNobody: passwordMayBeWrong },
    mutationFn: (body) => answer(api.PATCH('/v1/me', { body })),
    onSuccess: async (me, { password }) => {
      // What is under way knows nothing of the change.
      await queries.cancelQueries(meQuery)
      queries.setQueryData(meQuery.queryKey, me)
      // A new password ends the others.
      if (password !== undefined) void queries.invalidateQueries({ queryKey: ['sessions'] })
    },
  })
}

/** Whether a change is on its way: what is known of the account is from before it, then. */
export function useIsChangingMe(): boolean {
  return useIsMutating({ mutationKey: [CHANGE] }) > 0
}

export function useDeleteMe() {
  return useMutation<unknown, Problem, { password: string }>({
    mutationKey: LEAVING,
    meta: { mayBeNobody: true },
    mutationFn: (body) => answer(api.DELETE('/v1/me', { body })),
  })
}
