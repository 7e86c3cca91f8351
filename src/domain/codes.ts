import { randomText } from './ids.ts'
import type { Random } from './random.ts'

/**
 * Account codes travel in a deep link (`t.me/<bot>?start=<code>`, at most 64 of `A-Za-z0-9_-`: Telegram's deep linking page) and
 * are guessable by anyone who can write to the bot, so they carry 130 bits.
 */
export const ACCOUNT_CODE_LENGTH = 26

/** Chat codes are typed by hand into an account: 60 bits, for minutes, once, with limited guesses. */
export const CHAT_CODE_LENGTH = 12

export function newAccountCode(random: Random): string {
  return randomText(random, ACCOUNT_CODE_LENGTH)
}

/** As it is shown: `abcd-efgh-jkmn`. */
export function newChatCode(random: Random): string {
  return randomText(random, CHAT_CODE_LENGTH).replaceAll(/(.{4})(?=.)/g, '$1-')
}

/** What a person typed, as the code that was meant: case, blanks and dashes do not matter, nor 0 for o or 1 for l. */
export function normaliseCode(typed: string): string {
  return typed.trim().toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
}

/** True when a text looks like an account code and like nothing that a person would say. */
export function looksLikeAccountCode(text: string): boolean {
  return new RegExp(`^[0-9a-z]{${ACCOUNT_CODE_LENGTH}}$`).test(text.trim().toLowerCase())
}

/** A UUID of version 4 (RFC 9562, 5.4), in lower case, made of the first 32 hexadecimal digits that are given. */
export function uuidFrom(digits: string): string {
  const variant = ((Number.parseInt(digits.charAt(16), 16) & 0x3) | 0x8).toString(16)
  const groups = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
  ]
  return [...groups, digits.slice(20, 32)].join('-')
}

/** By what a chat shows to which account it belongs. */
export type LinkKey =
  /** A one-time code of the account, as `normaliseCode` has it. */
  | { kind: 'code'; code: string }
  /** What a log-in gave. */
  | { kind: 'access_token'; token: string }
  /** A one-time code in the form of a UUID: its 32 digits in lower case. */
  | { kind: 'uuid'; uuid: string }

/** What was typed or pasted, in quotation marks or without; undefined when it looks like none of these. */
export function readLinkKey(typed: string): LinkKey | undefined {
  const bare = typed.trim().replaceAll(QUOTES, '')
  const code = normaliseCode(bare)
  if (looksLikeAccountCode(code)) return { kind: 'code', code }
  const token = ACCESS_TOKEN.exec(bare)?.[1]
  if (token !== undefined && token.length <= MOST_OF_A_TOKEN) return { kind: 'access_token', token }
  const uuid = UUID.test(bare) ? bare.replaceAll(/urn:|uuid:|[{}-]/gi, '').toLowerCase() : ''
  return /^[0-9a-f]{32}$/.test(uuid) ? { kind: 'uuid', uuid } : undefined
}

const QUOTES = /^["'`«“]+|["'`»”]+$/g
/** Three parts of base64url with dots between, of which the first is JSON (RFC 7519); people copy the word before it, too. */
const ACCESS_TOKEN = /^(?:bearer\s+)?(eyJ[\w-]*\.[\w-]+\.[\w-]+)$/i
/** Ours have about 300 characters. */
const MOST_OF_A_TOKEN = 2048
/** RFC 9562, with or without its hyphens, as a URN or in braces. */
const UUID = /^(?:urn:uuid:)?\{?[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}\}?$/i
