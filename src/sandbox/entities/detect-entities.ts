import type { MessageEntity } from '@grammyjs/types'
import { isStyle, sortEntities } from './entity-order.ts'
import { findUrls } from './find-urls.ts'
import { findWords } from './find-words.ts'
import { addFound, withoutOverlap } from './fix-entities.ts'

/** So many given entities are honoured, further ones silently ignored (TDLib, `MAX_USER_ENTITY_COUNT`). */
const MAX_GIVEN = 100

/**
 * Adds what Telegram's server finds by itself (addresses, mentions, hashtags, cashtags, commands, e-mail, phone numbers) to the
 * entities that were given for a cleaned text, sorted. Nothing is found inside code or inside another link.
 */
export function detectEntities(text: string, given: readonly MessageEntity[]): MessageEntity[] {
  const found = sortEntities([...findWords(text), ...findUrls(text)])
  return addFound(honoured(given), withoutOverlap(found))
}

/** The first hundred, styles after the others; custom emoji have a limit of their own. */
function honoured(given: readonly MessageEntity[]): MessageEntity[] {
  const emoji = given.filter((entity) => entity.type === 'custom_emoji')
  const others = given.filter((entity) => !isStyle(entity.type) && entity.type !== 'custom_emoji')
  const styles = given.filter((entity) => isStyle(entity.type))
  return sortEntities([...emoji, ...[...others, ...styles].slice(0, MAX_GIVEN)])
}
