import type { Failure } from '../domain/failure.ts'
import type { NoAnswer } from './http-call.ts'

/** A call that got no answer, in our words: temporary when it certainly never left, unknown otherwise. */
export function failureWithoutAnswer(left: boolean, cause: NoAnswer): Failure {
  if (left) return { kind: 'unknown', reason: `${afterLeaving(cause)}; the message may have arrived.` }
  return { kind: 'temporary', reason: beforeLeaving(cause) }
}

function afterLeaving(cause: NoAnswer): string {
  if (cause.why === 'cut') return 'The call was cut short by us while Telegram worked on it'
  if (cause.why === 'timeout') return 'Telegram gave no answer in time'
  const about = PLAIN.has(cause.code) ? '' : ` (${cause.code})`
  return `The connection broke before Telegram answered${about}`
}

function beforeLeaving(cause: NoAnswer): string {
  if (cause.why === 'cut') return 'The call was cut short by us before it left.'
  if (cause.why === 'timeout') return 'No connection to Telegram in time.'
  return WORDS[cause.code] ?? `No connection to Telegram (${cause.code}).`
}

/** Say no more than the sentence does. */
const PLAIN: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "The name of Telegram's server was not found.",
  EAI_AGAIN: "The name of Telegram's server could not be looked up just now.",
  ECONNREFUSED: "Nothing answers at the address of Telegram's server.",
  EHOSTUNREACH: "There is no way to Telegram's server from here.",
  ENETUNREACH: 'There is no network.',
  UND_ERR_CONNECT_TIMEOUT: 'No connection to Telegram in time.',
  CERT_HAS_EXPIRED: "The certificate of Telegram's server has expired.",
  SELF_SIGNED_CERT_IN_CHAIN: "The certificate of Telegram's server is not trusted here.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The certificate of Telegram's server is not trusted here.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The certificate of Telegram's server is not trusted here.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "The certificate of Telegram's server is not trusted here.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The certificate of Telegram's server is for another name.",
}
