import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import type { Schemas } from './schema.d.ts'

export type Overview = Schemas['Overview']
export type OperatorUser = Schemas['OperatorUserPage']['items'][number]
export type OperatorBot = Schemas['OperatorBotPage']['items'][number]
export type Activity = Schemas['Activity']
export type ActivityBy = 'minute' | 'hour' | 'day'

/** How old what an operator sees may be. */
const REFRESH_MS = 5_000

export const overviewQuery = queryOptions({
  queryKey: ['operator', 'overview'],
  queryFn: () => answer(api.GET('/v1/operator/overview')),
  refetchInterval: REFRESH_MS,
})

export const activityQuery = (by: ActivityBy) =>
  queryOptions({
    queryKey: ['operator', 'activity', by],
    queryFn: () => {
      const utcOffset = -new Date().getTimezoneOffset() || 0
      return answer(api.GET('/v1/operator/activity', { params: { query: { by, utcOffset } } }))
    },
    refetchInterval: 4 * REFRESH_MS,
  })

export const failuresQuery = queryOptions({
  queryKey: ['operator', 'failures'],
  queryFn: async () => (await answer(api.GET('/v1/operator/failures'))).items,
  refetchInterval: 4 * REFRESH_MS,
})

const SOME = 25
const NO_CURSOR: { cursor?: string } = {}

export const operatorBotsQuery = (filter: { search?: string; state?: OperatorBot['state'] }) =>
  infiniteQueryOptions({
    queryKey: ['operator', 'bots', filter],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/v1/operator/bots', { params: { query: { limit: SOME, ...filter, ...pageParam } } })),
    initialPageParam: NO_CURSOR,
    getNextPageParam: ({ nextCursor }) => (nextCursor === null ? undefined : { cursor: nextCursor }),
    placeholderData: keepPreviousData,
    refetchInterval: 4 * REFRESH_MS,
  })

export const operatorUsersQuery = (filter: { search?: string }) =>
  infiniteQueryOptions({
    queryKey: ['operator', 'users', filter],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/v1/operator/users', { params: { query: { limit: SOME, ...filter, ...pageParam } } })),
    initialPageParam: NO_CURSOR,
    getNextPageParam: ({ nextCursor }) => (nextCursor === null ? undefined : { cursor: nextCursor }),
    placeholderData: keepPreviousData,
    refetchInterval: 4 * REFRESH_MS,
  })
