import { byteOffset, EntityFault, isSpace } from './entity-fault.ts'
import { decodeReferences } from './html-reference.ts'

const TAGS: ReadonlySet<string> = new Set([
  'a',
  'b',
  'strong',
  'i',
  'em',
  's',
  'strike',
  'del',
  'u',
  'ins',
  'tg-spoiler',
  'tg-emoji',
  'tg-time',
  'span',
  'pre',
  'code',
  'blockquote',
])

export interface StartTag {
  name: string
  /** Names as written; a name without a value has the value ''. */
  attributes: ReadonlyMap<string, string>
  /** Position after `>`. */
  next: number
}

/** Reads the start tag at `begin` (where `<` stands). Throws `EntityFault` for what Telegram refuses. */
export function readStartTag(raw: string, begin: number): StartTag {
  const nameEnd = skip(raw, begin + 1, (c) => !isSpace(c) && c !== '>')
  if (nameEnd >= raw.length) throw unclosed(raw, begin)
  const name = raw.slice(begin + 1, nameEnd).toLowerCase()
  if (!TAGS.has(name)) {
    throw new EntityFault(`Unsupported start tag "${name}" at byte offset ${byteOffset(raw, begin)}`)
  }
  const attributes = new Map<string, string>()
  let at = skipSpaces(raw, nameEnd)
  while (raw.charAt(at) !== '>') {
    const attribute = readAttribute(raw, at, { begin, name })
    attributes.set(attribute.name, attribute.value)
    at = skipSpaces(raw, attribute.next)
  }
  return { name, attributes, next: at + 1 }
}

interface Tag {
  begin: number
  name: string
}

function readAttribute(raw: string, from: number, tag: Tag): { name: string; value: string; next: number } {
  const nameEnd = skip(raw, from, (c) => !isSpace(c) && !`=>/"'`.includes(c))
  const name = raw.slice(from, nameEnd)
  if (name === '') {
    throw new EntityFault(`Empty attribute name in the tag "${tag.name}" at byte offset ${byteOffset(raw, tag.begin)}`)
  }
  const equalsAt = skipSpaces(raw, nameEnd)
  if (equalsAt >= raw.length) throw unclosed(raw, tag.begin, tag.name)
  if (raw[equalsAt] !== '=') return { name, value: '', next: equalsAt }
  const valueAt = skipSpaces(raw, equalsAt + 1)
  if (valueAt >= raw.length) throw unclosed(raw, tag.begin, tag.name)
  return { name, ...readValue(raw, valueAt, tag) }
}

function readValue(raw: string, at: number, tag: Tag): { value: string; next: number } {
  const quote = raw.charAt(at)
  if (quote !== '"' && quote !== "'") return readNameToken(raw, at, tag)
  const end = raw.indexOf(quote, at + 1)
  if (end < 0 || end + 1 >= raw.length) throw unclosed(raw, tag.begin)
  return { value: decodeReferences(raw.slice(at + 1, end)), next: end + 1 }
}

/** A value without quotation marks: letters, digits, periods and hyphens, in lower case. */
function readNameToken(raw: string, at: number, tag: Tag): { value: string; next: number } {
  const end = skip(raw, at, (c) => /[A-Za-z0-9.-]/.test(c))
  if (!isSpace(raw.charAt(end)) && raw.charAt(end) !== '>') {
    throw new EntityFault(`Unexpected end of name token at byte offset ${byteOffset(raw, at)}`)
  }
  if (end >= raw.length) throw unclosed(raw, tag.begin)
  return { value: raw.slice(at, end).toLowerCase(), next: end }
}

/** Reads the end tag at `begin` (where `</` stands). */
export function readEndTag(raw: string, begin: number): { name: string; next: number } {
  const nameEnd = skip(raw, begin + 2, (c) => !isSpace(c) && c !== '>')
  const closeAt = skipSpaces(raw, nameEnd)
  if (raw.charAt(closeAt) !== '>') {
    throw new EntityFault(`Unclosed end tag at byte offset ${byteOffset(raw, begin)}`)
  }
  return { name: raw.slice(begin + 2, nameEnd).toLowerCase(), next: closeAt + 1 }
}

function skip(raw: string, from: number, goesOn: (character: string) => boolean): number {
  let at = from
  while (at < raw.length && goesOn(raw.charAt(at))) at += 1
  return at
}

function skipSpaces(raw: string, from: number): number {
  return skip(raw, from, isSpace)
}

function unclosed(raw: string, begin: number, name?: string): EntityFault {
  const tag = name === undefined ? '' : ` "${name}"`
  return new EntityFault(`Unclosed start tag${tag} at byte offset ${byteOffset(raw, begin)}`)
}
