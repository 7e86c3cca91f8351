import type { AskBot, BotAnswer } from '../domain/bot.ts'
import { createBotApiClient, type BotApiClientOptions } from './bot-api-client.ts'
import type { Entrance } from './entrance.ts'
import { reasonOfNoBot } from './no-bot.ts'
import type { CallResult } from './telegram-client.ts'

type Failed = Extract<CallResult<unknown>, { ok: false }>

/** Asks Telegram (`getMe`) whose token this is. Never rejects. */
export async function askBot(options: BotApiClientOptions): Promise<BotAnswer> {
  const client = createBotApiClient(options)
  try {
    const me = await client.getMe(AbortSignal.timeout(options.timeoutMs))
    if (!me.ok) return noAnswer(me)
    const { id, username, first_name: name } = me.value
    if (![id, username, name].every((value) => value !== undefined)) {
      return { ok: false, rejected: false, reason: 'Telegram answers, but not as a Bot API does.' }
    }
    return { ok: true, telegramBotId: id, username, name }
  } finally {
    await client.close()
  }
}

/** The same through the entrance: while Telegram asks to wait, that is the answer, and it is not asked again. */
export function askInTime(entrance: Pick<Entrance, 'waitMs' | 'throttled'>, ask: AskBot): AskBot {
  return async (token) => {
    const seconds = Math.ceil(entrance.waitMs(token) / 1000)
    if (seconds > 0) {
      return { ok: false, rejected: false, reason: `Telegram asks to wait ${seconds} s.`, retryAfterSeconds: seconds }
    }
    const answer = await ask(token)
    if (!answer.ok && answer.retryAfterSeconds !== undefined) entrance.throttled(token, answer.retryAfterSeconds * 1000)
    return answer
  }
}

function noAnswer(me: Failed): BotAnswer {
  const { failure } = me
  const told = { ok: false, rejected: failure.kind === 'bot_rejected', reason: reasonOfNoBot(me) } as const
  return failure.kind === 'throttled' ? { ...told, retryAfterSeconds: failure.retryAfterSeconds } : told
}
