/** First requests of tokens that the server has not loaded, per address (tdlib/telegram-bot-api, `ClientManager::send`). */
const WINDOWS = [
  { lengthMs: 60_000, allowed: 20 },
  { lengthMs: 3_600_000, allowed: 600 },
] as const

/** Counts the tokens that an address shows for the first time. */
export class FirstSeenTokens {
  readonly #seen = new Map<string, number[]>()

  /** Seconds to wait, or 0 when the token is let in (and counted). A refused one does not count. */
  admit(clientAddress: string, nowMs: number): number {
    const times = (this.#seen.get(clientAddress) ?? []).filter((at) => nowMs - at < 3_600_000)
    this.#seen.set(clientAddress, times)
    const waitMs = Math.max(...WINDOWS.map(({ lengthMs, allowed }) => windowWaitMs(times, lengthMs, allowed, nowMs)))
    if (waitMs > 0) return Math.max(1, Math.ceil(waitMs / 1000))
    times.push(nowMs)
    return 0
  }

  clear(): void {
    this.#seen.clear()
  }
}

function windowWaitMs(times: readonly number[], lengthMs: number, allowed: number, nowMs: number): number {
  const blocking = times.at(-allowed)
  return blocking === undefined ? 0 : Math.max(0, blocking + lengthMs - nowMs)
}
