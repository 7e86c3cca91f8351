import type { MessageEntity, User } from '@grammyjs/types'
import { entitiesFault } from '../entities/check-entities.ts'
import { cleanText, codePoints } from '../entities/clean-text.ts'
import { readDateFormat } from '../entities/date-format.ts'
import { detectEntities } from '../entities/detect-entities.ts'
import { resolveMentions } from '../entities/link-entity.ts'
import { checkedLink } from '../entities/links.ts'
import { parseText } from '../entities/parse-text.ts'
import type { Parameters } from '../parameters/parameters.ts'
import { badRequest, refusal } from '../refusal.ts'
import type { World } from '../world/world.ts'
import { isObject, readJsonArray } from './json-parameter.ts'

/** UTF-8 bytes of text before anything is parsed (Bot API server). */
const MOST_RAW_BYTES = 32_768
/** Code points after parsing (Bot API, sendMessage). */
export const MOST_TEXT_POINTS = 4_096
/** Code points of a caption after parsing (Bot API, sendPhoto). */
export const MOST_CAPTION_POINTS = 1_024

export interface FormattedText {
  text: string
  entities: MessageEntity[]
}

/** Reads `text` or `caption` with its markup: everything that can be said about it before the chat is looked at. */
export function readFormattedText(
  world: World,
  parameters: Parameters,
  names: { text: string; entities: string },
): FormattedText {
  const raw = parameters.text(names.text)
  if (!raw.isWellFormed()) throw badRequest('text must be encoded in UTF-8')
  if (Buffer.byteLength(raw) > MOST_RAW_BYTES) throw refusal('text_too_long')
  const mode = readParseMode(parameters.text('parse_mode'))
  if (mode === '') return withGivenEntities(world, raw, parameters.text(names.entities))
  const parsed = parseText(raw, mode)
  if (!parsed.ok) throw badRequest(parsed.description)
  return { text: parsed.text, entities: resolveMentions(parsed.entities, (id) => knownUser(world, id)) }
}

/** The text as it is stored: cleaned, trimmed, with the entities that Telegram finds by itself. */
export function finishText(formatted: FormattedText, mostPoints: number, tooLong: () => Error): FormattedText {
  const { text, entities } = cleanText(formatted.text, formatted.entities)
  if (codePoints(text) > mostPoints) throw tooLong()
  return { text, entities: detectEntities(text, entities) }
}

export function readParseMode(raw: string): '' | 'html' | 'markdown' | 'markdownv2' {
  const mode = raw.toLowerCase()
  if (mode === '' || mode === 'none') return ''
  if (mode === 'html' || mode === 'markdown' || mode === 'markdownv2') return mode
  throw refusal('unsupported_parse_mode')
}

function withGivenEntities(world: World, text: string, raw: string): FormattedText {
  const entities = (readJsonArray(raw) ?? []).flatMap((value) => readEntity(world, value) ?? [])
  const fault = entitiesFault(text, entities)
  if (fault !== undefined) throw badRequest(fault)
  return { text, entities }
}

const STYLES = [
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
] as const

/** One explicit entity; undefined for kinds that the server finds by itself and for what it does not know. */
function readEntity(world: World, value: unknown): MessageEntity | undefined {
  if (!isObject(value)) return undefined
  const { type, offset, length } = value
  if (typeof offset !== 'number' || typeof length !== 'number') return undefined
  const style = STYLES.find((name) => name === type)
  if (style !== undefined) return { type: style, offset, length }
  return readEntityWithDetail(world, value, { offset, length })
}

function readEntityWithDetail(
  world: World,
  value: Record<string, unknown>,
  at: { offset: number; length: number },
): MessageEntity | undefined {
  const { type, language, url, custom_emoji_id: emoji, unix_time: time } = value
  if (type === 'pre') return { type, ...at, ...(typeof language === 'string' && language !== '' && { language }) }
  if (type === 'text_link' && typeof url === 'string') return readTextLink(url, at)
  if (type === 'custom_emoji' && typeof emoji === 'string') return { type, ...at, custom_emoji_id: emoji }
  if (type === 'date_time' && typeof time === 'number') {
    const format = typeof value.date_time_format === 'string' ? readDateFormat(value.date_time_format) : ''
    return format === undefined ? undefined : { type, ...at, unix_time: time, date_time_format: format }
  }
  return type === 'text_mention' ? readTextMention(world, value.user, at) : undefined
}

/** A link that Telegram would not open is dropped, the others are kept in its canonical form. */
function readTextLink(link: string, at: { offset: number; length: number }): MessageEntity | undefined {
  const url = checkedLink(link)
  return url === undefined ? undefined : { type: 'text_link', ...at, url }
}

function readTextMention(
  world: World,
  user: unknown,
  at: { offset: number; length: number },
): MessageEntity | undefined {
  const id = isObject(user) && typeof user.id === 'number' ? user.id : undefined
  const found = id === undefined ? undefined : knownUser(world, id)
  return found && { type: 'text_mention', ...at, user: found }
}

function knownUser(world: World, id: number): User | undefined {
  const found = world.users.get(id)
  return found && { id: found.id, is_bot: false, first_name: found.firstName }
}
