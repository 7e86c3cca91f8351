import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import type { Clock } from '../domain/clock.ts'
import type { ClockMark } from '../domain/clock-mark.ts'

const BOOT_ID = '/proc/sys/kernel/random/boot_id'

/** This moment by both clocks; undefined where the system does not say which boot this is. Linux does. */
export function markClock(clock: Pick<Clock, 'now'>, file = BOOT_ID): ClockMark | undefined {
  try {
    const bootId = readFileSync(file, 'utf8').trim()
    return bootId === '' ? undefined : { bootId, nowMs: clock.now(), uptimeMs: Math.round(uptime() * 1000) }
  } catch {
    return undefined
  }
}
