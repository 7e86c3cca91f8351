/** Thrown inside the parsers of this folder alone; `parseText` turns it into an answer. */
export class EntityFault extends Error {
  override readonly name = 'EntityFault'
}

/** UTF-8 bytes before a UTF-16 position: the unit in which Telegram reports where a markup fault is. */
export function byteOffset(raw: string, index: number): number {
  return Buffer.byteLength(raw.slice(0, index), 'utf8')
}

/** What TDLib calls a space; the end of the text (an empty string here) counts as one, so every scan ends there. */
export function isSpace(character: string): boolean {
  return character === '' || ' \t\r\n\v\0'.includes(character)
}
