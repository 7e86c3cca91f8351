import type { EventEmitter } from 'node:events'

/**
 * One press of Ctrl-C reaches the program twice when npm or a launcher stands between: from the terminal, and passed on. Signals
 * within this time are one.
 */
const SAME_PRESS_MS = 500

export interface StopSignals {
  /** The first signal: finish what is under way. */
  soft: (signal: string) => void
  /** The second: leave now. */
  hard: (signal: string) => void
}

/** Listens for SIGINT, SIGTERM and SIGHUP (a closed terminal) on `source`, usually `process`. Returns how to stop listening. */
export function onStopSignals(
  source: Pick<EventEmitter, 'on' | 'off'>,
  { soft, hard }: StopSignals,
  nowMs: () => number = () => performance.now(),
): () => void {
  let firstAtMs: number | undefined
  const hear = (signal: string): void => {
    if (firstAtMs === undefined) {
      firstAtMs = nowMs()
      soft(signal)
    } else if (nowMs() - firstAtMs > SAME_PRESS_MS) {
      hard(signal)
    }
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) source.on(signal, hear)
  return () => {
    for (const signal of signals) source.off(signal, hear)
  }
}
