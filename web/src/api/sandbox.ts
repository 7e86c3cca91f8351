import { queryOptions } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import { Problem } from './problem.ts'
import type { Schemas } from './schema.d.ts'

/** The phone of the sandbox; null where Telegram is the real one. */
export const sandboxQuery = queryOptions({
  queryKey: ['sandbox'],
  queryFn: async (): Promise<Schemas['Sandbox'] | null> => {
    try {
      return await answer(api.GET('/v1/sandbox'))
    } catch (error) {
      if (error instanceof Problem && error.code === 'not_found') return null
      throw error
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
})
