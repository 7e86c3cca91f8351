import { CHAT_CODE_LENGTH, looksLikeAccountCode, normaliseCode, readLinkKey } from '../domain/codes.ts'
import type { IncomingMessage } from './incoming.ts'

/** What the writer of a message wants from us. */
export type Intent =
  /** `code`: as `readLinkKey` reads it, or nothing of the kind where it stands behind `/start`. */
  | { kind: 'link'; code: string }
  | { kind: 'start' | 'status' | 'history' | 'stop' | 'help' }
  /** The code that we gave was sent back to us instead of being entered in the account. */
  | { kind: 'own_code' }
  /** A good thing at second hand: forwarded or edited, and so not to be acted on. */
  | { kind: 'second_hand'; how: 'forwarded' | 'edited'; what: 'code' | 'command' }
  /** Anything else that wants an answer. `toUs`: it names the bot, or was said where nobody else listens. */
  | { kind: 'unknown'; what: UnknownInput; toUs: boolean }
  /** Said to others. */
  | { kind: 'none' }

export type UnknownInput = 'text' | 'command' | 'not_text' | 'edited' | 'forwarded'

const NONE: Intent = { kind: 'none' }

/** Words after a slash that mean something to us; the menu in `commands.ts` has the first five. */
const COMMANDS = {
  start: 'start',
  status: 'status',
  history: 'history',
  stop: 'stop',
  help: 'help',
  // What it is called by the bot of one of the systems whose interface we speak.
  messages: 'history',
} as const

/** Pure. In a group only what is meant for the bot is an intent; in a private chat everything is. */
export function readIntent(message: IncomingMessage, botUsername: string): Intent {
  const { text, chat, edited, forwarded } = message
  const isPrivate = chat.type === 'private'
  // Whatever else changes in a message without a text (a live location moves every few seconds) is nothing to talk about.
  if (text === null) return isPrivate && !edited ? { kind: 'unknown', what: 'not_text', toUs: true } : NONE
  const said = readText(text, botUsername)
  if (chat.type === 'channel' && !said.isCommand) return NONE
  if (!isPrivate && said.isCommonWord && !said.isAddressed) return NONE
  if (forwarded || edited) return secondHand(said.intent, forwarded ? 'forwarded' : 'edited', isPrivate)
  if (isPrivate) return said.intent.kind === 'unknown' ? { ...said.intent, toUs: true } : said.intent
  const isAside = said.intent.kind === 'unknown' || said.intent.kind === 'own_code'
  return isAside && !said.isAddressed && !said.isCommand ? NONE : said.intent
}

/**
 * A forwarded code is the trick of a stranger who wants to send to this chat, and a forwarded or edited `/stop` was not said now,
 * here, by this person.
 */
function secondHand(meant: Intent, how: 'forwarded' | 'edited', isPrivate: boolean): Intent {
  if (meant.kind === 'none') return NONE
  if (meant.kind !== 'unknown') {
    const isCode = meant.kind === 'link' || meant.kind === 'own_code'
    return { kind: 'second_hand', how, what: isCode ? 'code' : 'command' }
  }
  return isPrivate ? { kind: 'unknown', what: how, toUs: true } : NONE
}

interface Said {
  intent: Intent
  isCommand: boolean
  /** By `/command@us` or by `@us`. */
  isAddressed: boolean
  /** It links a chat, but people in a group may well say such a thing to each other: a UUID, a token. */
  isCommonWord: boolean
}

function readText(text: string, botUsername: string): Said {
  const command = COMMAND.exec(text)
  if (command) return readCommand(command, botUsername)
  const { rest, isAddressed } = withoutMention(text, botUsername)
  const code = codeOf(rest, botUsername)
  if (code !== undefined) {
    return { intent: { kind: 'link', code }, isCommand: false, isAddressed, isCommonWord: isToken(code) }
  }
  const kind = OWN_CODE.test(rest) ? 'own_code' : 'unknown'
  const intent = kind === 'unknown' ? ({ kind, what: 'text', toUs: isAddressed } as const) : ({ kind } as const)
  return { intent, isCommand: false, isAddressed, isCommonWord: false }
}

/** A command that names another bot, as in a group with several. */
export function isForAnotherBot(text: string, botUsername: string): boolean {
  const addressee = COMMAND.exec(text)?.[2]
  return addressee !== undefined && !sameName(addressee, botUsername)
}

/** `/word`, `/word@bot`, either with something behind it (Bot API, "Commands": up to 32 of `a-z0-9_`). */
const COMMAND = /^\s*\/(\w{1,32})(?:@(\w+))?(?:\s+([\s\S]*))?$/

/** As `newChatCode` shows it. */
const OWN_CODE = new RegExp(`^[0-9a-z]{4}(-[0-9a-z]{4}){${CHAT_CODE_LENGTH / 4 - 1}}$`, 'i')

function readCommand([, word = '', addressee, rest = '']: RegExpExecArray, botUsername: string): Said {
  if (addressee !== undefined && !sameName(addressee, botUsername)) {
    return { intent: NONE, isCommand: true, isAddressed: false, isCommonWord: false }
  }
  const isAddressed = addressee !== undefined
  const said = { isCommand: true, isAddressed, isCommonWord: false }
  const name = word.toLowerCase()
  const command = isCommand(name) ? COMMANDS[name] : undefined
  if (command === 'start' && rest.trim() !== '') return { ...said, intent: { kind: 'link', code: codeFrom(rest) } }
  return { ...said, intent: command ? { kind: command } : { kind: 'unknown', what: 'command', toUs: isAddressed } }
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name)
}

function isToken(typed: string): boolean {
  const kind = readLinkKey(typed)?.kind
  return kind === 'access_token' || kind === 'uuid'
}

/** Tokens stay as they are. What may be a code is short; what is longer is none, and need not be carried on. */
function codeFrom(typed: string): string {
  return isToken(typed) ? typed.trim() : normaliseCode(typed.trim().slice(0, 128))
}

/** The bare code, or the whole deep link as it is copied from the account page. */
function codeOf(text: string, botUsername: string): string | undefined {
  const link = DEEP_LINK.exec(text)
  if (link?.[1] !== undefined && link[2] !== undefined && sameName(link[1], botUsername)) return codeFrom(link[2])
  return looksLikeAccountCode(text) || isToken(text) ? codeFrom(text) : undefined
}
const DEEP_LINK = /^(?:https?:\/\/)?(?:t|telegram)\.me\/(\w+)\?start=([\w-]{1,64})$/i

function withoutMention(text: string, botUsername: string): { rest: string; isAddressed: boolean } {
  const rest = text.replaceAll(/@(\w+)/g, (mention, name: string) => (sameName(name, botUsername) ? '' : mention))
  return { rest: rest.trim(), isAddressed: rest !== text }
}

/** Telegram's usernames ignore case. */
function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
