import { type Config, publicUrlOf } from './config/load-config.ts'
import { type Conversation, UPDATES_TO_HEAR } from './conversation/conversation.ts'
import type { Bot } from './domain/bot.ts'
import type { Clock } from './domain/clock.ts'
import type { Log } from './domain/log.ts'
import type { Random } from './domain/random.ts'
import type { Secrets } from './domain/secrets.ts'
import { isOwnWebhook, webhookUrl } from './domain/webhook-address.ts'
import type { Service } from './ops/lifecycle.ts'
import type { Store } from './store/store.ts'
import type { BotStates } from './telegram/bot-states.ts'
import type { TelegramClient } from './telegram/telegram-client.ts'
import { createUpdatesPoller } from './telegram/updates-poller.ts'
import { createWebhook, removeOwnWebhook } from './telegram/webhook.ts'

export interface TelegramUpdatesParts {
  config: Config
  bot: Bot
  store: Store
  telegram: TelegramClient
  /** Resolves when Telegram knows the token; with false when it is over before. */
  whenIn: () => Promise<boolean>
  conversation: Conversation
  secrets: Secrets
  states: BotStates
  /** Where HTTP listens, known after its start; 0 in a process that does not listen. */
  port: () => number
  clock: Clock
  random: Random
  log: Log
}

/** How updates come in, for whoever serves the bot. */
export interface UpdatesService extends Service {
  /** When the bot is switched off, or gone: takes away what is left of us at Telegram. */
  leave?: (client: TelegramClient) => Promise<void>
}

/** They are asked for. */
export function pollUpdates(parts: TelegramUpdatesParts): UpdatesService {
  const { bot, store, telegram, conversation } = parts
  const takeOver = takingOver(parts)
  const { isOwn } = ownWebhook(parts)
  return createUpdatesPoller({
    ...common(parts, takeOver),
    whenIn: parts.whenIn,
    // What was posted before, when updates came by webhook, and could not be confirmed any more; and what the last stop noted.
    handle: async (update, leave) => {
      if (!(await store.isUpdateHandled(bot.id, update.update_id))) await conversation.handle(update, leave)
    },
    saveOffset: (offset) => store.setUpdateOffset(bot.id, offset),
    noteHandled: async (updateIds) => {
      const nowMs = parts.clock.now()
      // Of no lane: by polling nobody claims one.
      const note = (updateId: number) => ({ botId: bot.id, updateId, lane: '', claim: '' })
      await Promise.all(updateIds.map((updateId) => store.finishUpdate(note(updateId), nowMs)))
    },
    removeOwnWebhook: async () => {
      const isGone = await removeOwnWebhook({
        ...parts,
        client: telegram,
        isOwn: (url) => isOwn(url) || takeOver.isWanted(),
      })
      if (isGone) await takeOver.end()
      return isGone
    },
  })
}

/** Telegram posts them, to any process that has HTTP; here is looked after the webhook. */
export function keepWebhook(parts: TelegramUpdatesParts): UpdatesService {
  const takeOver = takingOver(parts)
  const { secretToken, url, isOwn } = ownWebhook(parts)
  const webhook = createWebhook({
    ...common(parts, takeOver),
    wanted: () => ({
      secretToken,
      url: url(),
      isOwn: (current) => isOwn(current) || takeOver.isWanted(),
      allowedUpdates: UPDATES_TO_HEAR,
    }),
  })
  return {
    ...webhook,
    // Others may want to poll for the bot now, and while a webhook is set nobody can.
    leave: async (client) => void (await removeOwnWebhook({ ...parts, client, isOwn })),
  }
}

/** What the bot's owner wants done to another program's webhook, once: until it is removed, or until there turns out to be none. */
function takingOver({ bot, store, log }: TelegramUpdatesParts) {
  let isWanted = bot.takeOver
  return {
    isWanted: () => isWanted,
    async end(): Promise<void> {
      if (!isWanted) return
      isWanted = false
      await store.endTakeOver(bot.id).catch((error: unknown) => {
        log.warn({ err: error, botId: bot.id }, 'that the bot was taken over could not be saved')
      })
    },
  }
}

function common(
  { bot, telegram: client, states, clock, random, log }: TelegramUpdatesParts,
  takeOver: ReturnType<typeof takingOver>,
) {
  return {
    bot,
    client,
    allowedUpdates: UPDATES_TO_HEAR,
    saveState: async (...[state, reason]: Parameters<Parameters<typeof createUpdatesPoller>[0]['saveState']>) => {
      if (state === 'running') await takeOver.end()
      await states.say('updates', state, reason)
    },
    clock,
    random,
    log,
  }
}

/** What a post says that Telegram alone knows. By the bot's number at Telegram, which outlives the database. */
export function webhookSecret(secrets: Secrets, bot: Pick<Bot, 'telegramBotId'>): string {
  return secrets.webhookSecret(`secret ${bot.telegramBotId}`)
}

function ownWebhook({ bot, config, secrets, port }: Pick<TelegramUpdatesParts, 'bot' | 'config' | 'secrets' | 'port'>) {
  const mark = secrets.webhookSecret(`mark ${bot.telegramBotId}`).slice(0, 22)
  const owner = () => ({ publicUrl: publicUrlOf(config, port()), mark })
  return {
    secretToken: webhookSecret(secrets, bot),
    url: () => webhookUrl(owner(), bot.id),
    isOwn: (url: string) => isOwnWebhook(url, owner()),
  }
}
