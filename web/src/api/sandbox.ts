import { queryOptions } from '@tanstack/react-query'
import { isToldOfPhone } from '../told.ts'
import { answer, api } from './client.ts'

/** The phone of the sandbox; null where Telegram is the real one. */
export const sandboxQuery = queryOptions({
  queryKey: ['sandbox'],
  queryFn: () => (isToldOfPhone() ? answer(api.GET('/v1/sandbox')) : null),
  staleTime: Number.POSITIVE_INFINITY,
})
