import { queryOptions } from '@tanstack/react-query'

/** The phone of the sandbox; null where Telegram is the real one. */
export const sandboxQuery = queryOptions({
  queryKey: ['sandbox'],
  queryFn: async (): Promise<{ phoneUrl: string } | null> => {
    const response = await fetch('/v1/sandbox')
    return response.ok ? await response.json() : null
  },
  staleTime: Number.POSITIVE_INFINITY,
})
