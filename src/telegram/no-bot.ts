import type { CallResult } from './telegram-client.ts'

/**
 * Why a question that sends nothing (`getMe`) went without a useful answer, as the end of a sentence that begins with Telegram or its
 * address. The reasons of failures speak of messages, and here is none.
 */
export function whyNoBot({ errorCode, failure }: Extract<CallResult<unknown>, { ok: false }>): string {
  if (failure.kind === 'throttled') return `asks to wait ${failure.retryAfterSeconds} s`
  if (errorCode !== 0) return `answers HTTP ${errorCode}${errorCode < 300 ? ', but not as a Bot API does' : ''}`
  return failure.kind === 'unknown' ? 'does not answer' : `cannot be reached (${failure.reason.replace(/\.$/, '')})`
}
