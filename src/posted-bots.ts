import { createConversation } from './conversation/conversation.ts'
import type { SayByOwner } from './delivery/say-by-owner.ts'
import type { Bot } from './domain/bot.ts'
import type { Said } from './domain/signal.ts'
import type { ServerDeps } from './http/server.ts'
import type { Service } from './ops/lifecycle.ts'
import { PostedUpdates, type PostedUpdatesDeps } from './telegram/posted-updates.ts'
import type { TelegramClient } from './telegram/telegram-client.ts'
import { webhookSecret } from './telegram-updates.ts'
import { conversationDeps, type Shared } from './wiring.ts'

export interface PostedBotsDeps {
  shared: Shared
  tokenOf: (bot: Bot) => string | undefined
  connect: (token: string) => TelegramClient
  say: SayByOwner
}

/** One bot, as long as nothing about it changes. */
interface Receiver {
  bot: Bot
  secret: string
  updates: PostedUpdates
  telegram: TelegramClient
}

/** Seconds that Telegram shall wait with the updates of a bot that is switched off, until its webhook is gone or it is on again. */
const INACTIVE_RETRY_SECONDS = 30

/** Seconds that Telegram shall wait while no process serves the bot: another one takes it over within ten, a start is done sooner. */
const UNSERVED_RETRY_SECONDS = 3

/**
 * Takes in what Telegram posts, for each bot and in any process that has HTTP. What works for a bot is put together when its first
 * update comes, and forgotten when the bot changes.
 */
export class PostedBots implements Service {
  readonly name = 'posted updates'
  readonly #deps: PostedBotsDeps
  readonly #receivers = new Map<string, Promise<Receiver | undefined>>()
  readonly #leaving = new Set<Promise<void>>()
  readonly #hard = new AbortController()
  #stopping = false
  #stopListening: readonly (() => void)[] = []

  constructor(deps: PostedBotsDeps) {
    this.#deps = deps
  }

  readonly http: NonNullable<ServerDeps['telegramUpdates']> = {
    isFromTelegram: async (botId, secret) => {
      const receiver = await this.#receiver(botId)
      // An unknown bot costs as much as a wrong secret.
      const isRight = this.#deps.shared.secrets.equal(secret, receiver?.secret ?? '')
      return isRight && receiver !== undefined
    },
    receive: async (botId, update) => {
      const receiver = await this.#receiver(botId)
      if (receiver === undefined || !receiver.bot.active)
        return { done: false, retryAfterSeconds: INACTIVE_RETRY_SECONDS }
      // Nothing is done that nobody could answer.
      const now = await this.#deps.shared.store.getBot(botId)
      if (now?.isServed !== true) return { done: false, retryAfterSeconds: UNSERVED_RETRY_SECONDS }
      return await receiver.updates.receive(update)
    },
  }

  async start(): Promise<void> {
    const { store } = this.#deps.shared
    this.#stopListening = [
      store.onSignal((signal) => {
        if (signal.kind === 'bot_changed') this.#forget(signal.botId)
        return false
      }),
      store.onMissed(() => {
        for (const botId of this.#receivers.keys()) this.#forget(botId)
      }),
    ]
  }

  /** Takes nothing new, and waits for what is under way. */
  async stop(hard: AbortSignal): Promise<void> {
    this.#stopping = true
    for (const stopListening of this.#stopListening) stopListening()
    if (hard.aborted) this.#hard.abort()
    hard.addEventListener('abort', () => this.#hard.abort(), { once: true })
    for (const botId of this.#receivers.keys()) this.#forget(botId)
    await Promise.all(this.#leaving)
  }

  /** Undefined for a bot that is not there, or whose token is not known here. */
  async #receiver(botId: string): Promise<Receiver | undefined> {
    if (this.#stopping) return undefined
    const known = this.#receivers.get(botId)
    if (known !== undefined) return await known
    const made = this.#make(botId)
    this.#receivers.set(botId, made)
    const receiver = await made.catch((error: unknown) => {
      this.#drop(botId, made)
      throw error
    })
    // Whoever guesses at addresses must not fill the memory.
    if (receiver === undefined) this.#drop(botId, made)
    return receiver
  }

  async #make(botId: string): Promise<Receiver | undefined> {
    const { shared, tokenOf, connect, say } = this.#deps
    const bot = await shared.store.getBot(botId)
    const token = bot && tokenOf(bot)
    if (bot === undefined || token === undefined) return undefined
    const telegram = connect(token)
    const reply = (said: Said) => say(bot.id, said)
    const conversation = createConversation(conversationDeps(shared, { bot, telegram, reply }))
    const handle: PostedUpdatesDeps['handle'] = (update) => conversation.handle(update)
    const updates = new PostedUpdates({ ...shared, bot, claims: shared.store, handle })
    return { bot, secret: webhookSecret(shared.secrets, bot), updates, telegram }
  }

  #drop(botId: string, made: Promise<unknown>): void {
    if (this.#receivers.get(botId) === made) this.#receivers.delete(botId)
  }

  /** What is under way is done as it began. */
  #forget(botId: string): void {
    const made = this.#receivers.get(botId)
    if (made === undefined) return
    this.#receivers.delete(botId)
    const left = this.#leave(made).finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }

  async #leave(made: Promise<Receiver | undefined>): Promise<void> {
    const receiver = await made.catch(() => undefined)
    await receiver?.updates.stop(this.#hard.signal)
    await receiver?.telegram.close()
  }
}
