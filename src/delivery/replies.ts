import type { Clock } from '../domain/clock.ts'
import type { Failure, SendResult } from '../domain/failure.ts'
import type { Log } from '../domain/log.ts'
import { type DeliveryMetrics, NO_METRICS } from '../domain/metrics.ts'
import type { Random } from '../domain/random.ts'
import { throttledUntilMs } from '../domain/retry-policy.ts'
import type { Said } from '../domain/signal.ts'
import { splitText } from '../domain/text-splitting.ts'
import { Unsaid } from '../domain/unsaid.ts'
import type { Service } from '../ops/lifecycle.ts'
import type { Store } from '../store/store.ts'
import { MAX_TEXT_UNITS } from '../telegram/limits.ts'
import type { OutgoingText, TelegramClient } from '../telegram/telegram-client.ts'
import type { Pacer, Turn } from './pacer.ts'
import { StoredWaits } from './stored-waits.ts'

export interface RepliesOptions {
  botId: string
  store: Pick<Store, 'findPeer' | 'outbox'>
  telegram: Pick<TelegramClient, 'sendText'>
  /** The bot's, shared with its dispatcher. */
  pacer: Pacer
  clock: Clock
  random: Random
  log: Log
  metrics?: DeliveryMetrics
  /** Replies of one chat that may wait; more are dropped, since whoever writes so fast reads none of them. Default 5. */
  mostWaitingPerChat?: number
}

/** After a temporary failure, in milliseconds. Then the reply is given up: an answer that comes a minute late confuses. */
const PAUSES_MS = [1000, 3000]

/** A chat that Telegram closes for longer gets no answer, in milliseconds. */
const LONGEST_WAIT_MS = 30_000

/**
 * What the bot says in a conversation. Goes before the messages that wait, within the same limits. Lives in memory alone: what a stop
 * leaves unsaid is said when the update that asked for it is handled again. Replies to one chat go one after the other.
 */
export class Replies implements Service {
  readonly name: string
  readonly #options: RepliesOptions
  readonly #metrics: DeliveryMetrics
  /** The last reply of each chat that is still on its way, and how many there are. */
  readonly #chats = new Map<number, { last: Promise<void>; count: number }>()
  readonly #cut = new AbortController()
  readonly #enough = new AbortController()
  readonly #storedWaits: StoredWaits
  #stopping = false

  constructor(options: RepliesOptions) {
    this.#options = options
    this.#storedWaits = new StoredWaits(options.clock)
    this.#metrics = options.metrics ?? NO_METRICS
    this.name = `replies ${options.botId}`
  }

  async start(): Promise<void> {
    this.#stopping = false
  }

  /**
   * Takes no more, and waits for those on their way. When `enough` aborts, those that have not left are not said; when `hard` does, calls
   * under way are cut as well.
   */
  async stop(hard: AbortSignal, enough: AbortSignal = hard): Promise<void> {
    this.#stopping = true
    onAbort(hard, () => {
      this.#enough.abort()
      this.#cut.abort()
    })
    onAbort(enough, () => this.#enough.abort())
    await Promise.all(Array.from(this.#chats.values(), ({ last }) => last))
  }

  /**
   * Resolves when Telegram took it, or when it was given up. Rejects with `Unsaid` when a stop came before that, or when the bot may not
   * send anything at all.
   */
  async reply(reply: Said): Promise<void> {
    const { botId, mostWaitingPerChat = 5 } = this.#options
    const chat = this.#chats.get(reply.telegramChatId)
    if (this.#stopping) throw this.#unsaid()
    if ((chat?.count ?? 0) >= mostWaitingPerChat) return this.#metrics.reply(botId, 'dropped')
    const isSent = await this.#enqueue(reply, chat ?? { last: Promise.resolve(), count: 0 })
    this.#metrics.reply(botId, isSent ? 'sent' : 'failed')
  }

  #enqueue(reply: Said, chat: { last: Promise<void>; count: number }): Promise<boolean> {
    chat.count++
    const said = chat.last.then(() => this.#say(reply))
    const over = (): void => {
      chat.count--
      if (chat.count === 0) this.#chats.delete(reply.telegramChatId)
    }
    chat.last = said.then(over, over)
    this.#chats.set(reply.telegramChatId, chat)
    return said
  }

  #unsaid(): Unsaid {
    this.#metrics.reply(this.#options.botId, 'unsaid')
    return new Unsaid('the bot was stopped, or may not send anything, before it could say that')
  }

  /** False when it was given up. */
  async #say({ telegramChatId, text, keyboard, replyToMessageId }: Said): Promise<boolean> {
    const parts = splitText(text, MAX_TEXT_UNITS)
    let chatId: number | undefined = telegramChatId
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1
      chatId = await this.#sendPart({
        chatId,
        text: part,
        ...(isLast && keyboard !== undefined && { keyboard }),
        ...(index === 0 && replyToMessageId !== undefined && { replyToMessageId }),
      })
      if (chatId === undefined) return false
    }
    return true
  }

  /** Answers the chat that it went to, another one when the group moved; undefined when it was given up. */
  async #sendPart(message: OutgoingText): Promise<number | undefined> {
    const { log, clock, botId } = this.#options
    let { chatId } = message
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      const result = await this.#call({ ...message, chatId })
      if (result?.ok) return chatId
      // Also when it may have arrived: what is said twice does less harm than what is never said.
      if (this.#enough.signal.aborted && (result === undefined || !isFinal(result.failure))) throw this.#unsaid()
      if (result === undefined && this.#options.pacer.isPaused) throw this.#unsaid()
      if (result === undefined) return undefined
      const { failure } = result
      log.info({ bot: botId, outcome: failure.kind, reason: failure.reason }, 'a reply did not go')
      if (pauseMs === undefined || !mayGoAgain(failure)) return undefined
      if (failure.kind === 'migrated') chatId = failure.toTelegramChatId
      if (failure.kind === 'temporary') await clock.sleep(pauseMs, this.#enough.signal)
    }
    return undefined
  }

  /** Undefined when there was no leave to call in time. */
  async #call(message: OutgoingText): Promise<SendResult | undefined> {
    const turn = await this.#turn(message.chatId)
    if (turn === undefined) return undefined
    let result: SendResult | undefined
    try {
      result = await this.#options.telegram.sendText(message, this.#cut.signal)
    } catch (error) {
      this.#options.log.error({ error, bot: this.#options.botId }, 'the Telegram client failed')
    }
    const failure = result?.ok === false ? result.failure : undefined
    if (failure?.kind === 'throttled') await this.#hold(message.chatId, failure.retryAfterSeconds, turn)
    turn.end(result !== undefined && failure?.kind !== 'temporary' && failure?.kind !== 'unknown')
    return result
  }

  async #turn(chatId: number): Promise<Turn | undefined> {
    const { pacer, clock } = this.#options
    await this.#recallWait(chatId)
    if (pacer.chatWaitMs(chatId) > LONGEST_WAIT_MS) return undefined
    const tired = new AbortController()
    const served = new AbortController()
    void clock.sleep(LONGEST_WAIT_MS, served.signal).then(() => tired.abort())
    const turn = await pacer.turn(chatId, 'reply', AbortSignal.any([tired.signal, this.#enough.signal]))
    served.abort()
    return turn
  }

  /** What Telegram asked of this chat before the start is known to the store alone. */
  async #recallWait(chatId: number): Promise<void> {
    const { store, pacer, clock, botId, log } = this.#options
    try {
      const peer = await store.findPeer(botId, chatId)
      if (peer === undefined) return
      const waitMs = this.#storedWaits.endMs(peer) - clock.monotonic()
      pacer.holdChat(chatId, clock.now() + waitMs)
    } catch (error) {
      log.warn({ error, bot: botId }, 'whether a chat must be left alone could not be read; it gets its reply')
    }
  }

  /** What Telegram asked of a reply holds for the messages as well, and outlives a restart. */
  async #hold(chatId: number, retryAfterSeconds: number, turn: Turn): Promise<void> {
    const { store, clock, random, botId, log } = this.#options
    const sinceMs = clock.now()
    const untilMs = throttledUntilMs(retryAfterSeconds, { nowMs: sinceMs, dice: random.unit() })
    const botUntilMs = turn.throttled(retryAfterSeconds * 1000, untilMs)
    this.#metrics.throttled(botId, botUntilMs === undefined ? 'chat' : 'bot', retryAfterSeconds * 1000)
    try {
      const peer = await store.findPeer(botId, chatId)
      if (peer !== undefined) await store.outbox.holdPeer(peer.id, { sinceMs, untilMs })
      if (botUntilMs !== undefined) await store.outbox.holdBot(botId, { sinceMs, untilMs: botUntilMs })
    } catch (error) {
      log.warn({ error, bot: botId }, 'a wait that Telegram asked for is known in memory alone')
    }
  }
}

function onAbort(signal: AbortSignal, then: () => void): void {
  if (signal.aborted) then()
  else signal.addEventListener('abort', then, { once: true })
}

function mayGoAgain({ kind }: Failure): boolean {
  return kind === 'temporary' || kind === 'throttled' || kind === 'migrated'
}

/** Telegram has seen it and will never take it. */
function isFinal(failure: Failure): boolean {
  return !mayGoAgain(failure) && failure.kind !== 'unknown'
}
