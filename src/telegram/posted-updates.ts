import type { Update } from '@grammyjs/types'
import { BoundedMap } from '../domain/bounded-map.ts'
import type { Clock } from '../domain/clock.ts'
import { randomText } from '../domain/ids.ts'
import type { Log } from '../domain/log.ts'
import type { Random } from '../domain/random.ts'
import { LaneTurns } from './lane-turns.ts'
import { untilAborted } from './until-aborted.ts'
import { laneOf, mayGoBetter, RETRY_AFTER_MS } from './update-lanes.ts'

/** Who is at work on an update. */
interface Claim {
  botId: string
  updateId: number
  lane: string
  claim: string
}

/** What all processes know together; the store. */
export interface UpdateClaims {
  beginUpdate(update: Claim, times: { nowMs: number; untilMs: number }): Promise<'begun' | 'busy' | 'handled'>
  extendUpdate(held: Claim, untilMs: number): Promise<boolean>
  finishUpdate(update: Claim, nowMs: number): Promise<void>
  failUpdate(update: Claim, nowMs: number): Promise<number>
}

export interface PostedUpdatesDeps {
  bot: { id: string }
  claims: UpdateClaims
  /** As the poller's: does what an update asks for and answers it, and must bear being given the same update again. */
  handle(update: Update): Promise<void>
  clock: Clock
  random: Random
  log: Log
}

/** `done`: Telegram may forget it. Otherwise it has to send it again, after so long. */
export type Received = { done: true } | { done: false; retryAfterSeconds: number }

/**
 * How long a claim holds when nobody extends it, in milliseconds: for so long a chat whose process was killed waits. Clocks of
 * machines that share a database must not differ by as much.
 */
const CLAIM_MS = 15_000
const EXTEND_EVERY_MS = 5_000

/** Between two looks whether another process is done with a chat, in milliseconds. */
const LOOK_AGAIN_MS = 200

/**
 * How long Telegram is kept waiting for its answer, in milliseconds: it gives up after a minute, and proxies may sooner. The work goes
 * on, and the next post of the update joins it.
 */
const PATIENCE_MS = 10_000

/** With more than so many under way, for so long: slow answers must not use up the connections that Telegram opens to us. */
const MOST_IN_STEP = 20
const SHORT_PATIENCE_MS = 3_000

/** Seconds that Telegram shall wait while an update is under way, and while the database is away or nobody could say the answer. */
const BUSY_RETRY_SECONDS = 1
const AWAY_RETRY_SECONDS = 5

/** More are sent away, so that memory is bounded whatever Telegram does: ten times as many as it opens connections. */
const MOST_UNDER_WAY = 400

/** Updates of which this process knows more than it could write down. */
const REMEMBERED = 1000

/**
 * Handles updates that Telegram posts, to this process or another one.
 *
 * - Nothing is lost: `done` is said after what the update does is committed and answered, and noted as handled. Until then it stays at
 *   Telegram.
 * - Nothing is done twice while processes live: an update that was noted is not handled again, and one that is under way is not begun by
 *   another process, because the lane is claimed in the database. When a process is killed between the work and the note (or sleeps
 *   for longer than its claim holds), the work is done again, which every handler bears, as with polling.
 * - One at a time for each chat, over all processes; those that meet in one process in the order of their numbers. Telegram itself
 *   posts the next message of a chat only when the one before is done (github.com/tdlib/telegram-bot-api, WebhookActor.cpp).
 * - An update that cannot be handled for a reason that lies in it is passed over after some tries, or it would block its chat.
 */
export class PostedUpdates {
  readonly name: string
  readonly #deps: PostedUpdatesDeps
  readonly #turns = new LaneTurns()
  readonly #underWay = new Map<number, Promise<Received>>()
  /** Handled here, but the note was not taken: then only the note is missing. */
  readonly #unnoted = new BoundedMap<number, true>(REMEMBERED)
  readonly #stopping = new AbortController()

  constructor(deps: PostedUpdatesDeps) {
    this.#deps = deps
    this.name = `posted updates of ${deps.bot.id}`
  }

  async start(): Promise<void> {}

  /** Begins nothing new, and waits for what is under way. */
  async stop(hard: AbortSignal): Promise<void> {
    this.#stopping.abort()
    await Promise.race([Promise.all(this.#underWay.values()), untilAborted(hard)])
  }

  /** Never rejects. */
  async receive(update: Update): Promise<Received> {
    const known = this.#underWay.get(update.update_id)
    if (known === undefined && (this.#stopping.signal.aborted || this.#underWay.size >= MOST_UNDER_WAY)) {
      return later(BUSY_RETRY_SECONDS)
    }
    return await this.#patiently(known ?? this.#begin(update))
  }

  #begin(update: Update): Promise<Received> {
    const work = this.#work(update).finally(() => this.#underWay.delete(update.update_id))
    this.#underWay.set(update.update_id, work)
    return work
  }

  async #patiently(work: Promise<Received>): Promise<Received> {
    const enough = new AbortController()
    const patienceMs = this.#underWay.size > MOST_IN_STEP ? SHORT_PATIENCE_MS : PATIENCE_MS
    const patience = this.#deps.clock.sleep(patienceMs, enough.signal).then(() => later(BUSY_RETRY_SECONDS))
    const received = await Promise.race([work, patience])
    enough.abort()
    return received
  }

  async #work(update: Update): Promise<Received> {
    const { bot, random, log } = this.#deps
    const lane = laneOf(update)
    const endTurn = await this.#turns.take(lane, update.update_id)
    try {
      return await this.#inTurn(
        { botId: bot.id, updateId: update.update_id, lane, claim: randomText(random, 16) },
        update,
      )
    } catch (error) {
      log.warn(
        { err: error, updateId: update.update_id },
        'what became of an update could not be noted; it comes again',
      )
      return later(AWAY_RETRY_SECONDS)
    } finally {
      endTurn()
    }
  }

  async #inTurn(claim: Claim, update: Update): Promise<Received> {
    const taken = await this.#take(claim)
    if (taken !== 'begun') return taken === 'handled' ? { done: true } : later(BUSY_RETRY_SECONDS)
    const held = new AbortController()
    void this.#hold(claim, held.signal)
    try {
      if (!this.#unnoted.get(claim.updateId)) await this.#deps.handle(update)
    } catch (error) {
      return await this.#failed(claim, error)
    } finally {
      held.abort()
    }
    try {
      return await this.#finish(claim)
    } catch (error) {
      this.#unnoted.set(claim.updateId, true)
      throw error
    }
  }

  /** Waits while another process is at work in this chat, but not for ever. */
  async #take(claim: Claim): Promise<'begun' | 'busy' | 'handled'> {
    const { clock, claims } = this.#deps
    const { signal } = this.#stopping
    const giveUpAt = clock.monotonic() + PATIENCE_MS
    for (;;) {
      const nowMs = clock.now()
      const taken = await claims.beginUpdate(claim, { nowMs, untilMs: nowMs + CLAIM_MS })
      if (taken !== 'busy' || signal.aborted || clock.monotonic() >= giveUpAt) return taken
      await clock.sleep(LOOK_AGAIN_MS, signal)
    }
  }

  /** Keeps the claim until the work is over. */
  async #hold(claim: Claim, over: AbortSignal): Promise<void> {
    const { clock, claims, log } = this.#deps
    for (;;) {
      await clock.sleep(EXTEND_EVERY_MS, over)
      if (over.aborted) return
      try {
        if (await claims.extendUpdate(claim, clock.now() + CLAIM_MS)) continue
        return log.warn({ updateId: claim.updateId }, 'this process slept, and another may have begun with its update')
      } catch (error) {
        log.warn({ err: error, updateId: claim.updateId }, 'the claim on an update could not be extended')
      }
    }
  }

  async #finish(claim: Claim): Promise<Received> {
    await this.#deps.claims.finishUpdate(claim, this.#deps.clock.now())
    return { done: true }
  }

  async #failed(claim: Claim, error: unknown): Promise<Received> {
    const { clock, claims, log } = this.#deps
    const what = { err: error, updateId: claim.updateId }
    if (mayGoBetter(error)) {
      log.warn(what, 'the database did not take what an update does, or nobody could answer it; it comes again')
      // A claim that ends now: the lane is free without this being a failure of the update.
      await claims.extendUpdate(claim, clock.now())
      return later(AWAY_RETRY_SECONDS)
    }
    const tries = await claims.failUpdate(claim, clock.now())
    const waitMs = RETRY_AFTER_MS[tries - 1]
    if (waitMs !== undefined) {
      log.warn({ ...what, tries, waitMs }, 'an update could not be handled; it is tried again')
      return later(waitMs / 1000)
    }
    log.error({ ...what, tries }, 'an update could not be handled and is passed over')
    return await this.#finish(claim)
  }
}

function later(retryAfterSeconds: number): Received {
  return { done: false, retryAfterSeconds }
}
