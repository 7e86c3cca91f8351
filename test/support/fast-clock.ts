import type { Clock } from '../../src/domain/clock.ts'
import { systemClock } from '../../src/ops/system-clock.ts'

/** Time that goes by as it does until `hurry`, and so many times as fast from then on, for what takes minutes and is not worth minutes. */
export function fastClock(times: number): Clock & { hurry(): void } {
  const startMs = systemClock.now()
  let pace = 1
  let since = systemClock.monotonic()
  let beforeMs = 0
  const passedMs = () => beforeMs + (systemClock.monotonic() - since) * pace
  return {
    now: () => Math.round(startMs + passedMs()),
    monotonic: passedMs,
    sleep: (ms, signal) => systemClock.sleep(ms / pace, signal),
    hurry() {
      beforeMs = passedMs()
      since = systemClock.monotonic()
      pace = times
    },
  }
}
