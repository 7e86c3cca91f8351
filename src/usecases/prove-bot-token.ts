import type { AskBot } from '../domain/bot.ts'
import { telegramBotIdOf, tokenHintOf } from '../domain/bot-token.ts'
import { Refusal } from '../domain/refusals.ts'
import type { TokenSeals } from '../domain/secrets.ts'
import type { BotToken } from '../store/store.ts'
import type { CodeGuesses } from './code-guesses.ts'
import { networkOf } from './network-of.ts'

/**
 * Asks Telegram whose token this is, and seals it. Refuses with `bot_token_invalid` what is none (not even asked for when its shape is
 * wrong) or is not accepted, with `telegram_unavailable` when nobody can say or Telegram asks to wait, and with `too_many_requests` when
 * this account or this address had too many refused: Telegram takes few new tokens a minute from one address, and others want to start
 * as well.
 */
export type ProveBotToken = (claimed: {
  userId: string
  token: string
  /** Where the request came from. */
  address: string
}) => Promise<BotToken>

interface Deps {
  askBot: AskBot
  seals: Pick<TokenSeals, 'seal'>
  guesses: { byAccount: CodeGuesses; byNetwork: CodeGuesses }
}

export function proveBotToken(deps: Deps): ProveBotToken {
  return async ({ userId, token, address }) => {
    const telegramBotId = botOfToken(token)
    const { username, name } = await ask(deps, { userId, token, address, telegramBotId })
    const tokenSealed = deps.seals.seal(token, telegramBotId)
    return { telegramBotId, username, name, tokenSealed, tokenHint: tokenHintOf(token) }
  }
}

/** Whose token it claims to be. Refuses with `bot_token_invalid` what is none. */
export function botOfToken(token: string): number {
  const telegramBotId = telegramBotIdOf(token)
  if (telegramBotId === undefined) throw new Refusal('bot_token_invalid', NO_TOKEN)
  return telegramBotId
}

const NO_TOKEN = { detail: 'This is no token: one is a number, a colon and a secret, as @BotFather gives it.' }

async function ask(
  { askBot, guesses }: Deps,
  { userId, token, address, telegramBotId }: { userId: string; token: string; address: string; telegramBotId: number },
): Promise<{ username: string; name: string }> {
  const takeBack = countGuess(guesses, userId, networkOf(address))
  const answer = await askBot(token)
  if (answer.ok && answer.telegramBotId === telegramBotId) {
    takeBack()
    return answer
  }
  if (answer.ok || answer.rejected) throw new Refusal('bot_token_invalid')
  takeBack()
  const { reason: detail, retryAfterSeconds } = answer
  throw new Refusal('telegram_unavailable', { detail, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) })
}

function countGuess(guesses: Deps['guesses'], userId: string, network: string): () => void {
  const seconds = Math.max(guesses.byAccount.secondsToWait(userId), guesses.byNetwork.secondsToWait(network))
  if (seconds > 0) {
    const detail = `Too many tokens that Telegram did not accept; try again in ${seconds} s.`
    throw new Refusal('too_many_requests', { detail, retryAfterSeconds: seconds })
  }
  const counted = [guesses.byAccount.count(userId), guesses.byNetwork.count(network)]
  return () => counted.forEach((takeBack) => takeBack())
}
