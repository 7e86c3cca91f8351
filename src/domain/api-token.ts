import { randomText } from './ids.ts'
import type { Random } from './random.ts'

/**
 * What an API token looks like. It says nothing about what the token may do, and a token of either form is taken wherever one is.
 * `prefixed`: `pr_` and 40 characters, of five bits each: 200 bits. `plain`: 25 letters and digits, 148 bits, for clients of systems that
 * check this very form. Neither can be guessed, nor searched for by its plain hash.
 */
export type ApiTokenForm = 'prefixed' | 'plain'

/** Tells our tokens from access tokens, and to scanners for leaked secrets. */
const PREFIX = 'pr_'
const PREFIXED_LENGTH = 40
const PLAIN_LENGTH = 25

/** Every `plain` token, and no access token, because a JWT has dots. */
export const PLAIN_API_TOKEN = new RegExp(`^[A-Za-z0-9]{${PLAIN_LENGTH}}$`)

export function newApiTokenSecret(form: ApiTokenForm, random: Random): string {
  return form === 'plain' ? lettersAndDigits(PLAIN_LENGTH, random) : `${PREFIX}${randomText(random, PREFIXED_LENGTH)}`
}

/** Whether it may be an API token, and so is no access token. */
export function looksLikeApiToken(secret: string): boolean {
  return secret.startsWith(PREFIX) || PLAIN_API_TOKEN.test(secret)
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** The bytes that can be shared out evenly; with the few above them the first letters would come more often than the others. */
const FAIR_BYTES = 256 - (256 % LETTERS_AND_DIGITS.length)

function lettersAndDigits(length: number, random: Random): string {
  let text = ''
  while (text.length < length) {
    const fair = random.bytes(length - text.length).filter((byte) => byte < FAIR_BYTES)
    text += Array.from(fair, (byte) => LETTERS_AND_DIGITS.charAt(byte % LETTERS_AND_DIGITS.length)).join('')
  }
  return text
}
