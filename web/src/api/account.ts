import { queryOptions } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import type { Schemas } from './schema.d.ts'

export type User = Schemas['User']
export type Locale = User['locale']

/** Who is signed in. Rejects with a `Problem` of status 401 when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answer(api.GET('/v1/me')),
  staleTime: 60_000,
})
