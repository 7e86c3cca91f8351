import type { CallResult } from './telegram-client.ts'

type Failed = Extract<CallResult<unknown>, { ok: false }>

/**
 * Why a call that sends nothing (`getMe`, `getUpdates`) went without a useful answer, as a sentence. The reasons of failures speak of
 * messages, and here is none; but what is wrong with a bot's token is told in the same words everywhere.
 */
export function reasonOfNoBot(result: Failed): string {
  return result.failure.kind === 'bot_rejected' ? result.failure.reason : `Telegram ${whyNoBot(result)}.`
}

/** The same as the end of a sentence that begins with Telegram or its address. */
export function whyNoBot({ errorCode, failure }: Failed): string {
  if (failure.kind === 'throttled') return `asks to wait ${failure.retryAfterSeconds} s`
  if (errorCode !== 0) return `answers HTTP ${errorCode}${errorCode < 300 ? ', but not as a Bot API does' : ''}`
  return failure.kind === 'unknown' ? 'does not answer' : `cannot be reached (${failure.reason.replace(/\.$/, '')})`
}
