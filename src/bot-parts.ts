import { introduceBot } from './conversation/commands.ts'
import { createConversation } from './conversation/conversation.ts'
import type { BotParts, BuildBotParts } from './delivery/bot-seat.ts'
import { Dispatcher } from './delivery/dispatcher.ts'
import type { Lease } from './delivery/lease.ts'
import { ownedStore } from './delivery/owned-store.ts'
import { ownedTelegram } from './delivery/owned-telegram.ts'
import { Pacer } from './delivery/pacer.ts'
import { Replies } from './delivery/replies.ts'
import type { Bot } from './domain/bot.ts'
import type { Log } from './domain/log.ts'
import type { DeliveryMetrics } from './domain/metrics.ts'
import { documentedLimits } from './domain/pacing.ts'
import { DEFAULT_RETRY_POLICY } from './domain/retry-policy.ts'
import type { TelegramClient } from './telegram/telegram-client.ts'
import { pollUpdates } from './telegram-updates.ts'
import { conversationDeps, type Shared } from './wiring.ts'

export interface BotPartsDeps {
  shared: Shared
  lease: Lease
  metrics: DeliveryMetrics
  /** Where HTTP listens; 0 when it does not. */
  port: () => number
  /** A client of its own for this bot; undefined when its token is not known here. */
  connect: (bot: Bot) => TelegramClient | undefined
}

/** Puts together what works for one bot: it sends, answers, and hears what is said to it. */
export function buildBotParts({ shared, lease, metrics, port, connect }: BotPartsDeps): BuildBotParts {
  return async (claim, lost) => {
    // Read after the claim: whoever served the bot before has written its last offset by then.
    const bot = await shared.store.getBot(claim.botId)
    const client = bot && connect(bot)
    if (bot === undefined) return undefined
    if (client === undefined) {
      shared.log.warn({ bot: bot.id }, 'there is no token for the bot that can be read, so its messages wait')
      await ownedStore(shared.store, claim).setBotState(bot.id, 'rejected', TOKEN_LOST, bot.revision)
      return undefined
    }
    const telegram = ownedTelegram(client, lease, lost)
    return assemble({ ...shared, store: ownedStore(shared.store, claim) }, { bot, telegram, metrics, port })
  }
}

const TOKEN_LOST =
  'Its token cannot be decrypted here any more, because the secret key of this installation was changed: enter the token again.'

function assemble(
  shared: Shared,
  { bot, telegram, metrics, port }: Pick<BotPartsDeps, 'metrics' | 'port'> & { bot: Bot; telegram: TelegramClient },
): BotParts {
  const { config, log, clock, random, store } = shared
  const pacer = new Pacer({ clock, limits: documentedLimits(config.privateChatBurst) })
  const deps = { botId: bot.id, store, telegram, pacer, clock, random, log, metrics }
  const dispatcher = new Dispatcher({ ...deps, policy: { ...DEFAULT_RETRY_POLICY, maxAttempts: config.sendAttempts } })
  const replies = new Replies(deps)
  const conversation = createConversation(
    conversationDeps(shared, { bot, telegram, reply: (message) => replies.reply(message) }),
  )
  // What is posted comes in by HTTP, in whichever process that is.
  const poller =
    config.telegramUpdates === 'polling' ? pollUpdates({ ...shared, bot, telegram, conversation, port }) : undefined
  const introduction = introducing(telegram, log)
  return {
    async start() {
      await replies.start()
      await dispatcher.start()
      await poller?.start()
      introduction.start()
    },
    async stop(hard) {
      introduction.stop()
      await poller?.stop(hard)
      await dispatcher.stop(hard)
      await replies.stop(hard)
      await telegram.close()
    },
    hear(signal) {
      if (signal.kind === 'wake') dispatcher.wake(signal.peerId, signal.priority)
      if (signal.kind === 'look_again') dispatcher.lookAgain(signal.peerId)
      if (signal.kind === 'say') void replies.reply(signal)
    },
    lookAround: () => dispatcher.lookAround(),
    say: (message) => replies.reply(message),
  }
}

/** The menu and the descriptions are set beside the work. Nothing waits for them, not even a stop: the next start sets them again. */
function introducing(telegram: TelegramClient, log: Log): { start(): void; stop(): void } {
  let stopped = false
  return {
    start: () => {
      void introduceBot(telegram).then((problems) => {
        if (problems.length > 0 && !stopped)
          log.warn({ problems }, 'the menu or the descriptions of the bot could not be set')
      })
    },
    stop: () => {
      stopped = true
    },
  }
}
