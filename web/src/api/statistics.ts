import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import type { Schemas } from './schema.d.ts'

export type Statistics = Schemas['Statistics']
export type By = Statistics['by']

/** What became of the account's messages in the last 24 hours or 30 days, in hours or days of this browser's time zone. */
export const statisticsQuery = (by: By) =>
  queryOptions({
    queryKey: ['statistics', by],
    queryFn: () => answer(api.GET('/v1/statistics', { params: { query: { by, utcOffset: minutesEast() } } })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })

/** JavaScript counts to the west. */
function minutesEast(): number {
  return -new Date().getTimezoneOffset() || 0
}
