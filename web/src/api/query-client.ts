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

/** Of mutations that end the session: what the page asks for meanwhile is refused, and whoever is leaving knows why. */
export const LEAVING = ['leaving']

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // Who asks "who am I?" wants to hear that it is nobody.
      if (query.meta?.['mayBeNobody'] !== true && queryClient.isMutating({ mutationKey: LEAVING }) === 0)
        lookForEnd(error)
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
    // Asked for also when the browser thinks that it is offline: the program may run on this very machine, and otherwise a question that
    // waits in silence would look as if it were still on its way.
    queries: { retry: mayPass, staleTime: 15_000, networkMode: 'always', refetchOnReconnect: true },
    mutations: { retry: false, networkMode: 'always' },
  },
})
