import { createConversation } from './conversation/conversation.ts'
import { createIntroductions, type Introductions } from './conversation/introductions.ts'
import type { BotParts, BuildBotParts } from './delivery/bot-seat.ts'
import { Dispatcher, SHARED_SCAN_MS } from './delivery/dispatcher.ts'
import type { Lease } from './delivery/lease.ts'
import { ownedStore } from './delivery/owned-store.ts'
import { ownedTelegram } from './delivery/owned-telegram.ts'
import { KeptPacers } from './delivery/kept-pacers.ts'
import { Pacer } from './delivery/pacer.ts'
import { Replies } from './delivery/replies.ts'
import { noticingThrottles } from './delivery/throttled-bot.ts'
import type { Bot } from './domain/bot.ts'
import type { DeliveryMetrics } from './domain/metrics.ts'
import { documentedLimits } from './domain/pacing.ts'
import { inWords } from './domain/reasons.ts'
import { DEFAULT_RETRY_POLICY } from './domain/retry-policy.ts'
import type { Store } from './store/store.ts'
import { BotStates } from './telegram/bot-states.ts'
import { type EnteringTelegram, enteringTelegram } from './telegram/entering-telegram.ts'
import type { Entrance } from './telegram/entrance.ts'
import type { TelegramClient } from './telegram/telegram-client.ts'
import { untilAborted } from './telegram/until-aborted.ts'
import { keepWebhook, pollUpdates } from './telegram-updates.ts'
import { conversationDeps, type Shared } from './wiring.ts'

export interface BotPartsDeps {
  shared: Shared
  lease: Lease
  metrics: DeliveryMetrics
  /** Where HTTP listens; 0 when it does not. */
  port: () => number
  /** Undefined when it is not known here, or cannot be read. */
  tokenOf: (bot: Bot) => string | undefined
  /** A client of its own for each bot. */
  connect: (token: string) => TelegramClient
  entrance: Entrance
}

/** Puts together what works for one bot: it sends, answers, and hears what is said to it. */
export function buildBotParts(deps: BotPartsDeps): BuildBotParts {
  const introductions = createIntroductions(deps.shared.log)
  const pacers = new KeptPacers(deps.shared.clock)
  const limits = documentedLimits(deps.shared.config.privateChatBurst)
  return async (claim, lost, isAwaited) => {
    const { shared, lease, tokenOf, connect, entrance } = deps
    const store = ownedStore(shared.store, claim)
    // Read after the claim: whoever served the bot before has written its last offset by then.
    const bot = await store.getBot(claim.botId)
    if (bot === undefined) return undefined
    const states = new BotStates((state, reason) => store.setBotState(bot.id, state, reason, bot.revision))
    const token = tokenOf(bot)
    if (token === undefined) {
      shared.log.warn({ bot: bot.id }, 'there is no token for the bot, so its messages wait')
      await states.say('sending', 'rejected', inWords('token_lost'))
      return undefined
    }
    const over = new AbortController()
    const entering = enteringTelegram({
      client: ownedTelegram(connect(token), lease, lost),
      entrance,
      token,
      urgency: isAwaited || bot.ownerId === null ? 'soon' : 'normal',
      isMet: bot.met,
      clock: shared.clock,
      over: AbortSignal.any([lost, over.signal]),
      onWait: (reason) => void states.say('updates', 'starting', reason).catch(() => undefined),
      // What is not noted costs a turn at the next start.
      onMet: () => void store.noteBotMet(bot.id).catch(() => undefined),
    })
    const pacer = pacers.take(claim, bot.formerFence) ?? new Pacer({ clock: shared.clock, limits })
    const one = { bot, states, pacer, entering, over, introductions, connectAfterwards: () => connect(token) }
    const parts = assemble({ ...deps, shared: { ...shared, store } }, one)
    return {
      ...parts,
      async stop(ending) {
        await parts.stop(ending)
        pacers.keep(claim, pacer)
      },
    }
  }
}

interface OfOneBot {
  bot: Bot
  states: BotStates
  pacer: Pacer
  /** A client that asks nobody whether it may call, for when nobody serves the bot any more. */
  connectAfterwards: () => TelegramClient
  entering: EnteringTelegram
  /** Ends the wait before the first call. */
  over: AbortController
  introductions: Introductions
}

function assemble({ shared, metrics, port }: BotPartsDeps, one: OfOneBot): BotParts {
  const { bot, states, pacer, entering, over, introductions, connectAfterwards } = one
  const { config, log, clock, random } = shared
  const around = { botId: bot.id, store: shared.store, pacer, clock, random, log, metrics }
  const telegram = noticingThrottles(entering.client, around)
  const store: Store = { ...shared.store, setBotState: (_botId, state, reason) => states.say('sending', state, reason) }
  const deps = { botId: bot.id, store, telegram, pacer, clock, random, log, metrics }
  const dispatcher = new Dispatcher({
    ...deps,
    telegram: { ...telegram, sendText: entering.sendMarked },
    policy: { ...DEFAULT_RETRY_POLICY, maxAttempts: config.sendAttempts },
    ...(config.database.engine === 'postgres' && { scanIntervalMs: SHARED_SCAN_MS }),
  })
  const replies = new Replies(deps)
  const conversation = createConversation(
    conversationDeps(shared, { bot, telegram, reply: (message) => replies.reply(message) }),
  )
  const updatesIn = config.telegramUpdates === 'polling' ? pollUpdates : keepWebhook
  const updates = updatesIn({ ...shared, bot, states, telegram, whenIn: entering.whenIn, conversation, port })

  /** Until Telegram knows the token nothing is marked as being sent. */
  async function begin(): Promise<void> {
    pacer.pause()
    void entering.whenIn().then((isIn) => {
      if (isIn) pacer.resume()
    })
    const [waiting] = await store.outbox.lanes(bot.id, { limit: 1, afterPeerId: 0 })
    if (waiting !== undefined) entering.hurry()
  }

  /** A bot that is switched off, or gone, may be somebody else's to run from now on. */
  async function afterwards(): Promise<void> {
    const now = await shared.store.getBot(bot.id).catch(() => bot)
    if (now?.active === true || updates.leave === undefined) return
    const client = connectAfterwards()
    await updates.leave(client)
    await client.close()
  }

  return {
    async start() {
      await begin()
      await replies.start()
      await dispatcher.start()
      await updates.start()
      introductions.begin(bot, telegram, over.signal)
    },
    async stop({ enough, cut, hard }) {
      over.abort()
      void untilAborted(enough).then(() => replies.stop(cut, enough))
      // Both at the same time: while one waits for what is under way, the other must not begin anything new.
      await Promise.all([updates.stop(cut), dispatcher.stop(cut)])
      await replies.stop(cut, enough)
      if (enough.aborted) await Promise.race([afterwards(), untilAborted(hard)])
      await telegram.close()
    },
    hear(signal) {
      if (signal.kind === 'wake') {
        entering.hurry()
        dispatcher.wake(signal.peerId, signal.priority)
      }
      if (signal.kind === 'look_again') dispatcher.lookAgain(signal.peerId)
    },
    lookAround: () => dispatcher.lookAround(),
    say: (message) => replies.reply(message),
    book: (place) => dispatcher.book(place),
  }
}
