import type { Log } from '../domain/log.ts'
import type { BotClaim } from '../domain/ownership.ts'
import type { Said, Signal } from '../domain/signal.ts'

/** All that works for one bot in this process. */
export interface BotParts {
  /** Rejects when the store cannot be read; does not wait for Telegram. */
  start(): Promise<void>
  /**
   * Begins nothing new and resolves when all is done that was under way. When `enough` aborts, whatever has not left stays; when `hard`
   * does, calls under way are cut as well.
   */
  stop(hard: AbortSignal, enough: AbortSignal): Promise<void>
  /** What others told may have been missed. Must not throw. */
  lookAround(): void
  /** What others have to tell. Must not throw. */
  hear(signal: Signal): void
  /** Resolves when it was said, or given up. */
  say(said: Said): Promise<void>
}

/**
 * Makes the parts of a bot that was claimed; undefined when there is nothing to be done for it. `lost` aborts when others claimed it.
 * `isAwaited`: somebody has just switched or changed it, and waits.
 */
export type BuildBotParts = (claim: BotClaim, lost: AbortSignal, isAwaited: boolean) => Promise<BotParts | undefined>

export interface BotSeatDeps {
  claim: BotClaim
  /** Of the bot as it was then (`OwnedBot`). */
  revision: number
  isAwaited: boolean
  build: BuildBotParts
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
  hear(signal: Signal): boolean {
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

  /** Orderly, or `atOnce`: then only calls under way are waited for. When `hard` aborts, they are cut. */
  stop(hard: AbortSignal, how: 'orderly' | 'atOnce' = 'orderly'): Promise<void> {
    if (how === 'atOnce') this.#enough.abort()
    if (this.state === 'starting' || this.state === 'serving') this.state = 'stopping'
    this.#stopped ??= this.#stop(hard)
    return this.#stopped
  }

  /** The bot is somebody else's: nothing may be called, and what is under way does not matter any more. */
  lose(): void {
    this.#lost.abort()
    void this.stop(this.#lost.signal)
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
      await this.#parts?.stop(now, now).catch(() => undefined)
      this.#rest('failed')
    }
  }

  /** A stop that came meanwhile has its own word to say. */
  #rest(state: 'serving' | 'failed'): void {
    if (this.state !== 'starting') return
    this.state = state
    this.#deps.onRest(this)
  }

  async #stop(hard: AbortSignal): Promise<void> {
    const { log, claim, onRest } = this.#deps
    await this.#started
    const patience = AbortSignal.any([hard, this.#lost.signal])
    await this.#parts?.stop(patience, AbortSignal.any([patience, this.#enough.signal])).catch((error: unknown) => {
      log.error({ error, bot: claim.botId }, 'a bot could not be stopped cleanly')
    })
    this.state = 'over'
    onRest(this)
  }
}
