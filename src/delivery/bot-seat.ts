import type { Log } from '../domain/log.ts'
import type { BotClaim } from '../domain/ownership.ts'
import type { Said, Signal } from '../domain/signal.ts'

/** All that works for one bot in this process. */
export interface BotParts {
  /** Rejects when the store cannot be read; does not wait for Telegram. */
  start(): Promise<void>
  /** Begins nothing new and resolves when all is done that was under way; when `hard` aborts, that is cut. */
  stop(hard: AbortSignal): Promise<void>
  /** What others told may have been missed. Must not throw. */
  lookAround(): void
  /** What others have to tell. Must not throw. */
  hear(signal: Signal): void
  /** Resolves when it was said, or given up. */
  say(said: Said): Promise<void>
}

/** Makes the parts of a bot that was claimed; undefined when there is nothing to be done for it. `lost` aborts when others claimed it. */
export type BuildBotParts = (claim: BotClaim, lost: AbortSignal) => Promise<BotParts | undefined>

export interface BotSeatDeps {
  claim: BotClaim
  build: BuildBotParts
  log: Log
  /** Told when a start or a stop is over. */
  onRest: (seat: BotSeat) => void
}

/** One bot that this process serves, from its claim to the end of everything that worked for it. It is used once. */
export class BotSeat {
  readonly claim: BotClaim
  /** `over`: nothing works for the bot any more. `failed`: it could not be started, and is over as well. */
  state: 'starting' | 'serving' | 'stopping' | 'over' | 'failed' = 'starting'
  readonly #deps: BotSeatDeps
  readonly #lost = new AbortController()
  #parts: BotParts | undefined
  readonly #started: Promise<void>
  #stopped: Promise<void> | undefined

  constructor(deps: BotSeatDeps) {
    this.claim = deps.claim
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

  /** Orderly. When `hard` aborts, what is under way is cut. */
  stop(hard: AbortSignal): Promise<void> {
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
      this.#parts = await this.#deps.build(this.claim, this.#lost.signal)
      await this.#parts?.start()
      this.#rest('serving')
    } catch (error) {
      const { log, claim } = this.#deps
      if (!this.isLost) log.error({ error, bot: claim.botId }, 'a bot could not be started; trying again')
      await this.#parts?.stop(AbortSignal.abort()).catch(() => undefined)
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
    await this.#parts?.stop(patience).catch((error: unknown) => {
      log.error({ error, bot: claim.botId }, 'a bot could not be stopped cleanly')
    })
    this.state = 'over'
    onRest(this)
  }
}
