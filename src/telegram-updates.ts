import type { Update } from '@grammyjs/types'
import { type Config, publicUrlOf } from './config/load-config.ts'
import { type Conversation, UPDATES_TO_HEAR } from './conversation/conversation.ts'
import type { Bot, BotState } from './domain/bot.ts'
import type { Clock } from './domain/clock.ts'
import type { Log } from './domain/log.ts'
import type { Random } from './domain/random.ts'
import type { Secrets } from './domain/secrets.ts'
import { isOwnWebhook, webhookUrl } from './domain/webhook-address.ts'
import type { ServerDeps } from './http/server.ts'
import type { Service } from './ops/lifecycle.ts'
import type { Store } from './store/store.ts'
import { PostedUpdates } from './telegram/posted-updates.ts'
import type { TelegramClient } from './telegram/telegram-client.ts'
import { createUpdatesPoller } from './telegram/updates-poller.ts'
import { createWebhook, removeOwnWebhook } from './telegram/webhook.ts'

export interface TelegramUpdatesParts {
  config: Config
  bot: Bot
  store: Store
  telegram: TelegramClient
  conversation: Conversation
  secrets: Secrets
  /** Where HTTP listens, known after its start; 0 in a process that does not listen. */
  port: () => number
  clock: Clock
  random: Random
  log: Log
}

/** How updates come in; for a process that has the bot to itself. */
export function pollUpdates(parts: TelegramUpdatesParts): Service {
  const { bot, store, telegram, conversation } = parts
  const { isOwn } = ownWebhook(parts)
  return createUpdatesPoller({
    ...common(parts),
    // What was posted before, when updates came by webhook, and could not be confirmed any more.
    handle: async (update, isBehind) => {
      if (!(await store.isUpdateHandled(bot.id, update.update_id))) await conversation.handle(update, isBehind)
    },
    saveOffset: (offset) => store.setUpdateOffset(bot.id, offset),
    removeOwnWebhook: () => removeOwnWebhook({ ...parts, client: telegram, isOwn: (url) => isOwn(url) }),
  })
}

/** How updates come in; for each process that has HTTP, any number of them. */
export function receiveUpdates(parts: TelegramUpdatesParts): {
  http: NonNullable<ServerDeps['telegramUpdates']>
  /** Handles what HTTP takes in, so it stops after it. */
  handler: Service
  /** Tells Telegram where HTTP is, so it starts after it. */
  webhook: Service
} {
  const { bot, store, conversation, secrets } = parts
  const own = ownWebhook(parts)
  const handle = (update: Update, isBehind: boolean): Promise<void> => conversation.handle(update, isBehind)
  const handler = new PostedUpdates({ ...common(parts), claims: store, handle })
  const wanted = () => ({ ...own, url: own.url(), allowedUpdates: UPDATES_TO_HEAR })
  return {
    http: {
      // An unknown bot costs as much as a wrong secret.
      isFromTelegram: (botId, secret) => secrets.equal(secret, own.secretToken) && botId === bot.id,
      receive: (_botId, update) => handler.receive(update),
    },
    handler,
    webhook: createWebhook({ ...common(parts), wanted }),
  }
}

function common({ bot, telegram: client, store, clock, random, log }: TelegramUpdatesParts) {
  return {
    bot,
    client,
    allowedUpdates: UPDATES_TO_HEAR,
    saveState: (state: BotState, reason: string | null) => store.setBotState(bot.id, state, reason),
    clock,
    random,
    log,
  }
}

/** By the bot's number at Telegram, which outlives the database. */
function ownWebhook({ bot, config, secrets, port }: TelegramUpdatesParts) {
  const mark = secrets.webhookSecret(`mark ${bot.telegramBotId}`).slice(0, 22)
  const owner = () => ({ publicUrl: publicUrlOf(config, port()), mark })
  return {
    secretToken: secrets.webhookSecret(`secret ${bot.telegramBotId}`),
    url: () => webhookUrl(owner(), bot.id),
    isOwn: (url: string) => isOwnWebhook(url, owner()),
  }
}
