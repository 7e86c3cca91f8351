import type { AttemptOutcome, DeliveryErrorCode } from './message.ts'

/** What delivery counts. `ops/` turns it into Prometheus text; a test may count by itself. No call may throw or wait. */
export interface DeliveryMetrics {
  /** The bot is served here from now on. What never happened is counted as 0, so that the first time is seen as a change. */
  begins(botId: string): void
  /** One call that sends something ended. `durationMs`: from before the call to its answer. */
  attempt(botId: string, outcome: AttemptOutcome, durationMs: number): void
  /** So many calls were under way when the program that made them ended: nobody knows how they did. */
  cutOff(botId: string, calls: number): void
  /** A message arrived whole. `latencyMs`: from its acceptance to the answer for its last part. */
  delivered(botId: string, latencyMs: number): void
  /** Messages ended otherwise; `outcome_unknown` is the one that ends as `uncertain`, `expired` the one that ends as `expired`. */
  failed(botId: string, code: DeliveryErrorCode, count: number): void
  /** Messages whose calls ended, and it could not be written down how, went back to wait, or are uncertain. */
  strayed(botId: string, count: number): void
  /** One answer 429. `bot`: the whole bot waits because of it. `waitMs`: what Telegram asked for. */
  throttled(botId: string, scope: 'chat' | 'bot', waitMs: number): void
  /** Lanes in memory and calls under way, whenever they change. */
  load(botId: string, load: { lanes: number; inFlight: number }): void
  /** An answer of the conversation left, or could not. `unsaid`: a stop came before it; what asked for it is handled again. */
  reply(botId: string, result: 'sent' | 'failed' | 'dropped' | 'unsaid'): void
}

/** What the HTTP API and the store count. No call may throw or wait. */
export interface IntakeMetrics {
  /** A message is on disk and its sender is about to be told. Not called again when the same request is repeated. */
  accepted: () => void
  /** One answer left. `route`: as it is registered, never as it was asked for. `durationMs`: from the head of the request. */
  answered: (request: { method: string; route: string; status: number; durationMs: number }) => void
  /** So many pieces of work shared one commit. */
  committed: (size: number) => void
}

/** Counts nothing. */
export const NO_METRICS: DeliveryMetrics = {
  begins: () => undefined,
  attempt: () => undefined,
  cutOff: () => undefined,
  delivered: () => undefined,
  failed: () => undefined,
  strayed: () => undefined,
  throttled: () => undefined,
  load: () => undefined,
  reply: () => undefined,
}
