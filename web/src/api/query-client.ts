import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { isSignedOut, Problem } from './problem.ts'

type Listener = () => void
const listeners = new Set<Listener>()

/** Tells when an answer said that the session is over. Returns what ends the listening. */
export function onSessionEnd(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function lookForEnd(error: Error): void {
  if (isSignedOut(error)) for (const listener of listeners) listener()
}

/** Twice more for what may pass (no answer, 5xx); a refusal is a refusal. */
function mayPass(failures: number, error: Error): boolean {
  return error instanceof Problem && (error.status === 0 || error.status >= 500) && failures < 2
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // Who asks "who am I?" wants to hear that it is nobody.
      if (query.meta?.['mayBeNobody'] !== true) lookForEnd(error)
      // The role was taken away meanwhile.
      if (error instanceof Problem && error.code === 'operator_only')
        void queryClient.invalidateQueries({ queryKey: ['me'] })
    },
  }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      if (mutation.meta?.['mayBeNobody'] !== true) lookForEnd(error)
    },
  }),
  defaultOptions: {
    queries: { retry: mayPass, staleTime: 15_000 },
    mutations: { retry: false },
  },
})
