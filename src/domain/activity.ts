import type { AttemptOutcome, DeliveryErrorCode } from './message.ts'
import type { DeliveryMetrics, IntakeMetrics } from './metrics.ts'

/** What is counted in each minute. `throttled` are answers 429, the others are messages. */
export const ACTIVITY_KINDS = ['accepted', 'delivered', 'failed', 'uncertain', 'expired', 'throttled'] as const
export type ActivityKind = (typeof ACTIVITY_KINDS)[number]
export type ActivityCounts = Record<ActivityKind, number>

export interface ActivityOfMinute extends ActivityCounts {
  minuteMs: number
  /** When Telegram last answered to a call that sends something; null when it did not. */
  answeredMs: number | null
}
export interface FailuresOfHour {
  hourMs: number
  botId: string
  code: DeliveryErrorCode
  count: number
  lastMs: number
}
/** What one process did, as much as was not written down yet. */
export interface Activity {
  minutes: ActivityOfMinute[]
  failures: FailuresOfHour[]
}

/** How long it is kept, in milliseconds: thirty days, and the one in which the first of them begins elsewhere on earth. */
export const ACTIVITY_KEPT_MS = 31 * 86_400_000

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** Counts beside the metrics, from the same calls. */
export class ActivityCounter {
  readonly #now: () => number
  readonly #minutes = new Map<number, ActivityOfMinute>()
  readonly #failures = new Map<string, FailuresOfHour>()

  constructor(now: () => number) {
    this.#now = now
  }

  intake(metrics: IntakeMetrics): IntakeMetrics {
    return {
      ...metrics,
      accepted: () => {
        metrics.accepted()
        this.#count('accepted', 1)
      },
    }
  }

  delivery(metrics: DeliveryMetrics): DeliveryMetrics {
    return {
      ...metrics,
      attempt: (botId, outcome, durationMs) => {
        metrics.attempt(botId, outcome, durationMs)
        if (IS_ANSWER[outcome]) this.#minute().answeredMs = this.#now()
      },
      delivered: (botId, latencyMs) => {
        metrics.delivered(botId, latencyMs)
        this.#count('delivered', 1)
      },
      failed: (botId, code, count) => {
        metrics.failed(botId, code, count)
        this.#fail(botId, code, count)
      },
      throttled: (botId, scope, waitMs) => {
        metrics.throttled(botId, scope, waitMs)
        this.#count('throttled', 1)
      },
    }
  }

  /** What was counted since the last time. It is the caller's now, to be written down or put back. */
  take(): Activity {
    const taken = { minutes: [...this.#minutes.values()], failures: [...this.#failures.values()] }
    this.#minutes.clear()
    this.#failures.clear()
    return taken
  }

  /** What could not be written down. */
  putBack({ minutes, failures }: Activity): void {
    for (const minute of minutes) {
      const here = this.#minute(minute.minuteMs)
      for (const kind of ACTIVITY_KINDS) here[kind] += minute[kind]
      here.answeredMs = Math.max(here.answeredMs ?? 0, minute.answeredMs ?? 0) || null
    }
    for (const failure of failures) this.#addFailures(failure)
  }

  #count(kind: ActivityKind, count: number): void {
    this.#minute()[kind] += count
  }

  #fail(botId: string, code: DeliveryErrorCode, count: number): void {
    if (count === 0) return
    const lastMs = this.#now()
    this.#count(code === 'outcome_unknown' ? 'uncertain' : code === 'expired' ? 'expired' : 'failed', count)
    this.#addFailures({ hourMs: beginning(lastMs, HOUR_MS), botId, code, count, lastMs })
  }

  #addFailures(failure: FailuresOfHour): void {
    const key = `${failure.hourMs} ${failure.botId} ${failure.code}`
    const { count, lastMs } = this.#failures.get(key) ?? { count: 0, lastMs: 0 }
    this.#failures.set(key, {
      ...failure,
      count: failure.count + count,
      lastMs: Math.max(failure.lastMs, lastMs),
    })
  }

  #minute(minuteMs: number = beginning(this.#now(), MINUTE_MS)): ActivityOfMinute {
    const none = { accepted: 0, delivered: 0, failed: 0, uncertain: 0, expired: 0, throttled: 0 }
    const minute = this.#minutes.get(minuteMs) ?? { minuteMs, ...none, answeredMs: null }
    this.#minutes.set(minuteMs, minute)
    return minute
  }
}

/** Of the piece of time in which a moment is; pieces begin with the days of a place so far east of UTC. */
export function beginning(atMs: number, sizeMs: number, eastMs = 0): number {
  return Math.floor((atMs + eastMs) / sizeMs) * sizeMs - eastMs
}

/** Whether Telegram said something, whatever it was. */
const IS_ANSWER: Readonly<Record<AttemptOutcome, boolean>> = {
  delivered: true,
  throttled: true,
  refused: true,
  blocked: true,
  bot_rejected: true,
  migrated: true,
  temporary: false,
  unknown: false,
}
