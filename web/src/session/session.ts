import { type UseMutationResult, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef } from 'react'
import { meQuery, type User } from '../api/account.ts'
import { answer, api } from '../api/client.ts'
import type { Problem } from '../api/problem.ts'
import { LEAVING, onSessionEnd, queryClient } from '../api/query-client.ts'
import { forgetDrafts } from '../parts/draft.ts'
import { chooseLanguage } from '../texts/start-texts.ts'
import { mayHaveSession, noteSession } from '../told.ts'

/** Who is signed in, on pages that only they see. */
export function useMe(): User {
  const { data } = useQuery(meQuery)
  if (!data) throw new Error('a page of an account was drawn without one')
  return data
}

/** What one tab of this browser tells the others: the id of who is signed in from now on, or that nobody is. */
const changes = new BroadcastChannel('postrider-session')

function tellOtherTabs(userId: string | null): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the rule takes the channel for a window
  changes.postMessage(userId)
}

function useOtherTabs(hear: (userId: string | null) => void): void {
  const listener = useEffectEvent(({ data }: MessageEvent<string | null>) => hear(data))
  useEffect(() => {
    const listen = (event: MessageEvent<string | null>): void => listener(event)
    changes.addEventListener('message', listen)
    return () => changes.removeEventListener('message', listen)
  }, [])
}

/** Whose session has ended on this page. */
let former: string | undefined

/** After a good sign-in: what was known of another account is forgotten, and the account's language holds. */
export async function beginSession(user: User): Promise<void> {
  queryClient.clear()
  noteSession(true)
  tellOtherTabs(user.id)
  queryClient.setQueryData(meQuery.queryKey, user)
  await chooseLanguage(user.locale)
}

/** To a page for everybody, with nothing of the account left behind. */
export function useLeave(to: '/sign-in' | '/sign-up' = '/sign-in'): () => Promise<void> {
  const navigate = useNavigate()
  return async () => {
    noteSession(false)
    tellOtherTabs(null)
    forgetDrafts()
    await navigate({ to })
  }
}

export function useSignOut(): UseMutationResult<unknown, Problem, void> {
  const leave = useLeave()
  return useMutation({
    mutationKey: LEAVING,
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
        // Where one is going: what asked may have been asked on the way there.
        const { pathname, href: next } = router.latestLocation
        // Or one has left, and is on the way.
        if (pathname === '/sign-in' || !mayHaveSession()) return
        noteSession(false)
        former = queryClient.getQueryData(meQuery.queryKey)?.id
        void navigate({ to: '/sign-in', search: { next, ended: true } })
      }),
    [router, navigate],
  )
  useOtherTabs(() => void queryClient.invalidateQueries({ queryKey: meQuery.queryKey }))
}

/** To where one wanted to go before one was asked to sign in, or Home. */
export function useGoOn(next: string | undefined): () => Promise<void> {
  const router = useRouter()
  return () => router.navigate({ href: next ?? '/app/', reloadDocument: false })
}

/** Somebody signed in in another tab: this one goes on, too. What `former` looked at is nothing for anybody else. */
export function useGoOnWithOthers(next: string | undefined): void {
  const isAnother = (userId: string): boolean => former !== undefined && former !== userId
  const goOn = useGoOn(next)
  const goHome = useGoOn(undefined)
  useOtherTabs((userId) => {
    if (userId === null) return
    noteSession(true)
    void (isAnother(userId) ? goHome() : goOn())
  })
}

/** Where nobody is signed in. Not before one is there: the pages that are left behind are drawn until then, and need what they show. */
export function useForgetAccount(): void {
  useEffect(() => queryClient.clear(), [])
}

/** Another tab of this browser signed in as somebody else: nothing of the former account stays on this page. */
export function useReloadForAnother({ id }: User): void {
  const first = useRef(id)
  useEffect(() => {
    if (id !== first.current) location.reload()
  }, [id])
}
