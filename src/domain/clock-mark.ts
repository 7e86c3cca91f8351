/**
 * A moment by two clocks: the machine's, which can be set, and the one that counts since the machine was booted, which cannot, and goes
 * on while no program of ours runs.
 */
export interface ClockMark {
  /** Different after each boot. */
  bootId: string
  nowMs: number
  uptimeMs: number
}

/** Less than this, in milliseconds, is no setting of the clock: both are read one after the other, and rounded. */
const NOTICED_MS = 500

/**
 * By how much the machine's clock was set between two moments, in milliseconds: forward when positive, 0 when it was not, or when
 * nobody can know, because the machine was booted in between, or a container counts its own time.
 */
export function clockJumpMs(before: ClockMark, after: ClockMark): number {
  if (before.bootId !== after.bootId || after.uptimeMs < before.uptimeMs) return 0
  const jumpMs = after.nowMs - before.nowMs - (after.uptimeMs - before.uptimeMs)
  return Math.abs(jumpMs) < NOTICED_MS ? 0 : jumpMs
}
