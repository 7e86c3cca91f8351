import { EntityFault } from './entity-fault.ts'

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }

/**
 * The character reference at `at` (where `&` stands), or undefined when it is just text: Telegram knows four names and numbers
 * of up to nine characters; the semicolon may be missing.
 */
export function readReference(raw: string, at: number): { character: string; next: number } | undefined {
  const [written = '', hex, decimal, name] =
    /^&(?:#x([0-9a-fA-F]*)|#(\d*)|([a-zA-Z]*))/.exec(raw.slice(at, at + 40)) ?? []
  const character = name !== undefined ? NAMED[name] : numbered(hex, decimal, written.length)
  if (character === undefined) return undefined
  const end = at + written.length
  return { character, next: raw[end] === ';' ? end + 1 : end }
}

function numbered(hex: string | undefined, decimal: string | undefined, writtenLength: number): string | undefined {
  const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16)
  if (Number.isNaN(code) || code === 0 || code >= 0x10ffff || writtenLength >= 10) return undefined
  if (code >= 0xd800 && code <= 0xdfff) {
    throw new EntityFault(
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    )
  }
  return String.fromCodePoint(code)
}

/** Every reference in a piece of text, as in an attribute's value. */
export function decodeReferences(raw: string): string {
  let text = ''
  let at = 0
  while (at < raw.length) {
    const reference = raw[at] === '&' ? readReference(raw, at) : undefined
    text += reference?.character ?? raw.charAt(at)
    at = reference?.next ?? at + 1
  }
  return text
}
