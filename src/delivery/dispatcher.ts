import { isClosed, type Peer } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import type { Priority } from '../domain/delivery-options.ts'
import type { Log } from '../domain/log.ts'
import { OwnershipLost } from '../domain/ownership.ts'
import { type DeliveryMetrics, NO_METRICS } from '../domain/metrics.ts'
import type { Random } from '../domain/random.ts'
import { inWords } from '../domain/reasons.ts'
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../domain/retry-policy.ts'
import type { Service } from '../ops/lifecycle.ts'
import type { Outbound, WaitingLane } from '../store/outbox.ts'
import type { Store } from '../store/store.ts'
import type { TelegramClient } from '../telegram/telegram-client.ts'
import { Alarm } from '../domain/alarm.ts'
import { type Booked, type Booking, openBooking, type Place } from './booking.ts'
import { BotGate } from './bot-gate.ts'
import { type Carried, Courier } from './courier.ts'
import type { Lane } from './lane.ts'
import { type Hand, Hands } from './hands.ts'
import { LaneScan } from './lane-scan.ts'
import { LaneWaits } from './lane-waits.ts'
import { Lanes } from './lanes.ts'
import type { Pacer, Turn } from './pacer.ts'
import { takingBackStrays } from './strays.ts'

export interface DispatcherOptions {
  botId: string
  store: Pick<Store, 'outbox' | 'getBot' | 'getPeer' | 'setBotState' | 'setPeerStatus' | 'migratePeer'>
  telegram: Pick<TelegramClient, 'sendText' | 'getMe'>
  /** The bot's, shared with its replies. */
  pacer: Pacer
  clock: Clock
  random: Random
  log: Log
  /** Default: nothing is counted. */
  metrics?: DeliveryMetrics
  /** Default `DEFAULT_RETRY_POLICY`. */
  policy?: RetryPolicy
  /**
   * Calls under way at once, each to another chat, those aside that are slow. Default 8: with answers after a quarter of a second that
   * is the 30 a second that a bot may send at all, and it bounds how many messages a crash leaves in doubt.
   */
  concurrency?: number
  /**
   * Calls under way at once, slow ones included: Telegram may hold a call for 8 s before it answers 429, and some chats that it holds
   * must not stop the others. Default 24: below what the pacer allows for the whole bot, replies included.
   */
  mostConcurrency?: number
  /** Chats with work that are remembered at once; the rest waits on disk. Default 10 000. */
  laneCapacity?: number
  /** Messages of a chat that are read at once. Default 8. */
  readAhead?: number
  /** Milliseconds between two looks at the store for what fell through. Default 60 s; `SHARED_SCAN_MS` where processes share it. */
  scanIntervalMs?: number
}

/**
 * How long a message waits at most when the word about it was lost between two processes, in milliseconds. A look at a bot with nothing to
 * do takes half a millisecond, so for a thousand bots a twentieth of the time.
 */
export const SHARED_SCAN_MS = 10_000

/** What a bot has under way at once at most, unless told otherwise: so many calls a crash may leave in doubt. */
export const MOST_CONCURRENCY = 24

const DEFAULTS = {
  concurrency: 8,
  mostConcurrency: MOST_CONCURRENCY,
  laneCapacity: 10_000,
  readAhead: 8,
  scanIntervalMs: 60_000,
} as const

/** Messages that are read of a chat that will not keep them: what goes next, and whether something could travel with it. */
const FEW = 2

/** A chat whose next step failed by our own fault waits so long, doubling up to the second, in milliseconds. */
const FIRST_TROUBLE_MS = 500
const LONGEST_TROUBLE_MS = 30_000

/**
 * Sends what waits for one bot: several chats at once, one call at a time for each, in the order of acceptance. The store is the only
 * memory; what is here can be lost at any moment.
 */
export class Dispatcher implements Service {
  readonly name: string
  readonly #options: DispatcherOptions & Record<keyof typeof DEFAULTS, number>
  readonly #metrics: DeliveryMetrics
  readonly #lanes: Lanes
  readonly #courier: Courier
  readonly #gate: BotGate
  readonly #scan: LaneScan
  readonly #stopping = new AbortController()
  readonly #cut = new AbortController()
  readonly #steps = new Set<Promise<void>>()
  readonly #hands: Hands
  readonly #waits: LaneWaits
  readonly #alarm: Alarm
  #scanning: Promise<void> | undefined
  #started = false

  constructor(given: DispatcherOptions) {
    const options = { ...DEFAULTS, ...given }
    const { botId, store, clock, log, metrics = NO_METRICS, policy = DEFAULT_RETRY_POLICY } = options
    this.name = `dispatcher ${botId}`
    this.#options = options
    this.#metrics = metrics
    this.#lanes = new Lanes(options.laneCapacity)
    this.#alarm = new Alarm(clock, () => this.#fill())
    this.#hands = new Hands(options)
    this.#waits = new LaneWaits({ ...options, policy })
    this.#gate = new BotGate({ ...options, stopping: this.#stopping.signal })
    const onBotRejected = (reason: string): void => this.#gate.close(reason)
    this.#courier = new Courier({ ...options, metrics, policy, cut: this.#cut.signal, onBotRejected })
    this.#scan = new LaneScan({
      botId,
      clock,
      log,
      outbox: store.outbox,
      intervalMs: options.scanIntervalMs,
      before: takingBackStrays({
        ...options,
        outbox: store.outbox,
        metrics,
        policy,
        inHand: () => this.#courier.inHand,
      }),
      find: (lane) => this.#find(lane),
      stopping: this.#stopping.signal,
    })
  }

  /** Rejects when the store cannot be read; does not wait for Telegram. */
  async start(): Promise<void> {
    const { botId, store, clock, log, pacer } = this.#options
    this.#metrics.begins(botId)
    const recovered = await store.outbox.recover(botId, clock.now())
    if (recovered.queued + recovered.lost > 0) {
      log.warn({ bot: botId, ...recovered }, 'calls were under way when the program ended; what may go again does')
      this.#metrics.cutOff(botId, recovered.calls)
      if (recovered.lost > 0) this.#metrics.failed(botId, 'outcome_unknown', recovered.lost)
    }
    const bot = await store.getBot(botId)
    if (bot !== undefined) pacer.holdBot(clock.now() + this.#waits.storedEndMs(bot) - clock.monotonic())
    if (bot?.state === 'rejected') this.#gate.close(bot.stateReason ?? inWords('token_refused'), 0)
    this.#started = true
    this.#scanning = this.#scan.run()
  }

  /**
   * A message for this chat was committed. Costs nothing and never fails; the store is read later. Ignored before the start, which
   * finds everything by itself. `priority`: of the message, when it may go before others.
   */
  wake(peerId: number, priority?: Priority): void {
    if (priority !== undefined) this.#lanes.overtake(peerId, priority)
    if (!this.#started || this.#stopping.signal.aborted) return
    if (this.#lanes.wake(peerId)) this.#fill()
    else this.#scan.request()
  }

  /**
   * Keeps a place for a message of this user that is about to be stored: the chat's lane, a hand, and leave to call. Undefined when the
   * message must wait for its turn. Nothing else goes into the chat until one of the booking's methods was called.
   */
  book({ userId, peerId, telegramChatId }: Place): Booking | undefined {
    const { clock, pacer } = this.#options
    const nowMs = clock.monotonic()
    // What waited already at the start is seen first.
    const isAtWork = this.#scan.hasLooked && !this.#stopping.signal.aborted
    if (!isAtWork || !this.#hands.isAnyFree(nowMs)) return undefined
    const lane = this.#lanes.occupy(peerId, userId)
    if (lane === undefined) return undefined
    const turn = pacer.turnNow(telegramChatId)
    if (turn === undefined) {
      this.#lanes.finish(lane)
      return undefined
    }
    const { booking, decided } = openBooking({ peerId, telegramChatId })
    const hand = this.#hands.take()
    hand.callBegins(nowMs)
    this.#tellLoad()
    this.#work(lane, hand, this.#afterBooking(lane, turn, { hand, decided }))
    return booking
  }

  /**
   * Something that waited for this chat was taken away, or the chat is another one now: what stood behind it need not wait for it any
   * more.
   */
  lookAgain(peerId: number): void {
    if (!this.#started || this.#stopping.signal.aborted) return
    this.#lanes.stir(peerId)
    this.#fill()
  }

  /** Words about the chats of this bot may have been lost: the store is looked through soon. */
  lookAround(): void {
    if (this.#started && !this.#stopping.signal.aborted) this.#scan.request()
  }

  async stop(hard: AbortSignal): Promise<void> {
    this.#stopping.abort()
    this.#alarm.cancel()
    if (hard.aborted) this.#cut.abort()
    hard.addEventListener('abort', () => this.#cut.abort(), { once: true })
    await this.#scanning
    await this.#gate.settled()
    await Promise.all(this.#steps)
  }

  #find({ peerId, userId }: WaitingLane): boolean {
    const found = this.#lanes.find(peerId, userId)
    if (found) this.#fill()
    return found
  }

  /** Gives work to every free hand, and sets the alarm for the first sleeper, or for the call that is slow next. */
  #fill(): void {
    const { clock, laneCapacity } = this.#options
    if (this.#stopping.signal.aborted) return
    const nowMs = clock.monotonic()
    while (this.#hands.isAnyFree(nowMs)) {
      const lane = this.#lanes.take(nowMs)
      if (lane === undefined) break
      this.#begin(lane)
    }
    if (this.#lanes.takeLeft()) this.#scan.request()
    if (this.#lanes.size < laneCapacity) this.#scan.roomMade()
    this.#tellLoad()
    // With all hands full nobody is roused: the next hand that is free does that.
    this.#alarm.set(this.#hands.isAnyFree(nowMs) ? this.#lanes.nextDueMs : this.#hands.nextSlowMs(nowMs))
  }

  #tellLoad(): void {
    this.#metrics.load(this.#options.botId, { lanes: this.#lanes.size, inFlight: this.#hands.taken })
  }

  #begin(lane: Lane): void {
    const hand = this.#hands.take()
    this.#work(lane, hand, this.#step(lane, hand))
  }

  /** `work` gives the lane back to one of the methods of `Lanes`. */
  #work(lane: Lane, hand: Hand, work: Promise<void>): void {
    const step = work
      .then(() => {
        lane.troubles = 0
      })
      .catch((error: unknown) => this.#troubled(lane, error))
      .finally(() => {
        this.#steps.delete(step)
        hand.free()
        this.#fill()
      })
    this.#steps.add(step)
  }

  /** One look at one chat: its first message goes, or the chat waits for the moment when it may. */
  async #step(lane: Lane, hand: Hand): Promise<void> {
    if (lane.buffer.length === 0 || lane.stirred) await this.#read(lane)
    const [message] = lane.buffer
    if (message === undefined) return this.#lanes.finish(lane)
    if (lane.closed !== undefined) return await this.#refuse(lane, lane.closed)
    if (!this.#lanes.belongsTo(lane, message.userId)) return
    const lookAgainMs = this.#waits.lookAgainMs(lane, message)
    if (lookAgainMs !== undefined) return lane.stirred ? this.#readAnew(lane) : this.#lanes.sleep(lane, lookAgainMs)
    await this.#send(lane, message, hand)
  }

  async #refuse(lane: Lane, peer: Peer): Promise<void> {
    await this.#courier.refuse(peer)
    this.#readAnew(lane)
  }

  /** What it would sleep for may have been taken away while it was read. */
  #readAnew(lane: Lane): void {
    lane.buffer = []
    this.#lanes.requeue(lane)
  }

  async #read(lane: Lane): Promise<void> {
    const { store, readAhead, clock } = this.#options
    lane.again = false
    lane.stirred = false
    lane.buffer = []
    const [peer, waiting] = await Promise.all([
      store.getPeer(lane.peerId),
      store.outbox.waiting(lane.peerId, this.#lanes.keepsBuffers ? readAhead : FEW),
    ])
    // It became one with another chat: what was on its way meanwhile may wait there now.
    if (peer === undefined) this.#scan.request()
    lane.notBeforeMs = peer?.notBeforeMs ?? 0
    lane.heldSinceMs = peer?.heldSinceMs ?? 0
    lane.blocked = peer?.status === 'blocked'
    lane.closed = peer !== undefined && isClosed(peer, clock.now()) ? peer : undefined
    lane.buffer = waiting
  }

  async #send(lane: Lane, message: Outbound, hand: Hand): Promise<void> {
    const turn = await this.#options.pacer.turn(message.telegramChatId, 'delivery', this.#stopping.signal)
    if (turn === undefined) return this.#lanes.requeue(lane)
    hand.callBegins(this.#options.clock.monotonic())
    try {
      // Something that goes first came while this waited for its turn, or something was taken away.
      if (lane.buffer.length === 0 || lane.stirred) await this.#read(lane)
      // The turn is for the chat as it was, and not for the new address of a group.
      if (lane.buffer[0]?.telegramChatId !== message.telegramChatId) return this.#lanes.requeue(lane)
      const how = { blocked: lane.blocked, onHandFree: () => this.#handFree(hand) }
      this.#goOn(lane, await this.#courier.carry(lane.buffer, turn, how))
    } finally {
      turn.end(false)
    }
  }

  async #afterBooking(lane: Lane, turn: Turn, booking: { hand: Hand; decided: Promise<Booked> }): Promise<void> {
    const { message, inDoubt } = await booking.decided
    if (message === undefined) {
      turn.giveBack()
      if (inDoubt === undefined) return this.#lanes.finish(lane)
      await this.#courier.doubt(inDoubt)
      return this.#lanes.requeue(lane)
    }
    try {
      const carried = await this.#courier.carryMarked(message, turn, () => this.#handFree(booking.hand))
      // Nothing waited there, so there is nothing to read unless something came since.
      if (carried.next === 'go_on') this.#lanes.finish(lane)
      else this.#goOn(lane, carried)
    } finally {
      turn.end(false)
    }
  }

  #handFree(hand: Hand): void {
    hand.free()
    this.#fill()
  }

  #goOn(lane: Lane, carried: Carried): void {
    if (carried.next === 'go_on') lane.buffer.shift()
    else lane.buffer = []
    if (carried.next === 'moved') {
      this.wake(carried.peerId)
      this.#lanes.stir(carried.peerId)
    }
    this.#lanes.requeue(lane)
  }

  /** Nothing of a single chat may stop the others: it waits and is read anew. */
  #troubled(lane: Lane, error: unknown): void {
    const { clock, log, botId } = this.#options
    // Then nothing of the bot is to be served here, and whoever began this ends it.
    if (error instanceof OwnershipLost) log.debug({ bot: botId, peer: lane.peerId }, 'the bot is served elsewhere now')
    else log.error({ error, bot: botId, peer: lane.peerId }, 'a chat could not be served; trying again')
    const pauseMs = Math.min(FIRST_TROUBLE_MS * 2 ** lane.troubles, LONGEST_TROUBLE_MS)
    lane.troubles++
    this.#lanes.sleep(lane, clock.monotonic() + pauseMs)
  }
}
