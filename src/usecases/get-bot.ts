import type { Bot } from '../domain/bot.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'

/** Refuses with `not_found` when the account has no such bot. */
export type GetBot = (input: { userId: string; botId: string }) => Promise<Bot>

export function getBot(deps: { store: Pick<Records, 'getBot'> }): GetBot {
  return async ({ userId, botId }) => {
    const bot = await deps.store.getBot(botId)
    if (bot?.ownerId !== userId) throw new Refusal('not_found')
    return bot
  }
}
