import type { ChatStatus } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import type { Failure, SendResult } from '../domain/failure.ts'
import type { Log } from '../domain/log.ts'
import type { Attempt } from '../domain/message.ts'
import { messageParts } from '../domain/message-text.ts'
import type { DeliveryMetrics } from '../domain/metrics.ts'
import type { Random } from '../domain/random.ts'
import { type Decision, decide, type RetryPolicy } from '../domain/retry-policy.ts'
import type { Outbound, Settled, Store } from '../store/store.ts'
import { MAX_TEXT_UNITS } from '../telegram/limits.ts'
import type { TelegramClient } from '../telegram/telegram-client.ts'
import type { Turn } from './pacer.ts'
import { untilStored } from './until-stored.ts'

export interface CourierDeps {
  botId: string
  store: Pick<Store, 'outbox' | 'getPeer' | 'setPeerStatus' | 'migratePeer'>
  telegram: Pick<TelegramClient, 'sendText'>
  clock: Clock
  random: Random
  log: Log
  metrics: DeliveryMetrics
  policy: RetryPolicy
  /** Cuts calls short, for a stop that cannot wait. */
  cut: AbortSignal
  /** Telegram does not accept the bot: nothing more may leave. */
  onBotRejected: (reason: string) => void
}

/**
 * What the lane does next: go on with the message after this one; read its messages again, since this one is still the first, or gone
 * with others; or hand over to the lane of another peer, because the chat is there now.
 */
export type Carried = { next: 'go_on' } | { next: 'read_again' } | { next: 'moved'; peerId: number }

/** One call as it was: what left, when, and how it ended. */
interface Call {
  message: Outbound
  part: number
  parts: number
  startedAtMs: number
  finishedAtMs: number
  result: SendResult
}

/**
 * Carries one part of one message: says durably that it is about to leave, calls Telegram, and writes down what became of it. What to do
 * about a failure is decided in `domain/retry-policy.ts`; here it is carried out.
 */
export class Courier {
  readonly #deps: CourierDeps

  constructor(deps: CourierDeps) {
    this.#deps = deps
  }

  /** `turn` ends as soon as the call has. `blocked`: the chat was thought to be closed. */
  async carry(message: Outbound, turn: Turn, blocked: boolean): Promise<Carried> {
    const parts = messageParts(message, MAX_TEXT_UNITS)
    if (!(await this.#mark(message))) return { next: 'go_on' }
    const call = await this.#call(message, parts)
    if (call.result.ok) {
      turn.end(true)
      return await this.#afterSuccess(call, call.result.telegramMessageId, blocked)
    }
    return await this.#afterFailure(call, call.result.failure, turn)
  }

  /**
   * When the store fails here, the mark may stand all the same, if only its answer was lost. Then the message would be nobody's, and
   * the one behind it would overtake it: so the mark is taken back before anything else happens in this chat.
   */
  async #mark(message: Outbound): Promise<boolean> {
    const { store, clock } = this.#deps
    const startedAtMs = clock.now()
    try {
      return await store.outbox.markSending(message.id, startedAtMs)
    } catch (error) {
      const failure = { kind: 'temporary', reason: 'Our database failed before the call; nothing was sent.' } as const
      const nowMs = clock.now()
      const part = message.partsDone + 1
      const call = {
        message,
        part,
        parts: part,
        startedAtMs,
        finishedAtMs: nowMs,
        result: { ok: false, failure },
      } as const
      const { possibleDuplicate } = message
      await this.#settle(call, { event: 'retry', nextAttemptAtMs: nowMs, countsAsAttempt: false, possibleDuplicate }, 0)
      throw error
    }
  }

  async #call(message: Outbound, parts: readonly string[]): Promise<Call> {
    const { clock, metrics, botId } = this.#deps
    const startedAtMs = clock.now()
    const result = await this.#send(message, parts[message.partsDone])
    const finishedAtMs = clock.now()
    metrics.attempt(botId, result.ok ? 'delivered' : result.failure.kind, finishedAtMs - startedAtMs)
    return { message, part: message.partsDone + 1, parts: parts.length, startedAtMs, finishedAtMs, result }
  }

  /** A client that breaks its promise never to throw must not leave a message in `sending`. */
  async #send({ telegramChatId, telegramMessageId, silent }: Outbound, text: string | undefined): Promise<SendResult> {
    // Everything had arrived, and a newer version of this program cuts the text into fewer parts.
    if (text === undefined) return { ok: true, telegramMessageId: telegramMessageId ?? 0 }
    try {
      return await this.#deps.telegram.sendText({ chatId: telegramChatId, text, silent }, this.#deps.cut)
    } catch (error) {
      this.#deps.log.error({ error, bot: this.#deps.botId }, 'the Telegram client failed')
      return { ok: false, failure: { kind: 'unknown', reason: 'We failed during the call; it may have arrived.' } }
    }
  }

  async #afterSuccess(call: Call, telegramMessageId: number, blocked: boolean): Promise<Carried> {
    const { metrics, botId, log } = this.#deps
    const { message, part, parts, finishedAtMs } = call
    const isLast = part >= parts
    await this.#settle(call, { event: isLast ? 'deliver' : 'part', telegramMessageId }, null)
    if (blocked) await this.#setPeerStatus(message.peerId, 'active', null)
    if (!isLast) return { next: 'read_again' }
    metrics.delivered(botId, finishedAtMs - message.createdAtMs)
    log.debug({ bot: botId, message: message.id, ms: finishedAtMs - call.startedAtMs }, 'delivered')
    return { next: 'go_on' }
  }

  async #afterFailure(call: Call, failure: Failure, turn: Turn): Promise<Carried> {
    const { botId, log } = this.#deps
    const decision = this.#decide(call, failure)
    const botUntilMs =
      failure.kind === 'throttled' && decision.do === 'hold_chat'
        ? turn.throttled(failure.retryAfterSeconds * 1000, decision.untilMs)
        : undefined
    if (decision.do === 'hold_bot') this.#deps.onBotRejected(failure.reason)
    turn.end(failure.kind !== 'temporary' && failure.kind !== 'unknown')
    const fields = { bot: botId, message: call.message.id, outcome: failure.kind, reason: failure.reason }
    log.info({ ...fields, decision: decision.do }, 'not delivered')
    return await this.#carryOut(decision, call, failure, botUntilMs)
  }

  #decide({ message, finishedAtMs: nowMs }: Call, failure: Failure): Decision {
    const isLost = failure.kind === 'unknown' && message.delivery === 'at_most_once'
    if (this.#deps.cut.aborted && !isLost && (failure.kind === 'temporary' || failure.kind === 'unknown')) {
      // We cut it, so it costs the message nothing and goes again at the next start.
      return { do: 'retry', atMs: nowMs, countsAsAttempt: false, possibleDuplicate: failure.kind === 'unknown' }
    }
    const { attemptCount, possibleDuplicate, delivery } = message
    const dice = this.#deps.random.unit()
    return decide(this.#deps.policy, failure, { attempt: attemptCount + 1, possibleDuplicate, delivery, nowMs, dice })
  }

  async #carryOut(decision: Decision, call: Call, failure: Failure, botUntilMs: number | undefined): Promise<Carried> {
    const { message, finishedAtMs: nowMs } = call
    const again = { event: 'retry', possibleDuplicate: message.possibleDuplicate, countsAsAttempt: false } as const
    switch (decision.do) {
      case 'retry': {
        const { atMs, countsAsAttempt } = decision
        const possibleDuplicate = message.possibleDuplicate || decision.possibleDuplicate
        await this.#settle(call, { ...again, countsAsAttempt, possibleDuplicate, nextAttemptAtMs: atMs }, atMs - nowMs)
        return { next: 'read_again' }
      }
      case 'hold_chat':
        await this.#hold(call, decision.untilMs, botUntilMs)
        await this.#settle(call, { ...again, nextAttemptAtMs: decision.untilMs }, decision.untilMs - nowMs)
        return { next: 'read_again' }
      case 'hold_bot':
        await this.#settle(call, { ...again, nextAttemptAtMs: nowMs }, null)
        return { next: 'read_again' }
      case 'readdress':
        await this.#settle(call, { ...again, nextAttemptAtMs: nowMs }, 0)
        return await this.#readdress(message, decision.toTelegramChatId)
      case 'close_chat':
        await this.#end(call, { event: 'fail', error: decision.error })
        await this.#closeChat(message.peerId, failure.reason, decision)
        return { next: 'read_again' }
      case 'fail':
        await this.#end(call, { event: 'fail', error: decision.error })
        return { next: 'go_on' }
      case 'lose':
        await this.#end(call, { event: 'lose', error: decision.error })
        return { next: 'go_on' }
      default:
        return decision satisfies never
    }
  }

  /** Before the message is queued again: a crash in between must not let it go too early. */
  async #hold({ message, finishedAtMs }: Call, untilMs: number, botUntilMs: number | undefined): Promise<void> {
    const { store, metrics, botId, log } = this.#deps
    metrics.throttled(botId, botUntilMs === undefined ? 'chat' : 'bot', untilMs - finishedAtMs)
    await this.#stored('chat waits', () => store.outbox.holdPeer(message.peerId, untilMs))
    if (botUntilMs === undefined) return
    log.warn({ bot: botId, untilMs: botUntilMs }, 'Telegram told the bot to wait; everything of this bot waits')
    await this.#stored('bot waits', () => store.outbox.holdBot(botId, botUntilMs))
  }

  async #closeChat(peerId: number, reason: string, { error }: Extract<Decision, { do: 'close_chat' }>): Promise<void> {
    const { store, metrics, botId, clock } = this.#deps
    await this.#setPeerStatus(peerId, 'blocked', reason)
    const count = await this.#stored('what waits for it fails', () =>
      store.outbox.failWaiting(peerId, error, clock.now()),
    )
    metrics.failed(botId, error.code, count)
  }

  async #setPeerStatus(peerId: number, status: ChatStatus, reason: string | null): Promise<void> {
    const { store, clock } = this.#deps
    await this.#stored(`chat is ${status}`, () => store.setPeerStatus(peerId, status, reason, clock.now()))
  }

  async #readdress(message: Outbound, toTelegramChatId: number): Promise<Carried> {
    const { store, botId, log } = this.#deps
    const peer = await this.#stored('chat is read', () => store.getPeer(message.peerId))
    // Telegram's own word about it may have come first, as an update.
    if (peer === undefined || peer.telegramChatId !== message.telegramChatId) return { next: 'read_again' }
    const to = {
      telegramChatId: toTelegramChatId,
      type: 'supergroup',
      title: peer.title,
      username: peer.username,
    } as const
    const moved = await this.#stored('group moved', () => store.migratePeer(botId, message.telegramChatId, to))
    log.info({ bot: botId, from: message.telegramChatId, to: toTelegramChatId }, 'the group became a supergroup')
    return { next: 'moved', peerId: moved.id }
  }

  async #end(call: Call, settled: Extract<Settled, { event: 'fail' | 'lose' }>): Promise<void> {
    await this.#settle(call, settled, null)
    this.#deps.metrics.failed(this.#deps.botId, settled.error.code, 1)
  }

  async #settle(call: Call, next: Settled, waitMs: number | null): Promise<void> {
    const { message, part, startedAtMs, finishedAtMs, result } = call
    const outcome = result.ok ? 'delivered' : result.failure.kind
    const reason = result.ok ? null : result.failure.reason
    const attempt: Omit<Attempt, 'number'> = { part, startedAtMs, finishedAtMs, outcome, reason, waitMs }
    await this.#stored('outcome', () => this.#deps.store.outbox.settle({ messageId: message.id, attempt, next }))
  }

  #stored<T>(what: string, write: () => Promise<T>): Promise<T> {
    return untilStored(what, write, this.#deps)
  }
}
