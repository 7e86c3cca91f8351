import type { MessageEntity } from '@grammyjs/types'

export type EntityType = MessageEntity['type']

/** Which entity opens first where several have the same place (TDLib, `MessageEntity::get_type_priority`). */
const PRIORITY: Record<EntityType, number> = {
  blockquote: 0,
  expandable_blockquote: 0,
  pre: 10,
  code: 20,
  date_time: 30,
  text_link: 49,
  text_mention: 49,
  mention: 50,
  hashtag: 50,
  cashtag: 50,
  bot_command: 50,
  url: 50,
  email: 50,
  phone_number: 50,
  bold: 90,
  italic: 91,
  underline: 92,
  strikethrough: 93,
  spoiler: 94,
  custom_emoji: 99,
}

/** By place, the longer first, then by type: outer entities come before what they contain. */
export function sortEntities(entities: readonly MessageEntity[]): MessageEntity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length || PRIORITY[a.type] - PRIORITY[b.type])
}

const STYLES: ReadonlySet<EntityType> = new Set(['bold', 'italic', 'underline', 'strikethrough', 'spoiler'])

/** Styles may overlap each other and are cut into pieces; everything else keeps its extent. */
export function isStyle(type: EntityType): boolean {
  return STYLES.has(type)
}

export function isQuote(type: EntityType): boolean {
  return type === 'blockquote' || type === 'expandable_blockquote'
}

export function isCode(type: EntityType): boolean {
  return type === 'code' || type === 'pre'
}
