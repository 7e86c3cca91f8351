import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { BotClaim } from '../domain/ownership.ts'
import type { Said, Signal } from '../domain/signal.ts'
import type { Booking, Place } from './booking.ts'

/** How much patience an end has; each of these may come at any moment of it. */
export interface Ending {
  /** Whatever has not left stays. */
  enough: AbortSignal
  /** Calls under way that send, or that wait for updates, are cut. */
  cut: AbortSignal
  /** Nothing is waited for any more. `cut` aborts with it. */
  hard: AbortSignal
}

/** What whoever serves a bot hears of it. */
export type BotNews = Signal & { kind: 'wake' | 'look_again' }

/** All that works for one bot in this process. */
export interface BotParts {
  /** Rejects when the store cannot be read; does not wait for Telegram. */
  start(): Promise<void>
  /** Begins nothing new and resolves when all is done that was under way. */
  stop(ending: Ending): Promise<void>
  /** What others told may have been missed. Must not throw. */
  lookAround(): void
  /** What others have to tell. Must not throw. */
  hear(signal: BotNews): void
  /** Resolves when it was said, or given up; rejects with `Unsaid` when it was not and may be later. */
  say(said: Said): Promise<void>
  /** Keeps a place for a message that is about to be stored; undefined when it must wait for its turn. Must not throw. */
  book(place: Place): Booking | undefined
}

/**
 * Makes the parts of a bot that was claimed; undefined when there is nothing to be done for it. `lost` aborts when others claimed it.
 * `isAwaited`: somebody has just switched or changed it, and waits.
 */
export type BuildBotParts = (claim: BotClaim, lost: AbortSignal, isAwaited: boolean) => Promise<BotParts | undefined>

/**
 * For so long a bot that is switched off or changed waits for its calls under way, in milliseconds. A switch takes effect within a
 * second, and what ends after the calls takes some of it. Most calls need a tenth of this; what is cut may go twice.
 */
export const CALLS_GRACE_MS = 700

export interface BotSeatDeps {
  claim: BotClaim
  /** Of the bot as it was then (`OwnedBot`). */
  revision: number
  isAwaited: boolean
  build: BuildBotParts
  clock: Clock
  log: Log
  /** Told when a start or a stop is over. */
  onRest: (seat: BotSeat) => void
}

/** One bot that this process serves, from its claim to the end of everything that worked for it. It is used once. */
export class BotSeat {
  readonly claim: BotClaim
  readonly revision: number
  /** `over`: nothing works for the bot any more. `failed`: it could not be started, and is over as well. */
  state: 'starting' | 'serving' | 'stopping' | 'over' | 'failed' = 'starting'
  readonly #deps: BotSeatDeps
  readonly #lost = new AbortController()
  readonly #enough = new AbortController()
  readonly #cut = new AbortController()
  readonly #hard = new AbortController()
  readonly #over = new AbortController()
  #parts: BotParts | undefined
  readonly #started: Promise<void>
  #stopped: Promise<void> | undefined

  constructor(deps: BotSeatDeps) {
    this.claim = deps.claim
    this.revision = deps.revision
    this.#deps = deps
    this.#started = this.#start()
  }

  get isLost(): boolean {
    return this.#lost.signal.aborted
  }

  /** Resolves when it serves, or is over. */
  started(): Promise<void> {
    return this.#started
  }

  /** False when somebody else should hear it: what came too late for this process is found in the store by the next. */
  hear(signal: BotNews): boolean {
    if (this.state !== 'starting' && this.state !== 'serving') return false
    this.#parts?.hear(signal)
    return true
  }

  lookAround(): void {
    if (this.state === 'serving') this.#parts?.lookAround()
  }

  /** Undefined when it is not for this process to say. */
  say(said: Said): Promise<void> | undefined {
    return this.state === 'serving' ? this.#parts?.say(said) : undefined
  }

  /** Under the number of its claim. */
  book(place: Place): Booking | undefined {
    const booking = this.state === 'serving' ? this.#parts?.book(place) : undefined
    return booking && { ...booking, departure: { ...booking.departure, fence: this.claim.fence } }
  }

  /** Orderly, or `atOnce`: then calls under way are waited for only for a moment. When `hard` aborts, nothing is waited for any more. */
  stop(how: 'orderly' | 'atOnce', hard?: AbortSignal): Promise<void> {
    if (how === 'atOnce') this.#hurry()
    if (hard?.aborted === true) this.#cutAll()
    hard?.addEventListener('abort', () => this.#cutAll(), { once: true, signal: this.#over.signal })
    if (this.state === 'starting' || this.state === 'serving') this.state = 'stopping'
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  /** The bot is somebody else's: nothing may be called, and what is under way does not matter any more. */
  lose(): void {
    this.#lost.abort()
    void this.stop('orderly', this.#lost.signal)
  }

  #hurry(): void {
    if (this.#enough.signal.aborted) return
    this.#enough.abort()
    void this.#deps.clock.sleep(CALLS_GRACE_MS, this.#over.signal).then(() => this.#cut.abort())
  }

  #cutAll(): void {
    this.#enough.abort()
    this.#cut.abort()
    this.#hard.abort()
  }

  async #start(): Promise<void> {
    try {
      this.#parts = await this.#deps.build(this.claim, this.#lost.signal, this.#deps.isAwaited)
      await this.#parts?.start()
      this.#rest('serving')
    } catch (error) {
      const { log, claim } = this.#deps
      if (!this.isLost) log.error({ error, bot: claim.botId }, 'a bot could not be started; trying again')
      const now = AbortSignal.abort()
      await this.#parts?.stop({ enough: now, cut: now, hard: now }).catch(() => undefined)
      this.#rest('failed')
    }
  }

  /** A stop that came meanwhile has its own word to say. */
  #rest(state: 'serving' | 'failed'): void {
    if (this.state !== 'starting') return
    this.state = state
    this.#deps.onRest(this)
  }

  async #stop(): Promise<void> {
    const { log, claim, onRest } = this.#deps
    await this.#started
    const ending = { enough: this.#enough.signal, cut: this.#cut.signal, hard: this.#hard.signal }
    await this.#parts?.stop(ending).catch((error: unknown) => {
      log.error({ error, bot: claim.botId }, 'a bot could not be stopped cleanly')
    })
    this.#over.abort()
    this.state = 'over'
    onRest(this)
  }
}
