import { Refusal } from '../domain/refusals.ts'

/** Opaque to callers, so that what is in it may change. */
export function writeCursor(place: string): string {
  return Buffer.from(place).toString('base64url')
}

/** What the expression finds in it. Refuses with `request_invalid` one that is not of this list. */
export function readCursor(cursor: string, place: RegExp): RegExpExecArray {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const found = place.exec(text)
  if (found && writeCursor(text) === cursor) return found
  throw badCursor('is not a cursor from here')
}

/** `what`: is wrong with it. */
export function badCursor(what: string): Refusal {
  return new Refusal('request_invalid', { errors: [{ where: '/query/cursor', what }] })
}
