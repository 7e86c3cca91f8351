import type { Agent } from 'undici'
import type { Clock } from '../../domain/clock.ts'
import type { Random } from '../../domain/random.ts'
import { integerBetween } from '../world/chance.ts'
import type { BotData, QueuedUpdate, WebhookData } from '../world/data.ts'
import type { World } from '../world/world.ts'
import { agentFor, postUpdate, type WebhookAnswer } from './post-update.ts'
import type { UpdateQueues } from './update-queue.ts'

/** First retry at once, then 2, 4, 8 s …, from here on a random 60 to 120 s (Bot API server). */
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_SECONDS = { from: 60, to: 120 }
/** A Retry-After of the bot's server counts up to an hour (Bot API server). */
const MOST_RETRY_AFTER_SECONDS = 3_600
/** A server that says 410 for so long loses its webhook (Bot API server). */
const GONE_FOR_MS = 23 * 3_600_000

/** Carries out the method that a webhook's answer names, if it may. */
export type ReplyMethod = (bot: BotData, contentType: string, body: Buffer) => Promise<void>

/** How many more times a fault rule wants the next update posted. */
export type ExtraCopies = (bot: BotData) => number

interface Courier {
  readonly abort: AbortController
  readonly agent: Agent
  readonly busyLanes: Set<string>
  stopListening: () => void
  goneSinceMs: number | undefined
}

/** Posts updates to webhooks: in order within a lane, up to max_connections lanes at a time. */
export class WebhookDelivery {
  readonly #world: World
  readonly #clock: Clock
  readonly #random: Random
  readonly #updates: UpdateQueues
  readonly #reply: ReplyMethod
  readonly #copies: ExtraCopies
  readonly #couriers = new Map<number, Courier>()
  readonly #lastSetMs = new Map<number, number>()

  constructor(parts: { world: World; updates: UpdateQueues; reply: ReplyMethod; copies: ExtraCopies }) {
    this.#world = parts.world
    this.#clock = parts.world.clock
    this.#random = parts.world.random
    this.#updates = parts.updates
    this.#reply = parts.reply
    this.#copies = parts.copies
  }

  /** Whether a URL may be set now; counts as a setting. */
  maySet(bot: number, pauseMs: number): boolean {
    const last = this.#lastSetMs.get(bot)
    const now = this.#clock.now()
    if (last !== undefined && now - last < pauseMs) return false
    this.#lastSetMs.set(bot, now)
    return true
  }

  /** Begins to deliver, or goes on with the changed webhook. */
  start(bot: BotData): void {
    this.stop(bot.id)
    if (bot.webhook === undefined) return
    const courier: Courier = {
      abort: new AbortController(),
      agent: agentFor(bot.webhook),
      busyLanes: new Set(),
      stopListening: () => undefined,
      goneSinceMs: undefined,
    }
    courier.stopListening = this.#updates.onAdd(bot.id, () => this.#dispatch(bot, courier))
    this.#couriers.set(bot.id, courier)
    this.#dispatch(bot, courier)
  }

  stop(bot: number): void {
    const courier = this.#couriers.get(bot)
    courier?.stopListening()
    courier?.abort.abort()
    void courier?.agent.destroy()
    this.#couriers.delete(bot)
  }

  stopAll(): void {
    for (const bot of this.#couriers.keys()) this.stop(bot)
  }

  /** Starts a worker for every lane that has something and nobody. */
  #dispatch(bot: BotData, courier: Courier): void {
    const most = bot.webhook?.maxConnections ?? 0
    for (const { lane } of this.#updates.pending(bot)) {
      if (courier.busyLanes.size >= most || courier.abort.signal.aborted) return
      if (courier.busyLanes.has(lane)) continue
      courier.busyLanes.add(lane)
      void this.#workOff(bot, courier, lane)
    }
  }

  async #workOff(bot: BotData, courier: Courier, lane: string): Promise<void> {
    const { signal } = courier.abort
    for (;;) {
      const entry = this.#updates.pending(bot).find((waiting) => waiting.lane === lane)
      if (entry === undefined || signal.aborted) break
      await this.#deliver(bot, courier, entry)
    }
    courier.busyLanes.delete(lane)
    if (!signal.aborted) this.#dispatch(bot, courier)
  }

  /** Until a 2xx, or until the update is too old. */
  async #deliver(bot: BotData, courier: Courier, entry: QueuedUpdate): Promise<void> {
    const { signal } = courier.abort
    for (let failures = 0; !signal.aborted && entry.expiresAtMs > this.#clock.now(); failures += 1) {
      const { webhook } = bot
      if (webhook === undefined) return
      const answer = await this.#postAll(bot, webhook, courier, entry)
      if (signal.aborted) return
      if (answer.ok) {
        courier.goneSinceMs = undefined
        this.#updates.remove(bot, entry)
        return await this.#reply(bot, answer.contentType, answer.body)
      }
      this.#noteFailure(bot, webhook, courier, answer)
      await this.#clock.sleep(this.#pauseMs(failures, answer.retryAfterSeconds), signal)
    }
  }

  async #postAll(
    bot: BotData,
    webhook: WebhookData,
    { abort, agent }: Courier,
    { update }: QueuedUpdate,
  ): Promise<WebhookAnswer> {
    const { signal } = abort
    for (let extra = this.#copies(bot); extra > 0; extra -= 1) await postUpdate(agent, webhook, update, signal)
    return await postUpdate(agent, webhook, update, signal)
  }

  #noteFailure(
    bot: BotData,
    webhook: WebhookData,
    courier: Courier,
    answer: Extract<WebhookAnswer, { ok: false }>,
  ): void {
    const now = this.#clock.now()
    webhook.lastErrorAtMs = now
    webhook.lastErrorMessage = answer.message
    this.#world.changes.emit({ kind: 'bot', bot: bot.id })
    courier.goneSinceMs = answer.status === 410 ? (courier.goneSinceMs ?? now) : undefined
    if (courier.goneSinceMs !== undefined && now - courier.goneSinceMs >= GONE_FOR_MS) {
      delete bot.webhook
      this.stop(bot.id)
    }
  }

  #pauseMs(failures: number, retryAfterSeconds: number | undefined): number {
    if (retryAfterSeconds !== undefined) return Math.min(retryAfterSeconds, MOST_RETRY_AFTER_SECONDS) * 1000
    if (failures === 0) return 0
    const { from, to } = LONGEST_PAUSE_SECONDS
    return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), integerBetween(this.#random, from, to) * 1000)
  }
}
