import type { Clock } from '../domain/clock.ts'
import { botWaitMs } from '../domain/flood.ts'
import {
  DOCUMENTED_LIMITS,
  earliestMs,
  isForgettable,
  type Limits,
  NOTHING_SPENT,
  type PacingLimits,
  type Spent,
  spend,
} from '../domain/pacing.ts'

/** Leave to make one call into one chat. Until `end`, nobody else gets leave for that chat. */
export interface Turn {
  /**
   * Telegram answered 429: the chat waits until `untilMs`, and the whole bot as well when the evidence says so. Answers until when the
   * bot waits, if it does.
   */
  throttled(retryAfterMs: number, untilMs: number): number | undefined
  /** `answered`: Telegram said something, whatever it was. Safe to call twice. */
  end(answered: boolean): void
}

export type Urgency = 'reply' | 'delivery'

interface ChatPace {
  spent: Spent
  lastSentMs: number
  notBeforeMs: number
  busy: boolean
}

interface Waiter {
  chatId: number
  urgency: Urgency
  resolve: (turn: Turn | undefined) => void
}

/** Chats are looked through for forgettable ones each time so many turns were given. */
const TURNS_BETWEEN_SWEEPS = 1000

/** Quiet chats are remembered a little longer than any evidence looks back. */
const REMEMBERED_MS = 120_000

/**
 * Says when a bot may make its next call, and into which chat: one call at a time for each chat, Telegram's published limits for chats
 * and the bot, and the waits that Telegram asked for. One pacer for everything that the bot sends. It remembers in memory;
 * waits that must outlive a restart are the caller's to store, and to give back by `holdChat` and `holdBot`.
 */
export class Pacer {
  readonly #clock: Clock
  readonly #limits: PacingLimits
  readonly #watchingSinceMs: number
  readonly #chats = new Map<number, ChatPace>()
  readonly #waiters: Record<Urgency, Set<Waiter>> = { reply: new Set(), delivery: new Set() }
  #botSpent: Spent = NOTHING_SPENT
  #botNotBeforeMs = 0
  #paused = false
  /** After a wait of the whole bot one call tries alone whether it is over. */
  #probing = false
  #throttledProbes = 0
  #inFlight = 0
  #turnsSinceSweep = 0
  #alarm: { atMs: number; cancel: AbortController } | undefined

  constructor({ clock, limits = DOCUMENTED_LIMITS }: { clock: Clock; limits?: PacingLimits }) {
    this.#clock = clock
    this.#limits = limits
    this.#watchingSinceMs = clock.now()
  }

  /** When this chat may be written to as far as the chat is concerned: now, or later. */
  chatReadyAtMs(chatId: number): number {
    const nowMs = this.#clock.now()
    const chat = this.#chats.get(chatId)
    if (chat === undefined) return nowMs
    return Math.max(chat.notBeforeMs, earliestMs(this.#limitsOf(chatId), chat.spent, nowMs))
  }

  /**
   * Waits for leave; replies go before deliveries. A reply waits for its chat as well; a delivery whose chat is not ready gets nothing,
   * so that its place can be another's. Nothing, too, when `signal` aborts.
   */
  turn(chatId: number, urgency: Urgency, signal: AbortSignal): Promise<Turn | undefined> {
    if (signal.aborted) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#waiters[urgency].delete(waiter)
        resolve(undefined)
      }
      const waiter: Waiter = {
        chatId,
        urgency,
        resolve: (turn) => {
          signal.removeEventListener('abort', giveUp)
          resolve(turn)
        },
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiters[urgency].add(waiter)
      this.#serve()
    })
  }

  /** Nothing goes into this chat before then. Never shortens a wait. */
  holdChat(chatId: number, untilMs: number): void {
    const chat = this.#chat(chatId)
    chat.notBeforeMs = Math.max(chat.notBeforeMs, untilMs)
  }

  /** Nothing goes anywhere before then, and then one call alone tries. Never shortens a wait. */
  holdBot(untilMs: number): void {
    if (untilMs <= this.#clock.now()) return
    this.#botNotBeforeMs = Math.max(this.#botNotBeforeMs, untilMs)
    this.#probing = true
  }

  /** Nothing goes anywhere until `resume`. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#serve()
  }

  /** Gives leave to all who may have it now, and sets the alarm for the next. */
  #serve(): void {
    while (!this.#paused && !(this.#probing && this.#inFlight > 0)) {
      const nowMs = this.#clock.now()
      const { waiter, nextMs } = this.#nextWaiter(nowMs)
      if (waiter === undefined) return this.#setAlarm(nextMs)
      const botReadyMs = Math.max(this.#botNotBeforeMs, earliestMs(this.#limits.bot, this.#botSpent, nowMs))
      if (botReadyMs > nowMs) return this.#setAlarm(botReadyMs)
      this.#waiters[waiter.urgency].delete(waiter)
      waiter.resolve(this.#give(waiter.chatId, nowMs))
    }
  }

  #nextWaiter(nowMs: number): { waiter: Waiter | undefined; nextMs: number } {
    let nextMs = Number.POSITIVE_INFINITY
    for (const waiter of [...this.#waiters.reply, ...this.#waiters.delivery]) {
      if (this.#chats.get(waiter.chatId)?.busy === true) continue
      const readyMs = this.chatReadyAtMs(waiter.chatId)
      if (readyMs <= nowMs) return { waiter, nextMs }
      if (waiter.urgency === 'reply') nextMs = Math.min(nextMs, readyMs)
      else {
        this.#waiters.delivery.delete(waiter)
        waiter.resolve(undefined)
      }
    }
    return { waiter: undefined, nextMs }
  }

  #give(chatId: number, nowMs: number): Turn {
    const chat = this.#chat(chatId)
    const quietMs = nowMs - Math.max(chat.lastSentMs, this.#watchingSinceMs)
    chat.busy = true
    chat.spent = spend(this.#limitsOf(chatId), chat.spent, nowMs)
    chat.lastSentMs = nowMs
    this.#botSpent = spend(this.#limits.bot, this.#botSpent, nowMs)
    this.#inFlight++
    this.#sweepNowAndThen(nowMs)
    return this.#turnFor(chatId, chat, quietMs)
  }

  #turnFor(chatId: number, chat: ChatPace, quietMs: number): Turn {
    const isProbe = this.#probing
    let throttled = false
    let ended = false
    return {
      throttled: (retryAfterMs, untilMs) => {
        throttled = true
        if (isProbe) this.#throttledProbes++
        const anotherChatWaits = this.#anotherChatWaits(chatId)
        this.holdChat(chatId, untilMs)
        const throttledProbes = isProbe ? this.#throttledProbes : 0
        const waitMs = botWaitMs({ retryAfterMs, quietMs, anotherChatWaits, throttledProbes })
        if (waitMs === 0) return undefined
        const botUntilMs = untilMs - retryAfterMs + waitMs
        this.holdBot(botUntilMs)
        return botUntilMs
      },
      end: (answered) => {
        if (ended) return
        ended = true
        chat.busy = false
        this.#inFlight--
        if (answered && !throttled && isProbe) this.#endProbing()
        this.#serve()
      },
    }
  }

  #endProbing(): void {
    this.#probing = false
    this.#throttledProbes = 0
  }

  #anotherChatWaits(chatId: number): boolean {
    const nowMs = this.#clock.now()
    return this.#chats.entries().some(([id, chat]) => id !== chatId && chat.notBeforeMs > nowMs)
  }

  #chat(chatId: number): ChatPace {
    const known = this.#chats.get(chatId)
    if (known !== undefined) return known
    const chat: ChatPace = { spent: NOTHING_SPENT, lastSentMs: 0, notBeforeMs: 0, busy: false }
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

  #setAlarm(atMs: number): void {
    if (atMs === Number.POSITIVE_INFINITY || (this.#alarm !== undefined && this.#alarm.atMs <= atMs)) return
    this.#alarm?.cancel.abort()
    const alarm = { atMs, cancel: new AbortController() }
    this.#alarm = alarm
    void this.#clock.sleep(Math.ceil(atMs - this.#clock.now()), alarm.cancel.signal).then(() => {
      if (this.#alarm !== alarm) return
      this.#alarm = undefined
      this.#serve()
    })
  }
}
