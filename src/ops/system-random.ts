import { randomBytes, randomInt } from 'node:crypto'
import type { Random } from '../domain/random.ts'

const STEPS = 2 ** 47

/** The machine's generator; strong enough for secrets. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  unit: () => randomInt(STEPS) / STEPS,
}
