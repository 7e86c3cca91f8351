import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import { type DeliveryMetrics, NO_METRICS } from '../domain/metrics.ts'
import type { Random } from '../domain/random.ts'
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../domain/retry-policy.ts'
import type { Service } from '../ops/lifecycle.ts'
import type { Outbound, Store } from '../store/store.ts'
import type { TelegramClient } from '../telegram/telegram-client.ts'
import { BotGate } from './bot-gate.ts'
import { type Carried, Courier } from './courier.ts'
import { LaneScan } from './lane-scan.ts'
import { type Lane, Lanes } from './lanes.ts'
import type { Pacer } from './pacer.ts'

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
   * Calls under way at once, each to another chat. Default 8: with answers after a quarter of a second that is the 30 a second that a
   * bot may send at all, and it bounds how many messages a crash leaves in doubt.
   */
  concurrency?: number
  /** Chats with work that are remembered at once; the rest waits on disk. Default 10 000. */
  laneCapacity?: number
  /** Messages of a chat that are read at once. Default 8. */
  readAhead?: number
  /** Milliseconds between two looks at the store for what fell through. Default 60 s. */
  scanIntervalMs?: number
}

const DEFAULTS = { concurrency: 8, laneCapacity: 10_000, readAhead: 8, scanIntervalMs: 60_000 } as const

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
  #scanning: Promise<void> | undefined
  #alarm: { atMs: number; cancel: AbortController } | undefined
  #started = false

  constructor(given: DispatcherOptions) {
    const options = { ...DEFAULTS, ...given }
    const { botId, store, clock, log, metrics = NO_METRICS, policy = DEFAULT_RETRY_POLICY } = options
    this.name = `dispatcher ${botId}`
    this.#options = options
    this.#metrics = metrics
    this.#lanes = new Lanes(options.laneCapacity)
    this.#gate = new BotGate({ ...options, stopping: this.#stopping.signal })
    const onBotRejected = (reason: string): void => this.#gate.close(reason)
    this.#courier = new Courier({ ...options, metrics, policy, cut: this.#cut.signal, onBotRejected })
    this.#scan = new LaneScan({
      botId,
      clock,
      log,
      outbox: store.outbox,
      intervalMs: options.scanIntervalMs,
      wake: (peerId) => this.#found(peerId),
      stopping: this.#stopping.signal,
    })
  }

  /** Rejects when the store cannot be read; does not wait for Telegram. */
  async start(): Promise<void> {
    const { botId, store, clock, log, pacer } = this.#options
    const recovered = await store.outbox.recover(botId, clock.now())
    if (recovered > 0) log.warn({ bot: botId, recovered }, 'calls were under way when the program ended; sending again')
    const bot = await store.getBot(botId)
    if (bot !== undefined) pacer.holdBot(bot.notBeforeMs)
    if (bot?.state === 'rejected') this.#gate.close(bot.stateReason ?? 'Telegram did not accept the bot token.', 0)
    this.#started = true
    this.#scanning = this.#scan.run()
  }

  /**
   * A message for this chat was committed. Costs nothing and never fails; the store is read later. Ignored before the start, which
   * finds everything by itself.
   */
  wake(peerId: number): void {
    if (!this.#found(peerId)) this.#scan.request()
  }

  async stop(hard: AbortSignal): Promise<void> {
    this.#stopping.abort()
    this.#alarm?.cancel.abort()
    if (hard.aborted) this.#cut.abort()
    hard.addEventListener('abort', () => this.#cut.abort(), { once: true })
    await this.#scanning
    await this.#gate.settled()
    await Promise.all(this.#steps)
  }

  #found(peerId: number): boolean {
    if (!this.#started || this.#stopping.signal.aborted) return true
    const known = this.#lanes.wake(peerId)
    if (known) this.#fill()
    return known
  }

  /** Gives work to every free hand, and sets the alarm for the first sleeper. */
  #fill(): void {
    const { clock, botId, concurrency, laneCapacity } = this.#options
    if (this.#stopping.signal.aborted) return
    while (this.#steps.size < concurrency) {
      const lane = this.#lanes.take(clock.now())
      if (lane === undefined) break
      this.#begin(lane)
    }
    if (this.#lanes.size < laneCapacity) this.#scan.roomMade()
    this.#metrics.load(botId, { lanes: this.#lanes.size, inFlight: this.#steps.size })
    this.#setAlarm(this.#lanes.nextDueMs)
  }

  #begin(lane: Lane): void {
    const step = this.#step(lane)
      .then(() => {
        lane.troubles = 0
      })
      .catch((error: unknown) => this.#troubled(lane, error))
      .finally(() => {
        this.#steps.delete(step)
        this.#fill()
      })
    this.#steps.add(step)
  }

  /** One look at one chat: its first message goes, or the chat waits for the moment when it may. */
  async #step(lane: Lane): Promise<void> {
    if (lane.buffer.length === 0) await this.#read(lane)
    const [message] = lane.buffer
    if (message === undefined) return this.#lanes.finish(lane)
    const nowMs = this.#options.clock.now()
    const readyMs = Math.max(lane.notBeforeMs, nowMs + this.#options.pacer.chatWaitMs(message.telegramChatId))
    const dueMs = Math.max(readyMs, message.nextAttemptAtMs)
    // A message that waits for its next attempt may be cancelled meanwhile: then those behind it need not wait for it.
    const lookAgainMs = nowMs + this.#options.scanIntervalMs
    if (dueMs > nowMs) return this.#lanes.sleep(lane, dueMs > readyMs ? Math.min(dueMs, lookAgainMs) : dueMs)
    await this.#send(lane, message)
  }

  async #read(lane: Lane): Promise<void> {
    const { store, readAhead } = this.#options
    lane.again = false
    lane.buffer = []
    const [peer, waiting] = await Promise.all([
      store.getPeer(lane.peerId),
      store.outbox.waiting(lane.peerId, readAhead),
    ])
    lane.notBeforeMs = peer?.notBeforeMs ?? 0
    lane.blocked = peer?.status === 'blocked'
    lane.buffer = waiting
  }

  async #send(lane: Lane, message: Outbound): Promise<void> {
    const turn = await this.#options.pacer.turn(message.telegramChatId, 'delivery', this.#stopping.signal)
    if (turn === undefined) return this.#lanes.requeue(lane)
    try {
      this.#goOn(lane, await this.#courier.carry(lane.buffer, turn, lane.blocked))
    } finally {
      turn.end(false)
    }
  }

  #goOn(lane: Lane, carried: Carried): void {
    if (carried.next === 'go_on') lane.buffer.shift()
    else lane.buffer = []
    if (carried.next === 'moved') this.wake(carried.peerId)
    this.#lanes.requeue(lane)
  }

  /** Nothing of a single chat may stop the others: it waits and is read anew. */
  #troubled(lane: Lane, error: unknown): void {
    const { clock, log, botId } = this.#options
    log.error({ error, bot: botId, peer: lane.peerId }, 'a chat could not be served; trying again')
    const pauseMs = Math.min(FIRST_TROUBLE_MS * 2 ** lane.troubles, LONGEST_TROUBLE_MS)
    lane.troubles++
    this.#lanes.sleep(lane, clock.now() + pauseMs)
  }

  #setAlarm(atMs: number): void {
    if (atMs === Number.POSITIVE_INFINITY || (this.#alarm !== undefined && this.#alarm.atMs <= atMs)) return
    this.#alarm?.cancel.abort()
    const alarm = { atMs, cancel: new AbortController() }
    this.#alarm = alarm
    const { clock } = this.#options
    void clock.sleep(Math.ceil(atMs - clock.now()), alarm.cancel.signal).then(() => {
      if (this.#alarm !== alarm) return
      this.#alarm = undefined
      this.#fill()
    })
  }
}
