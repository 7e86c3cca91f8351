import type { Bot } from '../domain/bot.ts'
import type { Clock } from '../domain/clock.ts'
import { newId } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Store } from '../store/store.ts'
import { botTitle } from './bot-title.ts'
import { inTurn } from './in-turn.ts'
import { botOfToken, type ProveBotToken } from './prove-bot-token.ts'

/**
 * A bot of the account's own. Refuses with `bot_limit_reached`, with `bot_token_taken` when anybody has this bot, with
 * `request_invalid`, and as `ProveBotToken` does; nothing is stored then.
 */
export type AddBot = (input: NewBot) => Promise<Bot>

export interface NewBot {
  userId: string
  /** Blanks and line breaks around it, as a clipboard adds them, do not count. */
  token: string
  /** Where the request came from. */
  address: string
  /** Default: none. */
  title?: string | null
  /** Default: true. */
  active?: boolean
  /** Default: false. */
  echo?: boolean
  /** Default: false. */
  takeOver?: boolean
}

interface Deps {
  store: Pick<Store, 'listBotsOf' | 'transaction' | 'signal'>
  proveToken: ProveBotToken
  clock: Clock
  random: Random
  /** Bots that an account may have (`MAX_BOTS_PER_USER`). */
  limit: number
}

/**
 * One after the other for each account, so that whatever is sent at the same time asks Telegram no more often than there is room for bots.
 * Whether the bot is here already is not looked up before its token is proven: it is for nobody else to find out.
 */
export function addBot(deps: Deps): AddBot {
  const { store, limit, proveToken } = deps
  const takeTurns = inTurn()

  async function add({ userId, address, active = true, echo = false, takeOver = false, ...given }: NewBot) {
    const title = botTitle(given.title ?? null)
    const token = given.token.trim()
    botOfToken(token)
    if ((await store.listBotsOf(userId)).length >= limit) throw new Refusal('bot_limit_reached')
    const proven = await proveToken({ userId, token, address })
    const [id, nowMs] = [newId('bot', deps), deps.clock.now()]
    return await store.transaction(async (records) => {
      if (!(await records.getUser(userId))) throw new Refusal('credentials_invalid')
      return await records.addBot({ id, userId, ...proven, title, active, echo, takeOver, nowMs, limit })
    })
  }
  return async (input) => {
    const bot = await takeTurns(input.userId, () => add(input))
    store.signal({ kind: 'bot_changed', botId: bot.id })
    return bot
  }
}
