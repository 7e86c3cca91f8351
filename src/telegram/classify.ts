import type { Failure } from '../domain/failure.ts'
import { RETRY_AFTER_WHEN_UNSAID_SECONDS } from './limits.ts'

/** One answer that is no success, as it came over HTTP. */
export interface ApiAnswer {
  status: number
  /** The `Retry-After` header. */
  retryAfter?: string | undefined
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
    return { kind: 'migrated', toTelegramChatId: migratedTo, reason: 'The group became a supergroup.' }
  }
  if (!error.spoken) return unspoken(code)
  const rule = RULES.find((rule) => (rule.code === undefined || rule.code === code) && rule.text.test(description))
  return rule?.failure(description) ?? byCode(code, description)
}

type Rule = { code?: number; text: RegExp; failure: (description: string) => Failure }

/** Sorted by whose fault it is. The texts are those of github.com/tdlib/telegram-bot-api and github.com/tdlib/td. */
const RULES: readonly Rule[] = [
  // Nobody's: Telegram did part of it.
  { text: /failed to send message #\d+ with the error/i, failure: () => unknown('Only a part may have been sent.') },

  // Our token's, or our configuration's: every message of the bot would fail.
  { code: 400, text: /^logged out/i, failure: () => rejected('The bot was logged out of this Bot API server.') },
  { code: 400, text: /FROZEN_/, failure: () => rejected('Telegram froze the bot.') },
  {
    code: 401,
    text: /api-id|api-hash/i,
    failure: () => rejected('The Bot API server has no valid api-id and api-hash.'),
  },
  { code: 404, text: /method not found/i, failure: () => rejected('The Bot API server does not know this method.') },

  // The chat's, undone by a person.
  { code: 403, text: /blocked by the user/i, failure: () => blocked('person', 'The person blocked the bot.') },
  { code: 403, text: /was kicked from/i, failure: () => blocked('person', 'The bot was removed from the chat.') },
  { code: 403, text: /is not a member of/i, failure: () => blocked('person', 'The bot is not a member of the chat.') },

  // The chat's, as Telegram has it.
  { code: 403, text: /user is deactivated/i, failure: () => blocked('telegram', 'The Telegram account was deleted.') },
  { code: 403, text: /chat was deleted/i, failure: () => blocked('telegram', 'The group was deleted.') },
  {
    code: 403,
    text: /can't initiate conversation/i,
    failure: () => blocked('telegram', 'The person has not pressed Start in the chat with the bot.'),
  },
  {
    code: 403,
    text: /messages to (the bot|bots)/i,
    failure: () => blocked('telegram', 'The chat is that of another bot.'),
  },
  {
    text: /chat not found|PEER_ID_INVALID/i,
    failure: () => blocked('telegram', 'Telegram does not know this chat, or the bot never met it.'),
  },
  {
    text: /not enough rights|need administrator rights|CHAT_ADMIN_REQUIRED/i,
    failure: () => blocked('telegram', 'The bot lacks the right to write in the chat.'),
  },
  {
    text: /have no write access|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED/i,
    failure: () => blocked('telegram', 'The bot may not write in the chat.'),
  },
  {
    text: /message thread not found|TOPIC_CLOSED|TOPIC_DELETED/i,
    failure: () => blocked('telegram', 'The topic of the chat is closed or gone.'),
  },
]

/** What a code means when the text says nothing that we know. */
function byCode(code: number, description: string): Failure {
  if (code === 401) return rejected('Telegram does not accept the bot token.')
  if (code === 404) return rejected('Telegram does not know this bot token.')
  if (code === 421) return rejected('The Bot API server does not serve this bot.')
  if (code === 403) return blocked('telegram', `Telegram does not let the bot write to the chat${quoted(description)}.`)
  if (code === 408 || code === 409)
    return temporary(`Telegram could not take the message just now${quoted(description)}.`)
  if (code >= 500) return unknown(`Telegram had an error of its own (${code}); it may have sent the message.`)
  if (code >= 400) return { kind: 'refused', reason: `Telegram refused the message${quoted(description)}.` }
  return unknown('Telegram gave an answer that makes no sense; it may have sent the message.')
}

/** Something other than the Bot API answered, so only the status counts. */
function unspoken(status: number): Failure {
  if (status === 413) return { kind: 'refused', reason: 'The message is too large for Telegram.' }
  if (status === 401 || status === 404 || status === 421) {
    return rejected(`There is no Bot API for this bot at the configured address (HTTP ${status}).`)
  }
  if (status >= 300 && status < 500) return temporary(`Something other than Telegram answered (HTTP ${status}).`)
  if (status >= 500) return unknown(`Telegram's servers have trouble (HTTP ${status}); it may have sent the message.`)
  return unknown('The answer could not be read; Telegram may have sent the message.')
}

/** From the parameters, else the header, else the description. Never capped: waits of hours happen and are meant. */
function retryAfterSeconds({ retryAfter }: ApiAnswer, { parameters, description }: ApiError): number {
  const candidates = [parameters.retry_after, retryAfter, /retry after (\d+)/i.exec(description)?.[1]]
  const seconds = candidates.map(Number).find((value) => Number.isFinite(value) && value > 0)
  return Math.ceil(seconds ?? RETRY_AFTER_WHEN_UNSAID_SECONDS)
}

function quoted(description: string): string {
  const words = description.replace(/^(bad request|forbidden|conflict): /i, '').trim()
  return words === '' ? '' : `: "${words}"`
}

function throttled(seconds: number): Failure {
  const reason = `Telegram asked us to wait ${seconds} s.`
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
