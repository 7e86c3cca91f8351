import type { Bot } from '../domain/bot.ts'
import type { Records } from '../store/store.ts'

/** The bots of an account, oldest first. */
export type ListBots = (userId: string) => Promise<Bot[]>

export function listBots(deps: { store: Pick<Records, 'listBotsOf'> }): ListBots {
  return (userId) => deps.store.listBotsOf(userId)
}
