import { queryOptions } from '@tanstack/react-query'
import { answer, api } from './client.ts'
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
