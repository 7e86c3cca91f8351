import { type Bot, type BotState, shownState } from '../domain/bot.ts'
import type { Clock } from '../domain/clock.ts'
import type { Backlog, BotWithOwner, Records } from '../store/store.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { recentLook } from './recent-look.ts'

export interface AllBotsQuery {
  /** 1 to 200. Default 50. */
  limit?: number
  /** As the page before gave it. */
  cursor?: string
  /** As it is shown. */
  state?: BotState
  /** Somewhere in the bot's names or its owner's login, ignoring case. */
  search?: string
}
export interface ListedBot {
  bot: Bot
  owner: { id: string; login: string } | null
  waiting: number
  /** When the oldest of what waits was accepted; null when nothing does. */
  oldestWaitingMs: number | null
}
export interface AllBotsPage {
  items: ListedBot[]
  /** Null on the last page. */
  nextCursor: string | null
}

/**
 * For operators: every bot, trouble first: those with the oldest waiting messages, then those in trouble, then the others. As it was seconds
 * ago. Refuses with `request_invalid` for a cursor that is not from here.
 */
export type ListAllBots = (query: AllBotsQuery) => Promise<AllBotsPage>

interface Deps {
  store: Pick<Records, 'listBotsWithOwners' | 'backlog'>
  clock: Clock
}

export function listAllBots({ store, clock }: Deps): ListAllBots {
  const look = recentLook(async () => {
    const [bots, backlog] = await Promise.all([store.listBotsWithOwners(), store.backlog()])
    return inOrder(bots, backlog)
  }, clock)
  return async ({ limit = 50, cursor, state, search }) => {
    const after = cursor === undefined ? undefined : placeOf(cursor)
    const isMeant = searching(search)
    const found = (await look()).filter(
      ({ place, listed }) =>
        (after === undefined || isBefore(after, place)) &&
        (state === undefined || shownState(listed.bot).state === state) &&
        isMeant(listed),
    )
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      items: page.map(({ listed }) => listed),
      nextCursor: found.length > limit && last ? cursorOf(last.place) : null,
    }
  }
}

/** Where a bot stands in the list. What stands there later is found by it, even when the bot itself has moved. */
interface Place {
  /** Infinity when nothing waits. */
  oldestMs: number
  calm: 0 | 1
  id: string
}

const TROUBLES: ReadonlySet<BotState> = new Set(['rejected', 'conflict', 'unreachable'])

function inOrder(bots: readonly BotWithOwner[], backlog: readonly Backlog[]): { place: Place; listed: ListedBot }[] {
  const waiting = new Map(backlog.map((one) => [one.botId, one]))
  const all = bots.map(({ bot, ownerLogin }) => {
    const { waiting: count = 0, oldestMs = null } = waiting.get(bot.id) ?? {}
    const owner = bot.ownerId === null || ownerLogin === null ? null : { id: bot.ownerId, login: ownerLogin }
    const calm: 0 | 1 = TROUBLES.has(shownState(bot).state) ? 0 : 1
    const place = { oldestMs: oldestMs ?? Number.POSITIVE_INFINITY, calm, id: bot.id }
    return { place, listed: { bot, owner, waiting: count, oldestWaitingMs: oldestMs } }
  })
  return all.sort((a, b) => (isBefore(a.place, b.place) ? -1 : 1))
}

function isBefore(a: Place, b: Place): boolean {
  if (a.oldestMs !== b.oldestMs) return a.oldestMs < b.oldestMs
  return a.calm === b.calm ? a.id < b.id : a.calm < b.calm
}

function searching(search: string | undefined): (listed: ListedBot) => boolean {
  const wanted = search?.toLowerCase().replace(/^@/, '')
  if (wanted === undefined) return () => true
  return ({ bot: { username, name, title }, owner }) =>
    [username, name, title, owner?.login].some((text) => text?.toLowerCase().includes(wanted))
}

function cursorOf({ oldestMs, calm, id }: Place): string {
  return writeCursor(`${Number.isFinite(oldestMs) ? oldestMs : '-'}:${calm}:${id}`)
}

function placeOf(cursor: string): Place {
  const [, oldest = '-', calm, id = ''] = readCursor(cursor, PLACE)
  return { oldestMs: oldest === '-' ? Number.POSITIVE_INFINITY : Number(oldest), calm: calm === '0' ? 0 : 1, id }
}
const PLACE = /^(\d{1,15}|-):([01]):([\x21-\x7e]{1,64})$/
