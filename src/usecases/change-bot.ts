import type { Bot } from '../domain/bot.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Store } from '../store/store.ts'
import { botTitle } from './bot-title.ts'
import { getBot } from './get-bot.ts'
import { botOfToken, type ProveBotToken } from './prove-bot-token.ts'

export interface BotWishes {
  /** Null or empty: none. */
  title?: string | null
  active?: boolean
  echo?: boolean
  takeOver?: boolean
  /** A new one of the same bot. Blanks and line breaks around it, as a clipboard adds them, do not count. */
  token?: string
}

/**
 * What is absent stays as it is. Refuses with `not_found` when the account has no such bot, with `bot_token_invalid` when the token is
 * another bot's, with `request_invalid`, and as `ProveBotToken` does; nothing is changed then.
 */
export type ChangeBot = (input: {
  userId: string
  botId: string
  /** Where the request came from. */
  address: string
  wishes: BotWishes
}) => Promise<Bot>

interface Deps {
  store: Pick<Store, 'getBot' | 'changeBot' | 'signal'>
  proveToken: ProveBotToken
}

export function changeBot(deps: Deps): ChangeBot {
  const find = getBot(deps)
  return async ({ userId, botId, address, wishes }) => {
    const { token: pasted, title, ...switches } = wishes
    const token = pasted?.trim()
    const bot = await find({ userId, botId })
    const change = { ...switches, ...(title !== undefined && { title: botTitle(title) }) }
    const proven = token === undefined ? undefined : await prove(deps, bot, { userId, token, address })
    const changed = await deps.store.changeBot(userId, botId, { ...change, ...(proven && { token: proven }) })
    if (!changed) throw new Refusal('not_found')
    deps.store.signal({ kind: 'bot_changed', botId })
    return changed
  }
}

/** Whose token it is stands in its number, so Telegram need not be asked about another bot's. */
async function prove({ proveToken }: Deps, bot: Bot, claimed: Parameters<ProveBotToken>[0]) {
  if (botOfToken(claimed.token) !== bot.telegramBotId) {
    throw new Refusal('bot_token_invalid', {
      detail: `It is the token of another bot, and this one is @${bot.username}: add the other one as a bot of its own.`,
    })
  }
  return await proveToken(claimed)
}
