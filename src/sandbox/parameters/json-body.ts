import type { ParameterCollector } from './parameters.ts'

const SPACE = /[ \t\r\n]*/y
const SCALAR = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const DEEPEST = 100

/**
 * Reads a top-level object as the Bot API server does: a string value is decoded, any other value is kept as its raw JSON
 * text, and at the first mistake reading just ends: what came before stays, the rest is missing, nobody is told.
 */
export function readJsonBody(body: string, into: ParameterCollector): void {
  const reader = new Reader(body)
  reader.skip(SPACE)
  if (!reader.take('{')) return
  for (;;) {
    reader.skip(SPACE)
    const name = reader.string()
    if (name === undefined || !separator(reader, ':')) return
    const value = reader.string() ?? reader.rawValue()
    if (value === undefined) return
    into.addText(name, value)
    if (!separator(reader, ',')) return
  }
}

function separator(reader: Reader, mark: string): boolean {
  reader.skip(SPACE)
  const found = reader.take(mark)
  reader.skip(SPACE)
  return found
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  take(mark: string): boolean {
    if (this.#text.charAt(this.#at) !== mark) return false
    this.#at += 1
    return true
  }

  /** A decoded string, or undefined where none begins or its escapes are wrong. */
  string(): string | undefined {
    if (this.#text.charAt(this.#at) !== '"') return undefined
    const start = this.#at
    const end = closingQuote(this.#text, start + 1)
    if (end === undefined) return undefined
    this.#at = end + 1
    return decodeString(this.#text.slice(start, end + 1))
  }

  /** The raw text of a number, literal, array or object. */
  rawValue(): string | undefined {
    const start = this.#at
    return this.#skipValue(0) ? this.#text.slice(start, this.#at) : undefined
  }

  #skipValue(depth: number): boolean {
    if (depth > DEEPEST) return false
    if (this.take('{')) return this.#skipItems('}', depth, () => this.string() !== undefined && separator(this, ':'))
    if (this.take('[')) return this.#skipItems(']', depth, () => true)
    if (this.#text.charAt(this.#at) === '"') return this.string() !== undefined
    return this.skip(SCALAR) !== undefined
  }

  #skipItems(end: string, depth: number, skipName: () => boolean): boolean {
    this.skip(SPACE)
    if (this.take(end)) return true
    for (;;) {
      if (!skipName() || !this.#skipValue(depth + 1)) return false
      this.skip(SPACE)
      if (this.take(end)) return true
      if (!separator(this, ',')) return false
    }
  }
}

/** By hand, because a pattern for it backtracks without end on long strings. */
function closingQuote(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '"') return at
    if (character === '\\') at += 1
  }
  return undefined
}

/** Control characters are allowed inside strings, unlike in JSON.parse. */
function decodeString(quoted: string): string | undefined {
  const escaped = quoted.replaceAll(/\p{Cc}/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  try {
    return String(JSON.parse(escaped))
  } catch {
    return undefined
  }
}
