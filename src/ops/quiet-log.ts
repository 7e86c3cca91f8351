import { Alarm } from '../domain/alarm.ts'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import { Refusal } from '../domain/refusals.ts'

/** Between two lines about the same trouble, in milliseconds; and so long nothing must be heard of it until it is over. */
const QUIET_MS = 60_000

export interface QuietLog extends Log {
  /** Says what is not said yet, and wakes up no more. */
  end(): void
}

/**
 * The same log, but for a database that is locked, full, read-only or away: each request and each part of the program that meets it has a
 * line to write, thousands a minute, and all say the same. The first line is written as it is; the others are counted, with one line a
 * minute for all of them, and stand in the log at the level `debug`. When nobody met it for a minute, a line says so.
 */
export function quietAboutStore(log: Log, clock: Clock): QuietLog {
  let trouble: { sinceMs: number; alike: number; last: Refusal } | undefined
  const alarm = new Alarm(clock, () => tellOrEnd())

  function tellOrEnd(): void {
    if (trouble === undefined) return
    if (trouble.alike === 0) {
      const seconds = Math.round((clock.monotonic() - QUIET_MS - trouble.sinceMs) / 1000)
      trouble = undefined
      return log.info({ seconds }, 'for a minute nobody had trouble with the database: it is over')
    }
    tell(trouble)
    alarm.set(clock.monotonic() + QUIET_MS)
  }

  function tell(now: NonNullable<typeof trouble>): void {
    if (now.alike > 0) log.warn({ alike: now.alike, err: now.last }, 'the trouble with the database goes on')
    now.alike = 0
  }

  function isNew(refusal: Refusal): boolean {
    if (trouble !== undefined) {
      trouble.alike += 1
      trouble.last = refusal
      return false
    }
    trouble = { sinceMs: clock.monotonic(), alike: 0, last: refusal }
    alarm.set(clock.monotonic() + QUIET_MS)
    return true
  }

  const unlessTold = (level: 'warn' | 'error') => (fields: object, message: string) => {
    const refusal = storeRefusalIn(fields)
    log[refusal === undefined || isNew(refusal) ? level : 'debug'](fields, message)
  }

  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: unlessTold('warn'),
    error: unlessTold('error'),
    end() {
      alarm.cancel()
      if (trouble !== undefined) tell(trouble)
      trouble = undefined
    },
  }
}

/** Under whatever name a line gives the error. */
function storeRefusalIn(fields: object): Refusal | undefined {
  return Object.values(fields).find(
    (value): value is Refusal => value instanceof Refusal && value.code === 'store_unavailable',
  )
}
