/**
 * A name as one piece of a sentence: line breaks and control characters would take it apart, and marks that turn the direction of
 * writing would turn the rest of the sentence with it.
 */
export function plainName(name: string): string {
  const plain = name.toWellFormed().replaceAll(DIRECTION_MARKS, '').replaceAll(LINE_BREAKS, ' ')
  return plain.trim() === '' ? '?' : plain
}

/** The same, cut for a place where there is little room, such as a button. `most` counts UTF-16 units. */
export function shortName(name: string, most = 24): string {
  return beginning(plainName(name), most)
}

/** The beginning of a text in one line, with a mark when there is more. `most` counts UTF-16 units, the mark included. */
export function beginning(text: string, most: number): string {
  // Only so much is looked at: the rest of a long text cannot matter.
  const line = text
    .slice(0, most * 4)
    .toWellFormed()
    .replaceAll(BREAKS, ' ')
    .trim()
  if (line.length <= most && text.length <= most * 4) return line
  const cut = line.slice(0, most - 1)
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}

const LINE_BREAKS = /[\p{Cc}\u2028\u2029]+/gu
const BREAKS = /[\s\p{Cc}]+/gu
/** Embeddings, overrides and isolates, which hold until they are ended (Unicode, UAX #9). */
const DIRECTION_MARKS = /[\u202a-\u202e\u2066-\u2069]/g

/** Times go out in UTC and say so: Telegram does not tell where a person lives. To the minute. */
export function utcTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
