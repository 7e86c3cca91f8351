import type { MessageEntity } from '@grammyjs/types'
import { byteOffset } from './entity-fault.ts'
import { sortEntities } from './entity-order.ts'
import { endOf } from './fix-entities.ts'

/** No offset or length may be larger (TDLib, `fix_formatted_text`). */
const MAX_UNITS = 1_000_000

/**
 * What is wrong with entities that a request gave, in the server's words without the leading `Bad Request: `; undefined when
 * nothing is. Offsets and lengths are UTF-16 code units; neither may fall inside a surrogate pair.
 */
export function entitiesFault(text: string, entities: readonly MessageEntity[]): string | undefined {
  for (const { offset, length } of entities) {
    if (offset < 0 || offset > MAX_UNITS) return `receive an entity with incorrect offset ${offset}`
    if (length < 0 || length > MAX_UNITS) return `receive an entity with incorrect length ${length}`
  }
  for (const entity of sortEntities(entities.filter(({ length }) => length > 0))) {
    const fault = faultOf(text, entity)
    if (fault !== undefined) return fault
  }
  return undefined
}

function faultOf(text: string, entity: MessageEntity): string | undefined {
  const { offset } = entity
  const end = endOf(entity)
  if (offset > text.length) return `entity begins after the end of the text at UTF-16 offset ${offset}`
  if (splitsPair(text, offset)) {
    return `entity begins in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, offset + 1)}`
  }
  const beginning = `entity beginning at UTF-16 offset ${offset}`
  if (end > text.length) return `${beginning} ends after the end of the text at UTF-16 offset ${end}`
  if (!splitsPair(text, end)) return undefined
  return `${beginning} ends in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, end + 1)}`
}

function splitsPair(text: string, at: number): boolean {
  return /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at))
}
