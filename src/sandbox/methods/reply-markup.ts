import type { InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton } from '@grammyjs/types'
import { badRequest, refusal } from '../refusal.ts'
import type { OtherKeyboard } from '../world/data.ts'
import { isObject, type JsonObject, readJsonObject } from './json-parameter.ts'

/** Bytes of callback_data (Bot API, InlineKeyboardButton). */
const MOST_CALLBACK_BYTES = 64
/** Characters of copy_text (Bot API, CopyTextButton). */
const MOST_COPY_CHARACTERS = 256
/** Buttons of one keyboard: what Telegram's server accepts, not documented. */
const MOST_BUTTONS = 100

export interface ReplyMarkup {
  inline?: InlineKeyboardMarkup
  other?: OtherKeyboard
}

/** Reads `reply_markup`: the syntax, before the chat is looked at. `assertButtons` checks the rest. */
export function readReplyMarkup(raw: string): ReplyMarkup {
  const markup = readJsonObject(raw, 'reply markup', "can't parse reply keyboard markup JSON object")
  if (markup === undefined) return {}
  if (markup.inline_keyboard !== undefined) return readInline(markup.inline_keyboard)
  if (markup.keyboard !== undefined) return readKeyboard(markup)
  if (markup.remove_keyboard === true) return { other: { remove_keyboard: true } }
  if (markup.force_reply === true) return { other: { force_reply: true } }
  return {}
}

/** Addresses, data and number of the buttons: what Telegram checks after it found the chat. */
export function assertButtons(markup: ReplyMarkup): void {
  const buttons = markup.inline?.inline_keyboard.flat() ?? []
  if (buttons.length > MOST_BUTTONS) throw refusal('reply_markup_too_long')
  for (const button of buttons) assertButton(button)
}

function readInline(value: unknown): ReplyMarkup {
  const rows = readRows(value, 'inline_keyboard', 'inline keyboard', readInlineButton)
  return rows.length === 0 ? {} : { inline: { inline_keyboard: rows } }
}

function readKeyboard(markup: JsonObject): ReplyMarkup {
  const keyboard = readRows(markup.keyboard, 'keyboard', 'keyboard', readKeyboardButton)
  if (keyboard.length === 0) return {}
  const placeholder = markup.input_field_placeholder
  return {
    other: {
      keyboard,
      ...(markup.is_persistent === true && { is_persistent: true }),
      ...(markup.resize_keyboard === true && { resize_keyboard: true }),
      ...(markup.one_time_keyboard === true && { one_time_keyboard: true }),
      ...(typeof placeholder === 'string' && { input_field_placeholder: placeholder }),
    },
  }
}

function readRows<Button>(
  value: unknown,
  field: string,
  what: string,
  readButton: (value: unknown) => Button,
): Button[][] {
  if (!Array.isArray(value)) throw badRequest(`field "${field}" must be of type Array`)
  return value.flatMap((row: unknown) => {
    if (!Array.isArray(row)) throw badRequest(`field "${field}" must be an Array of Arrays`)
    const buttons = row.map((button: unknown) => readNamed(button, what, readButton))
    return buttons.length === 0 ? [] : [buttons]
  })
}

function readNamed<Button>(value: unknown, what: string, read: (value: unknown) => Button): Button {
  try {
    return read(value)
  } catch (problem) {
    if (problem instanceof ButtonProblem) throw badRequest(`can't parse ${what} button: ${problem.message}`)
    throw problem
  }
}

class ButtonProblem extends Error {}

function readKeyboardButton(value: unknown): KeyboardButton {
  if (typeof value === 'string') return value
  if (!isObject(value)) throw new ButtonProblem('KeyboardButton must be an Object')
  const text = readButtonText(value)
  if (value.request_contact === true) return { text, request_contact: true }
  if (value.request_location === true) return { text, request_location: true }
  return text
}

/** The server takes the first action that it knows, in this order. */
function readInlineButton(value: unknown): InlineKeyboardButton {
  if (!isObject(value)) throw new ButtonProblem('InlineKeyboardButton must be an Object')
  const look = { text: readButtonText(value), ...lookOf(value) }
  const text = (field: string): string | undefined => (typeof value[field] === 'string' ? value[field] : undefined)
  const url = text('url')
  if (url !== undefined && url !== '') return { ...look, url }
  const data = text('callback_data')
  if (data !== undefined) return { ...look, callback_data: data }
  if (value.pay === true) return { ...look, pay: true }
  return readRarerButton(value, look, text)
}

function readRarerButton(
  value: JsonObject,
  look: InlineKeyboardButton.AbstractInlineKeyboardButton,
  text: (field: string) => string | undefined,
): InlineKeyboardButton {
  const here = text('switch_inline_query_current_chat')
  if (here !== undefined) return { ...look, switch_inline_query_current_chat: here }
  const anywhere = text('switch_inline_query')
  if (anywhere !== undefined) return { ...look, switch_inline_query: anywhere }
  const { copy_text: copy, web_app: app, login_url: login, disabled } = value
  if (isObject(copy) && typeof copy.text === 'string') return { ...look, copy_text: { text: copy.text } }
  if (isObject(app) && typeof app.url === 'string') return { ...look, web_app: { url: app.url } }
  if (isObject(login) && typeof login.url === 'string') return { ...look, login_url: { url: login.url } }
  if (isObject(disabled)) return { ...look, disabled: {} }
  throw new ButtonProblem('Text buttons are unallowed in the inline keyboard')
}

function readButtonText(value: JsonObject): string {
  if (value.text === undefined) throw new ButtonProblem('Can\'t find field "text"')
  if (typeof value.text !== 'string') throw new ButtonProblem('Field "text" must be of type String')
  if (value.text.trim() === '') throw new ButtonProblem('Button text must be non-empty')
  return value.text
}

function lookOf(value: JsonObject): Pick<InlineKeyboardButton.AbstractInlineKeyboardButton, 'style'> {
  const { style } = value
  if (style === undefined || style === '') return {}
  if (style === 'danger' || style === 'success' || style === 'primary') return { style }
  throw new ButtonProblem('Invalid button style specified')
}

function assertButton(button: InlineKeyboardButton): void {
  if ('url' in button) assertUrl(button.url)
  if ('callback_data' in button && !within(Buffer.byteLength(button.callback_data), MOST_CALLBACK_BYTES)) {
    throw refusal('button_data_invalid')
  }
  if ('copy_text' in button && !within(button.copy_text.text.length, MOST_COPY_CHARACTERS)) {
    throw badRequest('BUTTON_COPY_TEXT_INVALID')
  }
}

function within(size: number, most: number): boolean {
  return size >= 1 && size <= most
}

/** http, https, tg and ton; the host of an http address needs a dot: `http://localhost` is refused. */
function assertUrl(url: string): void {
  if (/^(?:tg|ton):\/\/[^\s]+$/i.test(url)) return
  const address = URL.canParse(url)
    ? new URL(url)
    : URL.canParse(`http://${url}`)
      ? new URL(`http://${url}`)
      : undefined
  const http = address?.protocol === 'http:' || address?.protocol === 'https:'
  if (!http || !/[^.]\.[^.]/.test(address.hostname)) {
    throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`)
  }
}
