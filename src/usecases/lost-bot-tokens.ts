import type { Bot } from '../domain/bot.ts'
import type { TokenSeals } from '../domain/secrets.ts'
import type { Records } from '../store/store.ts'

/** For the operator: bots whose tokens no key opens that is known here. */
export type LostBotTokens = () => Promise<Bot[]>

export function lostBotTokens(deps: {
  store: Pick<Records, 'listBots'>
  seals: Pick<TokenSeals, 'open'>
}): LostBotTokens {
  return async () => (await deps.store.listBots()).filter((bot) => tokenIsLost(deps.seals, bot))
}

export function tokenIsLost(seals: Pick<TokenSeals, 'open'>, { tokenSealed, telegramBotId }: Bot): boolean {
  return tokenSealed !== null && seals.open(tokenSealed, telegramBotId) === undefined
}
