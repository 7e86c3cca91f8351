import { type UseMutationResult, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { meQuery, type User } from '../api/account.ts'
import { answer, api } from '../api/client.ts'
import type { Problem } from '../api/problem.ts'
import { onSessionEnd, queryClient } from '../api/query-client.ts'
import { forgetDrafts } from '../parts/draft.ts'
import { chooseLanguage } from '../texts/start-texts.ts'
import { noteSession } from '../told.ts'

/** Who is signed in, on pages that only they see. */
export function useMe(): User {
  const { data } = useQuery(meQuery)
  if (!data) throw new Error('a page of an account was drawn without one')
  return data
}

/** Between the tabs of this browser: whoever is signed in may be another, or nobody, from now on. */
const changes = new BroadcastChannel('postrider-session')

function tellOtherTabs(): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the rule takes the channel for a window
  changes.postMessage('changed')
}

/** After a good sign-in: what was known of another account is forgotten, and the account's language holds. */
export async function beginSession(user: User): Promise<void> {
  queryClient.clear()
  noteSession(true)
  tellOtherTabs()
  queryClient.setQueryData(meQuery.queryKey, user)
  await chooseLanguage(user.locale)
}

/** To the sign-in page, with nothing of the account left behind. */
export function useLeave(): () => Promise<void> {
  const navigate = useNavigate()
  return async () => {
    noteSession(false)
    tellOtherTabs()
    forgetDrafts()
    await navigate({ to: '/sign-in' })
    queryClient.clear()
  }
}

export function useSignOut(): UseMutationResult<unknown, Problem, void> {
  const leave = useLeave()
  return useMutation({
    mutationFn: () => answer(api.DELETE('/v1/sessions/current')),
    // Also when the session was over already.
    onSettled: leave,
    meta: { mayBeNobody: true },
  })
}

/** When an answer says that the session is over: to the sign-in page, and from there back to where the person was. */
export function useReturnWhenEnded(): void {
  const router = useRouter()
  const navigate = useNavigate()
  useEffect(
    () =>
      onSessionEnd(() => {
        if (router.state.location.pathname === '/sign-in') return
        const next = router.state.location.href
        noteSession(false)
        void navigate({ to: '/sign-in', search: { next, ended: true } }).then(() => queryClient.clear())
      }),
    [router, navigate],
  )
  useEffect(() => {
    const look = (): void => void queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
    changes.addEventListener('message', look)
    return () => changes.removeEventListener('message', look)
  }, [])
}

/** Another tab of this browser signed in as somebody else: nothing of the former account stays on this page. */
export function useReloadForAnother({ id }: User): void {
  const first = useRef(id)
  useEffect(() => {
    if (id !== first.current) location.reload()
  }, [id])
}
