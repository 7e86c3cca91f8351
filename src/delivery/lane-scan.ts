import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Outbox } from '../store/store.ts'

/** Chats read from the store at once. */
const PAGE = 500

export interface LaneScanDeps {
  botId: string
  outbox: Pick<Outbox, 'lanes'>
  clock: Clock
  log: Log
  /** Milliseconds between two scans. */
  intervalMs: number
  /** Hands a chat over. False when there is no room for it now. */
  wake: (peerId: number) => boolean
  stopping: AbortSignal
}

/**
 * Looks through the store for chats that have work: at the start, for what came while nobody ran; when there was no room in memory for a
 * chat; and at a long interval, for what fell through. New messages do not need it, they are handed over.
 */
export class LaneScan {
  readonly #deps: LaneScanDeps
  #nap = new AbortController()
  #wanted = false
  #room: (() => void) | undefined

  constructor(deps: LaneScanDeps) {
    this.#deps = deps
    deps.stopping.addEventListener('abort', () => this.#nap.abort(), { once: true })
  }

  /** Scans until stopped. A scan that fails is made again after the interval. */
  async run(): Promise<void> {
    const { clock, log, intervalMs, stopping, botId } = this.#deps
    while (!stopping.aborted) {
      this.#nap = new AbortController()
      this.#wanted = false
      await this.#scan().catch((error: unknown) => log.error({ error, bot: botId }, 'looking for work failed'))
      if (!stopping.aborted && !this.#wanted) await clock.sleep(intervalMs, this.#nap.signal)
    }
  }

  /** There is work on disk that nobody remembers in memory: look soon. */
  request(): void {
    this.#wanted = true
    this.#nap.abort()
  }

  /** There is room again. */
  roomMade(): void {
    this.#room?.()
  }

  async #scan(): Promise<void> {
    const { outbox, botId, stopping } = this.#deps
    for (let afterPeerId = 0; !stopping.aborted; ) {
      const peers = await outbox.lanes(botId, { limit: PAGE, afterPeerId })
      for (const peerId of peers) await this.#handOver(peerId)
      const last = peers.at(-1)
      if (last === undefined || peers.length < PAGE) return
      afterPeerId = last
    }
  }

  async #handOver(peerId: number): Promise<void> {
    while (!this.#deps.stopping.aborted && !this.#deps.wake(peerId)) {
      await new Promise<void>((resolve) => {
        this.#room = resolve
        this.#deps.stopping.addEventListener('abort', () => resolve(), { once: true })
      })
      this.#room = undefined
    }
  }
}
