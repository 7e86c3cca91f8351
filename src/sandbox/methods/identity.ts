import type { UserFromGetMe } from '@grammyjs/types'
import { badRequest, Refusal } from '../refusal.ts'
import { renderBot } from '../world/render.ts'
import type { Method, MethodCall } from './method-call.ts'

/** After its start a bot may not be closed for so long (Bot API, close). */
const CLOSE_LOCK_MS = 10 * 60_000
/** Code points (Bot API, setMyName, setMyDescription, setMyShortDescription). */
const MOST_NAME = 64
const MOST_DESCRIPTION = 512
const MOST_SHORT_DESCRIPTION = 120

/** Bot API, getMe. */
export const getMe: Method<'getMe'> = ({ bot }) => {
  const me = {
    ...renderBot(bot),
    is_bot: true,
    can_join_groups: true,
    can_read_all_group_messages: bot.readsAllGroupMessages,
    supports_inline_queries: false,
    supports_guest_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  } as const satisfies UserFromGetMe
  return me
}

/** Bot API, logOut: the bot may not come back to this server for a while, and what waited for it is gone. */
export const logOut: Method<'logOut'> = (call) => {
  const { environment, bot } = call
  bot.loggedOutAtMs = environment.world.clock.now()
  environment.updates.clear(bot)
  environment.polls.forget(bot.id)
  environment.world.changes.emit({ kind: 'bot', bot: bot.id })
  return true
}

/** Bot API, close: refused in the first ten minutes; the next call starts the bot again. */
export const close: Method<'close'> = (call) => {
  const { launches, polls, world } = call.environment
  const launchedAtMs = launches.get(call.bot.id) ?? world.clock.now()
  const waitMs = launchedAtMs + CLOSE_LOCK_MS - world.clock.now()
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1000)
    throw new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })
  }
  launches.delete(call.bot.id)
  polls.forget(call.bot.id)
  return true
}

/** Bot API, setMyName. */
export const setMyName: Method<'setMyName'> = (call) => {
  return setTranslated(call, call.bot.names, 'name', MOST_NAME)
}

/** Bot API, getMyName: the name for the language, or the one for all, or the bot's own. */
export const getMyName: Method<'getMyName'> = (call) => {
  return { name: translated(call, call.bot.names) || call.bot.name }
}

/** Bot API, setMyDescription. */
export const setMyDescription: Method<'setMyDescription'> = (call) => {
  return setTranslated(call, call.bot.descriptions, 'description', MOST_DESCRIPTION)
}

/** Bot API, getMyDescription. */
export const getMyDescription: Method<'getMyDescription'> = (call) => {
  return { description: translated(call, call.bot.descriptions) }
}

/** Bot API, setMyShortDescription. */
export const setMyShortDescription: Method<'setMyShortDescription'> = (call) => {
  return setTranslated(call, call.bot.shortDescriptions, 'short_description', MOST_SHORT_DESCRIPTION)
}

/** Bot API, getMyShortDescription. */
export const getMyShortDescription: Method<'getMyShortDescription'> = (call) => {
  return { short_description: translated(call, call.bot.shortDescriptions) }
}

/** A two-letter language code, or '' for everyone else. */
export function readLanguage(call: MethodCall): string {
  const code = call.parameters.text('language_code')
  if (code !== '' && !/^[a-z]{2}$/.test(code)) throw badRequest('invalid language code specified')
  return code
}

function setTranslated(call: MethodCall, texts: Record<string, string>, field: string, most: number): true {
  const text = call.parameters.text(field).trim()
  if (Array.from(text).length > most) throw badRequest(`${field.replaceAll('_', ' ')} is too long`)
  const language = readLanguage(call)
  if (text === '') delete texts[language]
  else texts[language] = text
  call.environment.world.changes.emit({ kind: 'bot', bot: call.bot.id })
  return true
}

function translated(call: MethodCall, texts: Record<string, string>): string {
  return texts[readLanguage(call)] ?? texts[''] ?? ''
}
