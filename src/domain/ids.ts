import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** Crockford's base 32: no i, l, o, u, so that nothing is misread. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

export type IdPrefix = 'usr' | 'ses' | 'tok' | 'bot' | 'cht' | 'msg' | 'mov' | 'prc'

/**
 * A new opaque id such as `msg_01h5…`: 48 bits of time, then 80 bits of dice (as ULID does), so that ids made later sort later
 * and an index grows at its end.
 */
export function newId(prefix: IdPrefix, deps: { clock: Clock; random: Random }): string {
  let time = deps.clock.now()
  let head = ''
  for (let i = 0; i < 10; i++) {
    head = ALPHABET.charAt(time % 32) + head
    time = Math.floor(time / 32)
  }
  return `${prefix}_${head}${randomText(deps.random, 16)}`
}

/** Text of `length` characters with five bits of dice each. */
export function randomText(random: Random, length: number): string {
  let text = ''
  for (const byte of random.bytes(length)) text += ALPHABET.charAt(byte & 31)
  return text
}
