import { randomBytes, randomFillSync, randomInt } from 'node:crypto'
import type { Random } from '../domain/random.ts'

const STEPS = 2 ** 47

/** Bytes fetched at once: asking the machine costs more than an id is worth, and each message needs one. */
const POOL_BYTES = 4096

const pool = Buffer.alloc(POOL_BYTES)
let used = POOL_BYTES

/** The machine's generator; strong enough for secrets. */
export const systemRandom: Random = {
  bytes: (count) => (count > POOL_BYTES / 8 ? randomBytes(count) : fromPool(count)),
  unit: () => randomInt(STEPS) / STEPS,
}

/** Each byte is given out once, and is not kept. */
function fromPool(count: number): Uint8Array {
  if (used + count > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = Uint8Array.prototype.slice.call(pool, used, used + count)
  pool.fill(0, used, used + count)
  used += count
  return bytes
}
