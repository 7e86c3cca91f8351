import type { Clock } from '../domain/clock.ts'
import { botWaitMs, SAME_INCIDENT_MS, SAME_MOMENT_MS } from '../domain/flood.ts'
import {
  allSpent,
  DOCUMENTED_LIMITS,
  earliestMs,
  isForgettable,
  type Limits,
  type PacingLimits,
  type Spent,
  spend,
} from '../domain/pacing.ts'
import { Alarm } from '../domain/alarm.ts'
import { type Waiter, waitIn } from '../domain/waiting-line.ts'
import { BotPace } from './bot-pace.ts'

/** Leave to make one call into one chat. Until `end`, nobody else gets leave for that chat. */
export interface Turn {
  /**
   * Telegram answered 429: the chat waits until `untilMs`, and the whole bot as well when the evidence says so. Answers until when the
   * bot waits, if it does. Both are times of the machine's clock, to be stored; what is waited for is the time until then as it is now.
   */
  throttled(retryAfterMs: number, untilMs: number): number | undefined
  /** `answered`: Telegram said something, whatever it was. Safe to call twice. */
  end(answered: boolean): void
  /** There was no call, and the chat need not wait for one. Instead of `end`. */
  giveBack(): void
}

export type Urgency = 'reply' | 'delivery'

interface ChatPace {
  spent: Spent
  lastSentMs: number
  notBeforeMs: number
  throttledMs: number
  busy: boolean
}

type TurnWaiter = Waiter<{ readonly chatId: number; readonly urgency: Urgency }, Turn>

/** Chats are looked through for forgettable ones each time so many turns were given. */
const TURNS_BETWEEN_SWEEPS = 1000

/** Quiet chats are remembered a little longer than any evidence looks back. */
const REMEMBERED_MS = 120_000

/**
 * Says when a bot may make its next call, and into which chat: one call at a time for each chat, Telegram's published limits for chats
 * and the bot, and the waits that Telegram asked for. One pacer for everything that the bot sends. It remembers in memory;
 * waits that must outlive a restart are the caller's to store, and to give back by `holdChat` and `holdBot`.
 *
 * Inside, all times are those of a clock that nobody sets: a correction of the machine's clock neither prolongs nor cuts a wait.
 */
export class Pacer {
  readonly #clock: Clock
  readonly #limits: PacingLimits
  readonly #watchingSinceMs: number
  readonly #chats = new Map<number, ChatPace>()
  readonly #waiters: Record<Urgency, Set<TurnWaiter>> = { reply: new Set(), delivery: new Set() }
  readonly #bot: BotPace
  readonly #alarm: Alarm
  #paused = false
  #turnsSinceSweep = 0

  constructor({ clock, limits = DOCUMENTED_LIMITS }: { clock: Clock; limits?: PacingLimits }) {
    this.#clock = clock
    this.#limits = limits
    this.#watchingSinceMs = clock.monotonic()
    this.#alarm = new Alarm(clock, () => this.#serve())
    this.#bot = new BotPace(limits, this.#watchingSinceMs)
  }

  /** How long this chat must not be written to as far as the chat is concerned, in whole milliseconds; 0 when it may be. */
  chatWaitMs(chatId: number): number {
    const nowMs = this.#clock.monotonic()
    return Math.ceil(this.#chatReadyMs(chatId, nowMs) - nowMs)
  }

  /**
   * Waits for leave; replies go before deliveries. A reply waits for its chat as well; a delivery whose chat is not ready gets nothing,
   * so that its place can be another's. Nothing, too, when `signal` aborts.
   */
  turn(chatId: number, urgency: Urgency, signal: AbortSignal): Promise<Turn | undefined> {
    return waitIn(this.#waiters[urgency], { chatId, urgency }, { signal, serve: () => this.#serve() })
  }

  /** Leave at once, for a delivery; undefined when it would have to wait, or others do. */
  turnNow(chatId: number): Turn | undefined {
    if (this.#paused || this.#waiters.reply.size + this.#waiters.delivery.size > 0) return undefined
    const nowMs = this.#clock.monotonic()
    const isReady = this.#chats.get(chatId)?.busy !== true && this.#chatReadyMs(chatId, nowMs) <= nowMs
    return isReady && this.#bot.readyMs(nowMs) <= nowMs ? this.#give(chatId, nowMs) : undefined
  }

  /** Nothing goes into this chat before then, by the machine's clock as it is now. Never shortens a wait. */
  holdChat(chatId: number, untilMs: number): void {
    const waitMs = untilMs - this.#clock.now()
    if (waitMs <= 0) return
    const chat = this.#chat(chatId)
    chat.notBeforeMs = Math.max(chat.notBeforeMs, this.#clock.monotonic() + waitMs)
  }

  /** Nothing goes anywhere before then, and then one call alone tries, and the pace recovers step by step. Never shortens a wait. */
  holdBot(untilMs: number): void {
    const nowMs = this.#clock.monotonic()
    const waitMs = untilMs - this.#clock.now()
    if (waitMs > 0) this.#bot.hold(nowMs + waitMs, nowMs)
  }

  /**
   * Telegram answered 429 to a call that names no chat: the bot waits. Answers until when. Both are times of the machine's clock, as in
   * `Turn.throttled`.
   */
  throttledWithoutChat(retryAfterMs: number, untilMs: number): number {
    const none = { anotherChatWaits: false, anotherChatWaitsAlike: false, throttledProbes: 0, quietMs: 0 }
    const botUntilMs = untilMs - retryAfterMs + botWaitMs({ ...none, retryAfterMs, hasNoChat: true })
    this.holdBot(botUntilMs)
    return botUntilMs
  }

  /** Nothing goes anywhere until `resume`. */
  pause(): void {
    this.#paused = true
  }

  get isPaused(): boolean {
    return this.#paused
  }

  resume(): void {
    this.#paused = false
    this.#serve()
  }

  /** Gives leave to all who may have it now, and sets the alarm for the next. */
  #serve(): void {
    while (!this.#paused) {
      const nowMs = this.#clock.monotonic()
      const { waiter, nextMs } = this.#nextWaiter(nowMs)
      if (waiter === undefined) return this.#alarm.set(nextMs)
      const botReadyMs = this.#bot.readyMs(nowMs)
      if (botReadyMs > nowMs) return this.#alarm.set(botReadyMs)
      this.#waiters[waiter.wish.urgency].delete(waiter)
      waiter.give(this.#give(waiter.wish.chatId, nowMs))
    }
  }

  #nextWaiter(nowMs: number): { waiter: TurnWaiter | undefined; nextMs: number } {
    let nextMs = Number.POSITIVE_INFINITY
    for (const waiter of [...this.#waiters.reply, ...this.#waiters.delivery]) {
      const { chatId, urgency } = waiter.wish
      if (this.#chats.get(chatId)?.busy === true) continue
      const readyMs = this.#chatReadyMs(chatId, nowMs)
      if (readyMs <= nowMs) return { waiter, nextMs }
      if (urgency === 'reply') nextMs = Math.min(nextMs, readyMs)
      else {
        this.#waiters.delivery.delete(waiter)
        waiter.give(undefined)
      }
    }
    return { waiter: undefined, nextMs }
  }

  #chatReadyMs(chatId: number, nowMs: number): number {
    const chat = this.#chats.get(chatId)
    const limits = this.#limitsOf(chatId)
    if (chat === undefined) return earliestMs(limits, allSpent(limits, this.#watchingSinceMs), nowMs)
    return Math.max(chat.notBeforeMs, earliestMs(limits, chat.spent, nowMs))
  }

  #give(chatId: number, nowMs: number): Turn {
    const chat = this.#chat(chatId)
    const { lastSentMs } = chat
    const quietMs = nowMs - Math.max(lastSentMs, this.#watchingSinceMs)
    chat.busy = true
    chat.lastSentMs = nowMs
    const call = this.#bot.begin(nowMs)
    this.#sweepNowAndThen(nowMs)
    let throttled = false
    let ended = false
    return {
      throttled: (retryAfterMs, untilMs) => {
        throttled = true
        this.holdChat(chatId, untilMs)
        chat.throttledMs = this.#clock.monotonic()
        const throttledProbes = this.#bot.throttled(call)
        const others = this.#othersThatWait(chatId)
        const evidence = { retryAfterMs, hasNoChat: false, quietMs, throttledProbes, ...others }
        const waitMs = botWaitMs(evidence)
        if (waitMs === 0) return undefined
        const botUntilMs = untilMs - retryAfterMs + waitMs
        this.holdBot(botUntilMs)
        return botUntilMs
      },
      end: (answered) => {
        if (ended) return
        ended = true
        this.#spend(chatId, chat)
        this.#bot.end(call, answered && !throttled)
        this.#serve()
      },
      giveBack: () => {
        if (ended) return
        ended = true
        Object.assign(chat, { busy: false, lastSentMs })
        this.#bot.giveBack(call)
        this.#serve()
      },
    }
  }

  /**
   * Counted when the call is over, because it reached Telegram at some moment before that: however long calls take, the next one
   * arrives no sooner after it than the limit says.
   */
  #spend(chatId: number, chat: ChatPace): void {
    chat.busy = false
    chat.lastSentMs = this.#clock.monotonic()
    chat.spent = spend(this.#limitsOf(chatId), chat.spent, chat.lastSentMs)
  }

  #othersThatWait(chatId: number): { anotherChatWaits: boolean; anotherChatWaitsAlike: boolean } {
    const nowMs = this.#clock.monotonic()
    const untilMs = this.#chat(chatId).notBeforeMs
    let [anotherChatWaits, anotherChatWaitsAlike] = [false, false]
    for (const [id, { notBeforeMs, throttledMs }] of this.#chats) {
      if (id === chatId || notBeforeMs <= nowMs) continue
      anotherChatWaits ||= nowMs - throttledMs <= SAME_INCIDENT_MS
      anotherChatWaitsAlike ||= Math.abs(notBeforeMs - untilMs) <= SAME_MOMENT_MS
    }
    return { anotherChatWaits, anotherChatWaitsAlike }
  }

  #chat(chatId: number): ChatPace {
    const known = this.#chats.get(chatId)
    if (known !== undefined) return known
    const spent = allSpent(this.#limitsOf(chatId), this.#watchingSinceMs)
    const chat: ChatPace = { spent, lastSentMs: 0, notBeforeMs: 0, throttledMs: Number.NEGATIVE_INFINITY, busy: false }
    this.#chats.set(chatId, chat)
    return chat
  }

  #limitsOf(chatId: number): Limits {
    return chatId < 0 ? this.#limits.group : this.#limits.privateChat
  }

  #sweepNowAndThen(nowMs: number): void {
    if (++this.#turnsSinceSweep < TURNS_BETWEEN_SWEEPS) return
    this.#turnsSinceSweep = 0
    for (const [chatId, chat] of this.#chats) {
      const waits = chat.busy || chat.notBeforeMs > nowMs || chat.lastSentMs > nowMs - REMEMBERED_MS
      if (!waits && isForgettable(this.#limitsOf(chatId), chat.spent, nowMs)) this.#chats.delete(chatId)
    }
  }
}
