import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import { OwnershipLost } from '../domain/ownership.ts'
import type { Store } from '../store/store.ts'
import type { TelegramClient } from '../telegram/telegram-client.ts'
import type { Pacer } from './pacer.ts'
import { untilStored } from './until-stored.ts'

/**
 * Between two questions whether the token works again, in milliseconds. A token that was just revoked and issued again may be refused
 * for a moment (github.com/tdlib/telegram-bot-api, issue 77), so the first question comes soon.
 */
const FIRST_PROBE_MS = 5000
const LONGEST_PROBE_MS = 60_000

export interface BotGateDeps {
  botId: string
  store: Pick<Store, 'setBotState'>
  telegram: Pick<TelegramClient, 'getMe'>
  pacer: Pick<Pacer, 'pause' | 'resume'>
  clock: Clock
  log: Log
  /** Ends the questions. */
  stopping: AbortSignal
}

/**
 * Closed while Telegram does not accept the bot's token: its queue is held and loses nothing. Asks at intervals (`getMe`), and opens by
 * itself when the token works.
 */
export class BotGate {
  readonly #deps: BotGateDeps
  #probing: Promise<void> | undefined

  constructor(deps: BotGateDeps) {
    this.#deps = deps
  }

  /** Takes effect at once. `firstProbeMs`: when to ask first. */
  close(reason: string, firstProbeMs = FIRST_PROBE_MS): void {
    if (this.#probing !== undefined) return
    this.#deps.pacer.pause()
    this.#probing = this.#probe(reason, firstProbeMs)
      .catch((error: unknown) => {
        if (error instanceof OwnershipLost) return
        this.#deps.log.error({ error, bot: this.#deps.botId }, 'asking about the bot failed')
      })
      .finally(() => {
        this.#probing = undefined
        this.#deps.pacer.resume()
      })
  }

  /** Resolves when no question is under way any more. */
  async settled(): Promise<void> {
    await this.#probing
  }

  async #probe(reason: string, firstProbeMs: number): Promise<void> {
    const { clock, stopping, log, botId, telegram } = this.#deps
    log.error({ bot: botId, reason }, 'Telegram does not accept the bot; its messages wait until it does')
    await this.#tell('rejected', reason)
    for (let pauseMs = firstProbeMs; !stopping.aborted; pauseMs = nextPauseMs(pauseMs)) {
      await clock.sleep(pauseMs, stopping)
      if (stopping.aborted) return
      const me = await telegram.getMe(stopping)
      if (!me.ok) continue
      await this.#tell('running', null)
      log.info({ bot: botId }, 'Telegram accepts the bot again; its messages flow')
      return
    }
  }

  #tell(state: 'rejected' | 'running', reason: string | null): Promise<void> {
    const { store, botId, clock, log, stopping } = this.#deps
    const deps = { clock, log, cut: stopping }
    return untilStored('bot state', () => store.setBotState(botId, state, reason), deps)
  }
}

function nextPauseMs(pauseMs: number): number {
  return Math.min(Math.max(pauseMs, FIRST_PROBE_MS / 2) * 2, LONGEST_PROBE_MS)
}
