import type { MessageEntity } from '@grammyjs/types'
import { endOf, fixEntities } from './fix-entities.ts'
import type { FormattedText } from './parse-text.ts'

/** Line and paragraph separators, direction overrides, and three combining vertical lines: Telegram drops them. */
const DROPPED = /\r|[\u2028-\u202e]|\u0333|\u033f|\u030a/

/** What is left when nobody could see anything: such a text counts as empty. */
const INVISIBLE =
  /^[\s\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\ufeff\ufffc\u{e0000}-\u{e007f}]*$/u

/**
 * The text as Telegram stores it, with its entities moved along: control characters but the line break become spaces, `\r` and a
 * few marks vanish, then trailing spaces and line breaks go, then leading ones (up to the first entity, which keeps its spaces).
 * A text of which nothing can be seen comes back as ''. Entities beyond the end are clipped, empty ones dropped.
 * Source: TDLib, `fix_formatted_text`.
 */
export function cleanText(text: string, entities: readonly MessageEntity[]): FormattedText {
  const cleaned = withoutControls(text, fixEntities(clip(entities, text.length)))
  const trimmed = trim(cleaned.text, fixEntities(cleaned.entities))
  return INVISIBLE.test(trimmed.text) ? { text: '', entities: [] } : trimmed
}

/** Unicode code points, which is what the 4096 of a message and the 1024 of a caption count (TDLib, `utf8_length`). */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

function withoutControls(text: string, entities: readonly MessageEntity[]): FormattedText {
  let result = ''
  const placeOf = new Map<number, number>()
  const edges = new Set(entities.flatMap((entity) => [entity.offset, endOf(entity)]))
  for (let at = 0; at <= text.length; at++) {
    if (edges.has(at)) placeOf.set(at, result.length)
    const c = text.charAt(at)
    if (!DROPPED.test(c)) result += c < ' ' && c !== '\n' && c !== '' ? ' ' : c
  }
  const moved = entities.map((entity) => {
    const offset = placeOf.get(entity.offset) ?? 0
    return { ...entity, offset, length: (placeOf.get(endOf(entity)) ?? offset) - offset }
  })
  return { text: quietDirectionMarks(result), entities: moved.filter((entity) => entity.length > 0) }
}

/** Of a row of direction marks only the last keeps its effect; the length stays. */
function quietDirectionMarks(text: string): string {
  return text.replace(/[\u200e\u200f](?=[\u200e\u200f])/g, '\u200c')
}

function trim(text: string, entities: readonly MessageEntity[]): FormattedText {
  const end = text.replace(/[ \n]+$/, '').length
  const kept = clip(entities, end)
  const mayTrim = kept[0]?.offset ?? end
  const start = Math.min(mayTrim, text.length - text.replace(/^[ \n]+/, '').length)
  return {
    text: text.slice(start, end),
    entities: kept.map((entity) => ({ ...entity, offset: entity.offset - start })),
  }
}

function clip(entities: readonly MessageEntity[], end: number): MessageEntity[] {
  return entities
    .filter((entity) => entity.offset >= 0 && entity.offset < end && entity.length > 0)
    .map((entity) => ({ ...entity, length: Math.min(entity.length, end - entity.offset) }))
}
