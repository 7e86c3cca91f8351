import type { Failure } from '../domain/failure.ts'
import { believableWaitMs } from '../domain/flood.ts'
import { inWords } from '../domain/reasons.ts'
import type { AnswerHeaders } from './http-call.ts'
import { RETRY_AFTER_WHEN_UNSAID_SECONDS } from './limits.ts'

/** One answer that is no success, as it came over HTTP. */
export interface ApiAnswer extends AnswerHeaders {
  status: number
  /** The parsed body; undefined when it was no JSON. */
  body: unknown
}

/** The Bot API's own words for a refusal; `code` is the HTTP status where it said nothing. */
export interface ApiError {
  code: number
  description: string
  parameters: { retry_after?: unknown; migrate_to_chat_id?: unknown }
  /** False when the body was not the Bot API's: a web server, a proxy or a captive portal answered in its place. */
  spoken: boolean
}

export function readError({ status, body }: ApiAnswer): ApiError {
  const said = isRecord(body) ? body : {}
  const code = typeof said['error_code'] === 'number' ? said['error_code'] : status
  const description = typeof said['description'] === 'string' ? said['description'] : ''
  const parameters = isRecord(said['parameters']) ? said['parameters'] : {}
  return { code, description, parameters, spoken: said['ok'] === false }
}

/**
 * Turns one answer into whose fault it is. Telegram says that codes and texts may change: known texts are rows of `RULES`, and each
 * code has a default, so that an unknown text is never worse than a wrong guess within its code. Only an answer that the Bot API
 * itself gave can condemn a text or a chat.
 */
export function classify(answer: ApiAnswer): Failure {
  const error = readError(answer)
  const { code, description, parameters } = error
  if (code === 429) return throttled(retryAfterSeconds(answer, error))
  const migratedTo = parameters.migrate_to_chat_id
  if (typeof migratedTo === 'number' && Number.isSafeInteger(migratedTo)) {
    return { kind: 'migrated', toTelegramChatId: migratedTo, reason: inWords('became_supergroup') }
  }
  if (!error.spoken) return unspoken(code)
  const rule = RULES.find((rule) => (rule.code === undefined || rule.code === code) && rule.text.test(description))
  return rule?.failure(description) ?? byCode(code, description)
}

type Rule = { code?: number; text: RegExp; failure: (description: string) => Failure }

/** Sorted by whose fault it is. The texts are those of github.com/tdlib/telegram-bot-api and github.com/tdlib/td. */
const RULES: readonly Rule[] = [
  // Nobody's: Telegram did part of it.
  { text: /failed to send message #\d+ with the error/i, failure: () => unknown(inWords('perhaps_in_part')) },

  // Our token's, or our configuration's: every message of the bot would fail.
  { code: 400, text: /^logged out/i, failure: () => rejected(inWords('logged_out')) },
  { code: 400, text: /FROZEN_/, failure: () => rejected(inWords('bot_frozen')) },
  {
    code: 401,
    text: /api-id|api-hash/i,
    failure: () => rejected(inWords('api_id_invalid')),
  },
  { code: 404, text: /method not found/i, failure: () => rejected(inWords('method_unknown')) },

  // Nobody's: it is there, but not where it was, and the new address came neither with this nor yet as an update.
  { code: 400, text: /upgraded to a supergroup/i, failure: () => temporary(inWords('became_unknown_supergroup')) },

  // The chat's, undone by a person.
  { code: 403, text: /blocked by the user/i, failure: () => blocked('person', inWords('blocked_by_person')) },
  { code: 403, text: /was kicked from/i, failure: () => blocked('person', inWords('removed_from_chat')) },
  { code: 403, text: /is not a member of/i, failure: () => blocked('person', inWords('no_member')) },

  // The chat's, as Telegram has it.
  { code: 403, text: /user is deactivated/i, failure: () => blocked('telegram', inWords('account_deleted')) },
  { code: 403, text: /chat was deleted/i, failure: () => blocked('telegram', inWords('group_deleted')) },
  {
    code: 403,
    text: /can't initiate conversation/i,
    failure: () => blocked('telegram', inWords('never_started')),
  },
  {
    code: 403,
    text: /messages to (the bot|bots)/i,
    failure: () => blocked('telegram', inWords('chat_of_a_bot')),
  },
  {
    text: /chat not found|PEER_ID_INVALID/i,
    failure: () => blocked('telegram', inWords('chat_unknown')),
  },
  {
    text: /not enough rights|need administrator rights|CHAT_ADMIN_REQUIRED/i,
    failure: () => blocked('telegram', inWords('right_missing')),
  },
  {
    text: /have no write access|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED/i,
    failure: () => blocked('telegram', inWords('writing_forbidden')),
  },
  {
    text: /message thread not found|TOPIC_CLOSED|TOPIC_DELETED/i,
    failure: () => blocked('telegram', inWords('topic_closed')),
  },
  { text: /chat_id is empty/i, failure: (description) => blocked('telegram', quoting('chat_forbidden', description)) },
]

/** What a code means when the text says nothing that we know. */
function byCode(code: number, description: string): Failure {
  if (code === 401) return rejected(inWords('token_refused'))
  if (code === 404) return rejected(inWords('token_unknown'))
  if (code === 421) return rejected(inWords('bot_not_served'))
  // 402: whoever writes there has to pay for it.
  if (code === 402 || code === 403) return blocked('telegram', quoting('chat_forbidden', description))
  if (code === 408 || code === 409) return temporary(quoting('not_just_now', description))
  if (code >= 500) return unknown(inWords('telegram_error', { status: code }))
  if (code >= 400) return { kind: 'refused', reason: quoting('message_refused', description) }
  return unknown(inWords('answer_senseless'))
}

/** Something other than the Bot API answered, so only the status counts. */
function unspoken(status: number): Failure {
  if (status === 413) return { kind: 'refused', reason: inWords('too_large') }
  if (status === 401 || status === 404 || status === 421) {
    return rejected(inWords('no_bot_api', { status }))
  }
  if (status >= 300 && status < 500) return temporary(inWords('not_telegram', { status }))
  if (status >= 500) return unknown(inWords('servers_in_trouble', { status }))
  return unknown(inWords('answer_unreadable'))
}

/** From the parameters, else the header, else the description. Waits of hours happen and are meant; of years, they are not. */
function retryAfterSeconds(answer: ApiAnswer, { parameters, description }: ApiError): number {
  const candidates = [parameters.retry_after, headerSeconds(answer), /retry after (\d+)/i.exec(description)?.[1]]
  const seconds = candidates.map(Number).find((value) => Number.isFinite(value) && value > 0)
  return believableWaitMs(Math.ceil(seconds ?? RETRY_AFTER_WHEN_UNSAID_SECONDS) * 1000) / 1000
}

/** Seconds, or a date (RFC 9110, 10.2.3): by the clock of whoever says it, so it counts from the date of the answer. NaN when neither. */
function headerSeconds({ retryAfter = '', date = '' }: AnswerHeaders): number {
  if (/^\s*$/.test(retryAfter)) return Number.NaN
  const seconds = Number(retryAfter)
  return Number.isNaN(seconds) ? (Date.parse(retryAfter) - Date.parse(date)) / 1000 : seconds
}

/** With Telegram's own words, where it said any. */
function quoting(code: 'chat_forbidden' | 'not_just_now' | 'message_refused', description: string): string {
  const said = description.replace(/^(bad request|forbidden|conflict): /i, '').trim()
  return said === '' ? inWords(code) : inWords(`${code}_saying`, { said })
}

function throttled(seconds: number): Failure {
  const reason = inWords('told_to_wait', { seconds })
  return { kind: 'throttled', retryAfterSeconds: seconds, reason }
}
function temporary(reason: string): Failure {
  return { kind: 'temporary', reason }
}
function unknown(reason: string): Failure {
  return { kind: 'unknown', reason }
}
function rejected(reason: string): Failure {
  return { kind: 'bot_rejected', reason }
}
function blocked(by: 'person' | 'telegram', reason: string): Failure {
  return { kind: 'blocked', by, reason }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
