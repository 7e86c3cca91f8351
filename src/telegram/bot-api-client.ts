import type {
  BotCommand,
  BotDescription,
  BotShortDescription,
  ChatMember,
  Update,
  UserFromGetMe,
  WebhookInfo,
} from '@grammyjs/types'
import { Pool } from 'undici'
import type { SendResult } from '../domain/failure.ts'
import type { TelegramContact } from '../domain/telegram-contact.ts'
import { parseApiRoot } from './api-root.ts'
import { type ApiAnswer, classify, readError } from './classify.ts'
import { type HttpOutcome, httpPost } from './http-call.ts'
import { CONNECT_TIMEOUT_MS, LONG_POLL_GRACE_MS } from './limits.ts'
import { failureWithoutAnswer } from './no-answer.ts'
import { reasonOfNoBot } from './no-bot.ts'
import type { CallResult, OutgoingText, TelegramClient } from './telegram-client.ts'

export interface BotApiClientOptions {
  /** Such as `https://api.telegram.org`, with or without a path, with or without a slash at its end. */
  apiRoot: string
  /** As BotFather gave it. It is part of every URL, so no error, log or reason of this client ever holds a URL. */
  token: string
  /**
   * Milliseconds for one call, connecting included. Long, because a call that was given up may still be carried out: Telegram
   * itself holds a call up to 8 s in front of a flood limit (github.com/tdlib/td, NetQueryDelayer.cpp).
   */
  timeoutMs: number
  /** Hears of each call whether Telegram answered it; of one that was cut by us it hears nothing. */
  contact?: Pick<TelegramContact, 'answered' | 'unanswered'> | undefined
}

interface Ask {
  timeoutMs?: number
  signal?: AbortSignal | undefined
  /** What a usable result looks like; any by default. */
  isUsable?: (result: unknown) => boolean
}

/**
 * A client for one bot, with a pool of kept connections of its own.
 *
 * @throws an Error with one clear sentence when `apiRoot` is no address.
 */
export function createBotApiClient(options: BotApiClientOptions): TelegramClient {
  const call = caller(options)
  return {
    async sendText({ chatId, text, silent, keyboard, replyToMessageId }: OutgoingText, signal): Promise<SendResult> {
      const parameters = {
        chat_id: chatId,
        text,
        ...(silent === true && { disable_notification: true }),
        ...(keyboard !== undefined && { reply_markup: keyboard }),
        ...(replyToMessageId !== undefined && {
          reply_parameters: { message_id: replyToMessageId, allow_sending_without_reply: true },
        }),
      }
      const ask = { signal, isUsable: isMessage }
      const result = await call.method<{ message_id: number }>('sendMessage', parameters, ask)
      if (!result.ok) return { ok: false, failure: result.failure }
      return { ok: true, telegramMessageId: result.value.message_id }
    },
    async editText({ chatId, messageId, text, keyboard }) {
      const markup = keyboard !== undefined && { reply_markup: keyboard }
      const result = await call.done('editMessageText', { chat_id: chatId, message_id: messageId, text, ...markup })
      return !result.ok && /message is not modified/i.test(result.description) ? { ok: true, value: true } : result
    },
    answerCallback: (callbackId, text) =>
      call.done('answerCallbackQuery', { callback_query_id: callbackId, ...(text !== undefined && { text }) }),
    getMe: (signal) => call.method<UserFromGetMe>('getMe', {}, { signal, isUsable: isRecord }),
    getUpdates: ({ offset, timeoutSeconds, allowedUpdates }, signal) =>
      call.method<Update[]>(
        'getUpdates',
        { offset, timeout: timeoutSeconds, allowed_updates: allowedUpdates },
        { signal, timeoutMs: timeoutSeconds * 1000 + LONG_POLL_GRACE_MS, isUsable: Array.isArray },
      ),
    getWebhookInfo: () => call.method<WebhookInfo>('getWebhookInfo', {}, { isUsable: isRecord }),
    setWebhook: ({ url, secretToken, maxConnections, allowedUpdates }) =>
      call.done('setWebhook', {
        url,
        secret_token: secretToken,
        max_connections: maxConnections,
        allowed_updates: allowedUpdates,
      }),
    deleteWebhook: () => call.done('deleteWebhook', {}),
    async getChatAdministrators(chatId) {
      const ask = { isUsable: Array.isArray }
      const result = await call.method<ChatMember[]>('getChatAdministrators', { chat_id: chatId }, ask)
      return result.ok ? { ok: true, value: result.value.map((member) => member.user.id) } : result
    },
    getCommands: (languageCode) =>
      call.method<BotCommand[]>('getMyCommands', { language_code: languageCode }, { isUsable: Array.isArray }),
    async getDescription(languageCode) {
      const asked = { language_code: languageCode }
      const result = await call.method<BotDescription>('getMyDescription', asked, { isUsable: isRecord })
      return result.ok ? { ok: true, value: result.value.description } : result
    },
    async getShortDescription(languageCode) {
      const asked = { language_code: languageCode }
      const result = await call.method<BotShortDescription>('getMyShortDescription', asked, { isUsable: isRecord })
      return result.ok ? { ok: true, value: result.value.short_description } : result
    },
    setCommands: (commands, languageCode) => call.done('setMyCommands', { commands, language_code: languageCode }),
    setDescription: (description, languageCode) =>
      call.done('setMyDescription', { description, language_code: languageCode }),
    setShortDescription: (shortDescription, languageCode) =>
      call.done('setMyShortDescription', { short_description: shortDescription, language_code: languageCode }),
    close: call.close,
  }
}

function caller({ apiRoot, token, timeoutMs, contact }: BotApiClientOptions) {
  const { origin, prefix } = parseApiRoot(apiRoot)
  // HTTP/1.1, one request at a time on each connection: only so does a broken connection concern exactly one call.
  const pool = new Pool(origin, {
    allowH2: false,
    pipelining: 1,
    connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs) },
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const path = `${prefix}/bot${encodeURIComponent(token).replaceAll('%3A', ':')}/`
  const clean = redactor(token)

  async function method<T>(name: string, parameters: object, ask: Ask = {}): Promise<CallResult<T>> {
    const outcome = await httpPost(pool, {
      path: path + name,
      body: JSON.stringify(parameters),
      timeoutMs: ask.timeoutMs ?? timeoutMs,
      signal: ask.signal,
    })
    const result = readOutcome<T>(outcome, clean, ask.isUsable)
    if (result.ok || isAnswer(outcome)) contact?.answered()
    else if (outcome.kind === 'answer' || outcome.cause.why !== 'cut') contact?.unanswered(reasonOfNoBot(result))
    return result
  }
  async function done(name: string, parameters: object): Promise<CallResult<true>> {
    const result = await method<unknown>(name, parameters)
    return result.ok ? { ok: true, value: true } : result
  }
  return { method, done, close: () => pool.destroy() }
}

function readOutcome<T>(
  outcome: HttpOutcome,
  clean: (text: string) => string,
  isUsable: (result: unknown) => boolean = () => true,
): CallResult<T> {
  if (outcome.kind === 'no_answer') {
    const failure = failureWithoutAnswer(outcome.left, outcome.cause)
    return { ok: false, failure, errorCode: 0, description: failure.reason }
  }
  const answer: ApiAnswer = { status: outcome.status, ...outcome.headers, body: parse(outcome.body) }
  if (isSuccess(answer) && isUsable(answer.body.result)) return { ok: true, value: answer.body.result as T }
  const failure = classify(answer)
  const { code, description } = readError(answer)
  const spoken = { ...failure, reason: clean(failure.reason) }
  return { ok: false, failure: spoken, errorCode: code, description: clean(description) }
}

/** Telegram's own word, if only a no. */
function isAnswer(outcome: HttpOutcome): boolean {
  if (outcome.kind === 'no_answer' || outcome.status >= 500) return false
  return readError({ ...outcome, body: parse(outcome.body) }).spoken
}

function isSuccess(answer: ApiAnswer): answer is ApiAnswer & { body: { ok: true; result?: unknown } } {
  const { status, body } = answer
  return status >= 200 && status <= 299 && isRecord(body) && body['ok'] === true
}

/** A yes without the message that was sent is no word of Telegram's: then nobody knows whether it was. */
function isMessage(result: unknown): boolean {
  const id = isRecord(result) ? result['message_id'] : undefined
  return Number.isSafeInteger(id) && Number(id) > 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function parse(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '')
  } catch {
    return undefined
  }
}

/** A server that repeats the URL in its description must not carry the token into our records. */
function redactor(token: string): (text: string) => string {
  const shapes = [token, encodeURIComponent(token)].filter((shape) => shape !== '')
  return (text) =>
    shapes.reduce((clean, shape) => clean.replaceAll(shape, '***'), text).replaceAll(/\b\d+(:|%3A)[\w-]{20,}/gi, '***')
}
