import type { Failure } from '../domain/failure.ts'
import { inWords } from '../domain/reasons.ts'
import type { NoAnswer } from './http-call.ts'

/** A call that got no answer, in our words: temporary when it certainly never left, unknown otherwise. */
export function failureWithoutAnswer(left: boolean, cause: NoAnswer): Failure {
  if (left) return { kind: 'unknown', reason: afterLeaving(cause) }
  return { kind: 'temporary', reason: beforeLeaving(cause) }
}

function afterLeaving(cause: NoAnswer): string {
  if (cause.why === 'cut') return inWords('cut_after_leaving')
  if (cause.why === 'timeout') return inWords('no_answer_in_time')
  return PLAIN.has(cause.code) ? inWords('connection_broke') : inWords('connection_broke_by', { error: cause.code })
}

function beforeLeaving(cause: NoAnswer): string {
  if (cause.why === 'cut') return inWords('cut_before_leaving')
  if (cause.why === 'timeout') return inWords('no_connection_in_time')
  return WORDS[cause.code] ?? inWords('no_connection', { error: cause.code })
}

/** Say no more than the sentence does. */
const PLAIN: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: inWords('name_not_found'),
  EAI_AGAIN: inWords('name_not_looked_up'),
  ECONNREFUSED: inWords('nothing_answers'),
  EHOSTUNREACH: inWords('no_way'),
  ENETUNREACH: inWords('no_network'),
  UND_ERR_CONNECT_TIMEOUT: inWords('no_connection_in_time'),
  CERT_HAS_EXPIRED: inWords('certificate_expired'),
  SELF_SIGNED_CERT_IN_CHAIN: inWords('certificate_untrusted'),
  DEPTH_ZERO_SELF_SIGNED_CERT: inWords('certificate_untrusted'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: inWords('certificate_untrusted'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: inWords('certificate_untrusted'),
  ERR_TLS_CERT_ALTNAME_INVALID: inWords('certificate_of_another'),
}
