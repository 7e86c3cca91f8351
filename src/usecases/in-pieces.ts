import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../domain/clock.ts'

/** Requests wait behind a piece, so it shall be over before anybody notices. */
const TOO_LONG_MS = 12
const SHORT_MS = 4

/**
 * Does long work in pieces, with room for everybody else after each. A piece is told how large it may be, in whatever it counts: `first`,
 * and from then on more or less of it, between `least` and `most`, by how long the last one held up this process. A table of short rows in
 * memory and one of long texts on a slow disk are a hundredfold apart, so no fixed size would do; and a database that answers from elsewhere
 * holds up nobody, so there the way to it is gone less often.
 */
export function inPieces(
  clock: Pick<Clock, 'monotonic'>,
  { first, least, most }: { first: number; least: number; most: number },
): <T>(piece: (size: number) => Promise<T>) => Promise<T> {
  let size = first
  return async (piece) => {
    const beganMs = clock.monotonic()
    let othersHadTheirTurn = false
    const others = nextTurn().then(() => (othersHadTheirTurn = true))
    const result = await piece(size)
    const heldUpMs = othersHadTheirTurn ? 0 : clock.monotonic() - beganMs
    if (heldUpMs > TOO_LONG_MS) size = Math.max(least, Math.floor((size * TOO_LONG_MS) / heldUpMs / 2))
    else if (heldUpMs < SHORT_MS) size = Math.min(most, size * 2)
    await others
    return result
  }
}
