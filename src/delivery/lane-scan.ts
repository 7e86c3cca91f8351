import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Outbox, WaitingLane } from '../store/outbox.ts'

/** Chats read from the store at once: about a millisecond of its time. */
const PAGE = 500

/** Between two pages, in milliseconds, because the database answers at once and requests must have their turn. */
const BETWEEN_PAGES_MS = 1

/** From one round to the next at the least, in milliseconds, however often one is asked for: each looks at every chat that waits. */
const SHORTEST_ROUND_MS = 1000

export interface LaneScanDeps {
  botId: string
  outbox: Pick<Outbox, 'lanes'>
  clock: Clock
  log: Log
  /** Milliseconds between two rounds. */
  intervalMs: number
  /** Done before each look, so that it finds what comes back by this. */
  before: () => Promise<void>
  /** Hands a chat over. False when there is no room for it now. */
  find: (lane: WaitingLane) => boolean
  stopping: AbortSignal
}

/**
 * Looks through the store for chats that have work: at the start, for what came while nobody ran; when there was no room in memory for a
 * chat; and at a long interval, for what fell through. New messages do not need it, they are handed over.
 *
 * Each round looks at all chats first, whatever room there is, so that each user gets a share of it. Where chats were left on disk,
 * it goes through them once more, and waits for room before each.
 */
export class LaneScan {
  readonly #deps: LaneScanDeps
  #round = new AbortController()
  #wanted = false
  #room: (() => void) | undefined
  #hasLooked = false

  constructor(deps: LaneScanDeps) {
    this.#deps = deps
    deps.stopping.addEventListener('abort', () => this.#end(), { once: true })
  }

  /** Scans until stopped. A scan that fails is made again after the interval. */
  async run(): Promise<void> {
    const { clock, log, intervalMs, stopping, botId } = this.#deps
    while (!stopping.aborted) {
      const round = new AbortController()
      this.#round = round
      this.#wanted = false
      const over = clock.sleep(intervalMs, round.signal).then(() => this.#end(round))
      const rested = clock.sleep(SHORTEST_ROUND_MS, stopping)
      await this.#scan().catch((error: unknown) => log.error({ error, bot: botId }, 'looking for work failed'))
      await rested
      if (!this.#wanted) await over
      this.#end(round)
    }
  }

  /** Whoever has room in memory is there by now of those for whom something waited at the start. */
  get hasLooked(): boolean {
    return this.#hasLooked
  }

  /** There is work on disk that nobody remembers in memory: look soon. */
  request(): void {
    this.#wanted = true
    this.#end()
  }

  /** There is room again. */
  roomMade(): void {
    this.#room?.()
  }

  #end(round = this.#round): void {
    round.abort()
    this.#room?.()
  }

  async #scan(): Promise<void> {
    await this.#deps.before()
    let left = false
    await this.#walk(this.#deps.stopping, (lane) => {
      if (!this.#deps.find(lane)) left = true
    })
    this.#hasLooked = true
    if (left) await this.#walk(this.#round.signal, (lane) => this.#handOver(lane))
  }

  async #walk(until: AbortSignal, visit: (lane: WaitingLane) => void | Promise<void>): Promise<void> {
    const { outbox, botId, clock } = this.#deps
    for (let afterPeerId = 0; !until.aborted; ) {
      const lanes = await outbox.lanes(botId, { limit: PAGE, afterPeerId })
      for (const lane of lanes) await visit(lane)
      const last = lanes.at(-1)
      if (last === undefined || lanes.length < PAGE) return
      afterPeerId = last.peerId
      await clock.sleep(BETWEEN_PAGES_MS, until)
    }
  }

  /** Waits for room as long as the round goes on. */
  async #handOver(lane: WaitingLane): Promise<void> {
    while (!this.#round.signal.aborted && !this.#deps.find(lane)) {
      await new Promise<void>((resolve) => {
        this.#room = resolve
      })
      this.#room = undefined
    }
  }
}
