import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import type { Problem } from './problem.ts'
import type { Schemas } from './schema.d.ts'

export type Bot = Schemas['Bot']
export type BotList = Schemas['BotList']

/** How often a bot that is on its way to another state is looked at, and any other: nobody tells us of them. */
const SOON_MS = 1_000
const LATER_MS = 10_000

/** The account's own bots, how many it may have, and the shared one. */
export const botsQuery = queryOptions({
  queryKey: ['bots'],
  queryFn: () => answer(api.GET('/v1/bots')),
  refetchInterval: ({ state: { data } }) =>
    data?.items.some((bot) => bot.state === 'starting' || bot.takeOver) ? SOON_MS : LATER_MS,
})

/** What may be wished of a bot; what is absent stays as it is. */
export interface BotWish {
  token?: string
  title?: string | null
  active?: boolean
  echo?: boolean
  takeOver?: boolean
}

export function useAddBot() {
  const queries = useQueryClient()
  return useMutation<Bot, Problem, BotWish & { token: string }>({
    mutationFn: (body) => answer(api.POST('/v1/bots', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: botsQuery.queryKey }),
  })
}

const CHANGE = 'change-bot'

/** What was wished is shown at once, and taken back when it is refused. Wishes go one after the other, and the last one's end is looked at. */
export function useChangeBot() {
  const queries = useQueryClient()
  const { queryKey } = botsQuery
  return useMutation<Bot, Problem, { id: string; wish: BotWish }, BotList | undefined>({
    mutationKey: [CHANGE],
    scope: { id: CHANGE },
    mutationFn: ({ id, wish }) => answer(api.PATCH('/v1/bots/{id}', { params: { path: { id } }, body: wish })),
    onMutate: async ({ id, wish: { token: _secret, ...seen } }) => {
      await queries.cancelQueries({ queryKey })
      const before = queries.getQueryData(queryKey)
      queries.setQueryData(
        queryKey,
        (list) => list && { ...list, items: list.items.map((bot) => (bot.id === id ? { ...bot, ...seen } : bot)) },
      )
      return before
    },
    onError: (_problem, _wish, before) => queries.setQueryData(queryKey, before),
    onSettled: async () => {
      // Before the others are done they would look as if they were refused.
      if (queries.isMutating({ mutationKey: [CHANGE] }) === 1) await queries.invalidateQueries({ queryKey })
    },
  })
}

export function useDeleteBot() {
  const queries = useQueryClient()
  return useMutation<unknown, Problem, string>({
    mutationFn: (id) => answer(api.DELETE('/v1/bots/{id}', { params: { path: { id } } })),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: botsQuery.queryKey })
      await queries.invalidateQueries({ queryKey: ['chats'] })
    },
  })
}
