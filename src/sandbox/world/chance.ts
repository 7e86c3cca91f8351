import type { Random } from '../../domain/random.ts'

const TOKEN_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** A whole number from `from` to `to`, both included. */
export function integerBetween(random: Random, from: number, to: number): number {
  return from + Math.floor(random.unit() * (to - from + 1))
}

/** So many characters of A-Z a-z 0-9 - _. */
export function randomWord(random: Random, length: number): string {
  return Array.from(random.bytes(length), (byte) => TOKEN_ALPHABET.charAt(byte % 64)).join('')
}

/** A decimal string of 18 digits, the shape of callback query ids. */
export function randomDigits(random: Random): string {
  return `${integerBetween(random, 1, 9)}${Array.from(random.bytes(17), (byte) => byte % 10).join('')}`
}
