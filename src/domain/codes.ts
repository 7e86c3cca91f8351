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
