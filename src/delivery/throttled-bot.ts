import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { DeliveryMetrics } from '../domain/metrics.ts'
import type { Random } from '../domain/random.ts'
import { throttledUntilMs } from '../domain/retry-policy.ts'
import type { Store } from '../store/store.ts'
import type { CallResult, TelegramClient } from '../telegram/telegram-client.ts'
import type { Pacer } from './pacer.ts'

export interface ThrottledBotDeps {
  botId: string
  store: { outbox: Pick<Store['outbox'], 'holdBot'> }
  pacer: Pick<Pacer, 'throttledWithoutChat'>
  clock: Clock
  random: Random
  log: Log
  metrics: DeliveryMetrics
}

/**
 * The client of a bot whose sending waits when Telegram answers 429 to what it asks all the time about itself: no chat can be meant by
 * that. Not so for what sets its commands, texts and webhook: those methods have limits of their own, of up to a day, which say nothing
 * about messages.
 */
export function noticingThrottles(client: TelegramClient, deps: ThrottledBotDeps): TelegramClient {
  async function noticing<T>(answer: Promise<CallResult<T>>): Promise<CallResult<T>> {
    const result = await answer
    if (!result.ok && result.failure.kind === 'throttled') void hold(deps, result.failure.retryAfterSeconds)
    return result
  }
  return {
    ...client,
    getMe: (signal) => noticing(client.getMe(signal)),
    getUpdates: (input, signal) => noticing(client.getUpdates(input, signal)),
    getWebhookInfo: () => noticing(client.getWebhookInfo()),
  }
}

async function hold(deps: ThrottledBotDeps, retryAfterSeconds: number): Promise<void> {
  const { botId, store, pacer, clock, random, log, metrics } = deps
  const sinceMs = clock.now()
  const untilMs = throttledUntilMs(retryAfterSeconds, { nowMs: sinceMs, dice: random.unit() })
  const botUntilMs = pacer.throttledWithoutChat(retryAfterSeconds * 1000, untilMs)
  metrics.throttled(botId, 'bot', retryAfterSeconds * 1000)
  log.warn({ bot: botId, untilMs: botUntilMs }, 'Telegram told the bot to wait; everything of this bot waits')
  await store.outbox.holdBot(botId, { sinceMs, untilMs: botUntilMs }).catch((error: unknown) => {
    log.warn({ error, bot: botId }, 'a wait that Telegram asked for is known in memory alone')
  })
}
