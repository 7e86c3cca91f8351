import type { Clock } from '../../src/domain/clock.ts'
import { systemClock } from '../../src/ops/system-clock.ts'

/** Time that goes by so many times as fast as it does, for what takes minutes and is not worth minutes. */
export function fastClock(times: number): Clock {
  const startMs = systemClock.now()
  const began = systemClock.monotonic()
  const passedMs = () => (systemClock.monotonic() - began) * times
  return {
    now: () => Math.round(startMs + passedMs()),
    monotonic: passedMs,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  }
}
