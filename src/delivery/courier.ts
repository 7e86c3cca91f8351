import { type ChatStatus, CLOSED_MS, mayBecome, type Peer } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import { jointText, travelSilently } from '../domain/digest.ts'
import type { Failure, SendResult } from '../domain/failure.ts'
import type { Log } from '../domain/log.ts'
import { type Attempt, DELIVERY_ERRORS, type DeliveryError } from '../domain/message.ts'
import { messageParts } from '../domain/message-text.ts'
import type { DeliveryMetrics } from '../domain/metrics.ts'
import type { Random } from '../domain/random.ts'
import { inWords } from '../domain/reasons.ts'
import { type Decision, decide, type RetryPolicy } from '../domain/retry-policy.ts'
import { endOf } from '../domain/wording-of-failures.ts'
import type { Outbound, Settled, Settlement } from '../store/outbox.ts'
import type { Store } from '../store/store.ts'
import { MAX_TEXT_UNITS } from '../telegram/limits.ts'
import type { TelegramClient } from '../telegram/telegram-client.ts'
import { Digests } from './digests.ts'
import type { Turn } from './pacer.ts'
import { goAlone, settledBy, type Written } from './settled-by.ts'
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
  /** One message, or several that travel in one Telegram message. */
  load: readonly [Outbound, ...Outbound[]]
  part: number
  parts: number
  startedAtMs: number
  finishedAtMs: number
  result: SendResult
}

/** What must be known of a message to take its mark back. */
type Marked = Pick<Outbound, 'id' | 'partsDone' | 'possibleDuplicate'>

/** Of those whose time is over, so many are ended when one is met. */
const EXPIRED_AT_ONCE = 200

/**
 * Carries one part of one message, or several messages in one: says durably that they are about to leave, calls Telegram, and writes
 * down what became of each. What to do about a failure is decided in `domain/retry-policy.ts`; here it is carried out.
 */
export class Courier {
  readonly #deps: CourierDeps
  readonly #digests: Digests
  readonly #inHand = new Set<string>()

  constructor(deps: CourierDeps) {
    this.#deps = deps
    this.#digests = new Digests({ outbox: deps.store.outbox, clock: deps.clock })
  }

  /** The messages that are carried now, until it is written down how that ended, or given up. */
  get inHand(): ReadonlySet<string> {
    return this.#inHand
  }

  /**
   * `buffer`: the first messages of a lane. `turn` ends as soon as the call has. `blocked`: the chat was thought to be closed.
   * `onHandFree`: told after a call that went well, when only the writing down is left.
   */
  async carry(
    buffer: readonly Outbound[],
    turn: Turn,
    how: { blocked: boolean; onHandFree: () => void },
  ): Promise<Carried> {
    const chosen = await this.#digests.choose(buffer)
    return await this.#holding(chosen, async () => {
      const [first, ...others] = await this.#mark(chosen)
      if (first === undefined) return { next: chosen.length === 1 ? 'go_on' : 'read_again' }
      const carried = await this.#carry([first, ...others], turn, how)
      // Those that went along stand in what was read before.
      return carried.next === 'go_on' && chosen.length > 1 ? { next: 'read_again' } : carried
    })
  }

  /** The same for one message that was marked when it was accepted (`Departure`). */
  carryMarked(message: Outbound, turn: Turn, onHandFree: () => void): Promise<Carried> {
    return this.#holding([message], () => this.#carry([message], turn, { blocked: false, onHandFree }))
  }

  /**
   * The store failed while it accepted a message for which a place was kept. Perhaps it stands there all the same, as one that is on its
   * way: then it is taken back, as in `#mark`.
   */
  async doubt(messageId: string): Promise<void> {
    const message = { id: messageId, partsDone: 0, possibleDuplicate: false }
    await this.#holding([message], () => this.#unmark([message], this.#deps.clock.now()))
  }

  async #holding<T>(chosen: readonly Marked[], work: () => Promise<T>): Promise<T> {
    for (const { id } of chosen) this.#inHand.add(id)
    try {
      return await work()
    } finally {
      for (const { id } of chosen) this.#inHand.delete(id)
    }
  }

  async #carry(
    load: Call['load'],
    turn: Turn,
    { blocked, onHandFree }: { blocked: boolean; onHandFree: () => void },
  ): Promise<Carried> {
    const call = await this.#call(load)
    return call.result.ok
      ? await this.#afterSuccess(call, call.result.telegramMessageId, { turn, blocked, onHandFree })
      : await this.#afterFailure(call, call.result.failure, turn)
  }

  /**
   * Those that may leave. When the store fails here, the mark may stand all the same, if only its answer was lost. Then a message would
   * be nobody's, and the one behind it would overtake it: so the mark is taken back before anything else happens in this chat.
   */
  async #mark(chosen: readonly Outbound[]): Promise<Outbound[]> {
    const { store, clock } = this.#deps
    const startedAtMs = clock.now()
    if (chosen.length === 0) return []
    try {
      const marked = new Set(await this.#markDurably(chosen, startedAtMs))
      if (chosen.some((message) => !marked.has(message.id) && hasExpired(message, startedAtMs))) {
        const expired = await store.outbox.expire(startedAtMs, EXPIRED_AT_ONCE)
        for (const { botId, count } of expired) this.#deps.metrics.failed(botId, 'expired', count)
      }
      return chosen.filter(({ id }) => marked.has(id))
    } catch (error) {
      await this.#unmark(chosen, startedAtMs)
      throw error
    }
  }

  #markDurably(chosen: readonly Outbound[], nowMs: number): Promise<string[]> {
    return this.#deps.store.outbox.markTogether(
      chosen.map(({ id }) => id),
      nowMs,
    )
  }

  async #unmark(marked: readonly Marked[], startedAtMs: number): Promise<void> {
    const finishedAtMs = this.#deps.clock.now()
    const next = { event: 'retry', nextAttemptAtMs: finishedAtMs, countsAsAttempt: false } as const
    const reason = inWords('database_failed')
    const attempt = { startedAtMs, finishedAtMs, outcome: 'temporary', reason, waitMs: 0 } as const
    await this.#write(
      marked.map(({ id: messageId, partsDone, possibleDuplicate }) => {
        return { messageId, attempt: { ...attempt, part: partsDone + 1 }, next: { ...next, possibleDuplicate } }
      }),
    )
  }

  async #call(load: Call['load']): Promise<Call> {
    const { clock, metrics, botId } = this.#deps
    const [first] = load
    const parts = load.length > 1 ? [jointText(load)] : messageParts(first, MAX_TEXT_UNITS)
    const startedAtMs = clock.now()
    const result = await this.#send({ ...first, silent: travelSilently(load) }, parts[first.partsDone])
    const finishedAtMs = clock.now()
    metrics.attempt(botId, result.ok ? 'delivered' : result.failure.kind, finishedAtMs - startedAtMs)
    return { load, part: first.partsDone + 1, parts: parts.length, startedAtMs, finishedAtMs, result }
  }

  /** A client that breaks its promise never to throw must not leave a message in `sending`. */
  async #send({ telegramChatId, telegramMessageId, silent }: Outbound, text: string | undefined): Promise<SendResult> {
    // Everything had arrived, and a newer version of this program cuts the text into fewer parts.
    if (text === undefined) return { ok: true, telegramMessageId: telegramMessageId ?? 0 }
    try {
      const result = await this.#deps.telegram.sendText({ chatId: telegramChatId, text, silent }, this.#deps.cut)
      return result.ok || isPossible(result.failure, telegramChatId) ? result : { ok: false, failure: MOVED_NOWHERE }
    } catch (error) {
      this.#deps.log.error({ error, bot: this.#deps.botId }, 'the Telegram client failed')
      return { ok: false, failure: { kind: 'unknown', reason: inWords('failed_during_call') } }
    }
  }

  async #afterSuccess(
    call: Call,
    telegramMessageId: number,
    { turn, blocked, onHandFree }: { turn: Turn; blocked: boolean; onHandFree: () => void },
  ): Promise<Carried> {
    turn.end(true)
    const { metrics, botId, log } = this.#deps
    const { load, part, parts, startedAtMs, finishedAtMs } = call
    const isLast = part >= parts
    const next = { event: isLast ? 'deliver' : 'part', telegramMessageId } as const
    const settled = this.#settle(call, () => ({ next, waitMs: null }))
    // Handed over before anybody marks what goes next, so it is never committed after that.
    onHandFree()
    await settled
    if (blocked) await this.#setPeerStatus(load[0].peerId, 'active', null)
    if (!isLast) return { next: 'read_again' }
    for (const { createdAtMs } of load) metrics.delivered(botId, finishedAtMs - createdAtMs)
    log.debug({ ...this.#about(call), ms: finishedAtMs - startedAtMs }, 'delivered')
    return { next: 'go_on' }
  }

  async #afterFailure(call: Call, failure: Failure, turn: Turn): Promise<Carried> {
    const { log } = this.#deps
    const dice = this.#deps.random.unit()
    // What it means for the chat and the bot is the same for all that travelled together.
    const decision = this.#decide(call.load[0], call, failure, dice)
    const botUntilMs =
      failure.kind === 'throttled' && decision.do === 'hold_chat'
        ? turn.throttled(failure.retryAfterSeconds * 1000, decision.untilMs)
        : undefined
    if (decision.do === 'hold_bot') this.#deps.onBotRejected(failure.reason)
    turn.end(failure.kind !== 'temporary' && failure.kind !== 'unknown')
    const fields = { ...this.#about(call), outcome: failure.kind, reason: failure.reason }
    log.info({ ...fields, decision: decision.do }, 'not delivered')
    // Before a message is queued again: a crash in between must not let it go too early.
    if (decision.do === 'hold_chat') await this.#hold(call, decision.untilMs, botUntilMs)
    const isJointRefusal = failure.kind === 'refused' && call.load.length > 1
    const written = await this.#settle(call, (message) =>
      isJointRefusal
        ? goAlone(message, call.finishedAtMs)
        : settledBy(this.#decide(message, call, failure, dice), message, call.finishedAtMs),
    )
    this.#countEnds(written)
    if (decision.do === 'readdress') return await this.#readdress(call.load[0], decision.toTelegramChatId)
    if (decision.do === 'close_chat') await this.#closeChat(call.load[0].peerId, failure.reason, decision)
    return { next: 'read_again' }
  }

  #decide(message: Outbound, { finishedAtMs: nowMs }: Call, failure: Failure, dice: number): Decision {
    const { attemptCount, possibleDuplicate, delivery } = message
    const isLost = failure.kind === 'unknown' && delivery === 'at_most_once'
    if (this.#deps.cut.aborted && !isLost && (failure.kind === 'temporary' || failure.kind === 'unknown')) {
      // We cut it, so it costs the message nothing and goes again at the next start.
      return { do: 'retry', atMs: nowMs, countsAsAttempt: false, possibleDuplicate: failure.kind === 'unknown' }
    }
    return decide(this.#deps.policy, failure, { attempt: attemptCount + 1, possibleDuplicate, delivery, nowMs, dice })
  }

  async #hold({ load, finishedAtMs: sinceMs }: Call, untilMs: number, botUntilMs: number | undefined): Promise<void> {
    const { store, metrics, botId, log } = this.#deps
    metrics.throttled(botId, botUntilMs === undefined ? 'chat' : 'bot', untilMs - sinceMs)
    await this.#stored('chat waits', () => store.outbox.holdPeer(load[0].peerId, { sinceMs, untilMs }))
    if (botUntilMs === undefined) return
    log.warn({ bot: botId, untilMs: botUntilMs }, 'Telegram told the bot to wait; everything of this bot waits')
    await this.#stored('bot waits', () => store.outbox.holdBot(botId, { sinceMs, untilMs: botUntilMs }))
  }

  async #closeChat(peerId: number, reason: string, { error }: Extract<Decision, { do: 'close_chat' }>): Promise<void> {
    // Whatever else closes a chat is repaired without a word of Telegram's to us, so the next message asks.
    const closedMs = error.code === 'chat_blocked' ? CLOSED_MS : 0
    await this.#setPeerStatus(peerId, 'blocked', reason, this.#deps.clock.now() + closedMs)
    await this.#failWaiting(peerId, error)
  }

  /** What waits for a chat that is known to be closed ends without a call. */
  async refuse({ id, statusReason }: Pick<Peer, 'id' | 'statusReason'>): Promise<void> {
    const reason = statusReason ?? DELIVERY_ERRORS.chat_blocked
    const seen = { attempts: 0, mayHaveArrived: false }
    await this.#failWaiting(id, endOf({ kind: 'blocked', by: 'person', reason }, seen))
  }

  async #failWaiting(peerId: number, error: DeliveryError): Promise<void> {
    const { store, metrics, botId, clock } = this.#deps
    this.#digests.forget(peerId)
    const count = await this.#stored('what waits for it fails', () =>
      store.outbox.failWaiting(peerId, error, clock.now()),
    )
    metrics.failed(botId, error.code, count)
  }

  async #setPeerStatus(peerId: number, status: ChatStatus, reason: string | null, closedUntilMs = 0): Promise<void> {
    const { store, clock } = this.#deps
    await this.#stored(`chat is ${status}`, () =>
      store.setPeerStatus(peerId, status, reason, clock.now(), closedUntilMs),
    )
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

  #countEnds(written: readonly Settled[]): void {
    const { metrics, botId } = this.#deps
    for (const next of written)
      if (next.event === 'fail' || next.event === 'lose') metrics.failed(botId, next.error.code, 1)
  }

  /** Writes the call into the record of each that travelled in it, all in one transaction. */
  async #settle(call: Call, written: (message: Outbound) => Written): Promise<Settled[]> {
    const { load, part, startedAtMs, finishedAtMs, result } = call
    const outcome = result.ok ? 'delivered' : result.failure.kind
    const reason = result.ok ? null : result.failure.reason
    const settlements = load.map((message): Settlement => {
      const { next, waitMs } = written(message)
      const attempt: Omit<Attempt, 'number'> = { part, startedAtMs, finishedAtMs, outcome, reason, waitMs }
      return { messageId: message.id, attempt, next }
    })
    await this.#write(settlements)
    return settlements.map(({ next }) => next)
  }

  async #write(settlements: readonly Settlement[]): Promise<void> {
    const unlinked = await this.#stored('outcome', () => this.#deps.store.outbox.settle(...settlements))
    if (unlinked > 0) this.#deps.metrics.failed(this.#deps.botId, 'chat_unlinked', unlinked)
  }

  #about({ load }: Call): { bot: string; message: string; together?: number } {
    const about = { bot: this.#deps.botId, message: load[0].id }
    return load.length > 1 ? { ...about, together: load.length } : about
  }

  #stored<T>(what: string, write: () => Promise<T>): Promise<T> {
    return untilStored(what, write, this.#deps)
  }
}

/** Counts, and waits longer each time: a chat that is said to have moved to itself would otherwise be asked again at once, for ever. */
const MOVED_NOWHERE: Failure = { kind: 'temporary', reason: inWords('became_unknown_supergroup') }

function isPossible(failure: Failure, telegramChatId: number): boolean {
  return failure.kind !== 'migrated' || mayBecome(telegramChatId, failure.toTelegramChatId)
}

function hasExpired({ expiresAtMs, partsDone }: Outbound, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs && partsDone === 0
}
