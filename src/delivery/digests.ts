import type { Clock } from '../domain/clock.ts'
import { MOST_TOGETHER, queueOfAMinute, travelTogether } from '../domain/digest.ts'
import type { Outbound, Outbox } from '../store/outbox.ts'
import { MAX_TEXT_UNITS } from '../telegram/limits.ts'

export interface DigestsDeps {
  outbox: Pick<Outbox, 'depth' | 'waiting'>
  clock: Clock
}

/**
 * Chooses what leaves together. A chat with more waiting than it can take in a minute is in a storm, until everything that waited is
 * gone: otherwise the last minute's worth would again go one by one.
 */
export class Digests {
  readonly #deps: DigestsDeps
  readonly #storms = new Set<number>()
  /** What was read of lanes that were not behind then: to count the lane for each of these messages would cost as much as to read them. */
  readonly #inTime = new WeakSet<readonly Outbound[]>()

  constructor(deps: DigestsDeps) {
    this.#deps = deps
  }

  /**
   * `buffer`: the first messages of a lane, one and the same array until they are read again. Gives its first one, perhaps with what
   * follows it; none when the lane has changed since.
   */
  async choose(buffer: readonly Outbound[]): Promise<readonly Outbound[]> {
    const [first] = buffer
    if (first === undefined || this.#count(buffer.slice(0, 2)) < 2) return buffer.slice(0, 1)
    if (!(await this.#isBehind(first, buffer))) return [first]
    const waiting = await this.#deps.outbox.waiting(first.peerId, MOST_TOGETHER)
    if (waiting[0]?.id !== first.id || waiting[0].telegramChatId !== first.telegramChatId) return []
    const together = waiting.slice(0, this.#count(waiting))
    const isAll = together.length === waiting.length && waiting.length < MOST_TOGETHER
    if (isAll) this.#storms.delete(first.peerId)
    return together
  }

  /** Nothing waits there any more. */
  forget(peerId: number): void {
    this.#storms.delete(peerId)
  }

  #count(waiting: readonly Outbound[]): number {
    return travelTogether(waiting, MAX_TEXT_UNITS, this.#deps.clock.now())
  }

  async #isBehind({ peerId, telegramChatId }: Outbound, buffer: readonly Outbound[]): Promise<boolean> {
    const most = queueOfAMinute(telegramChatId)
    if (this.#storms.has(peerId)) return true
    if (this.#inTime.has(buffer)) return false
    const isBehind = (await this.#deps.outbox.depth(peerId, most + 1)) > most
    if (isBehind) this.#storms.add(peerId)
    else this.#inTime.add(buffer)
    return isBehind
  }
}
