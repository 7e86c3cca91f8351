import type { MessageEntity } from '@grammyjs/types'
import { dateFormat } from './date-format.ts'
import { byteOffset, EntityFault } from './entity-fault.ts'
import { linkEntity } from './link-entity.ts'
import { linkedEmojiId, linkedTime } from './links.ts'
import { preHeader } from './parse-markdown.ts'

/** The names that Telegram prints in `Can't find end of Bold entity …`. */
const PRINTED = {
  bold: 'Bold',
  italic: 'Italic',
  underline: 'Underline',
  strikethrough: 'Strikethrough',
  spoiler: 'Spoiler',
  code: 'Code',
  pre: 'Pre',
  pre_code: 'PreCode',
  text_link: 'TextUrl',
  custom_emoji: 'CustomEmoji',
  blockquote: 'BlockQuote',
} as const
type Kind = keyof typeof PRINTED

const CLOSING: Record<Kind, string> = {
  bold: '*',
  italic: '_',
  underline: '__',
  strikethrough: '~',
  spoiler: '||',
  code: '`',
  pre: '```',
  pre_code: '```',
  text_link: ']',
  custom_emoji: ']',
  blockquote: '',
}

/** Longer marks first: `__` is an underline before it is two italics. */
const OPENING: readonly [string, Kind][] = [
  ['__', 'underline'],
  ['_', 'italic'],
  ['*', 'bold'],
  ['~', 'strikethrough'],
  ['||', 'spoiler'],
  ['```', 'pre'],
  ['`', 'code'],
  ['![', 'custom_emoji'],
  ['[', 'text_link'],
]

const RESERVED = '_*[]()~`>#+-=|{}.!\n'

interface Open {
  kind: Kind
  /** Where it begins in the result. */
  offset: number
  /** Where its mark stands in the raw text. */
  rawAt: number
  language: string
}

/** Parse mode `MarkdownV2`. Throws `EntityFault` with the server's description. */
export function parseMarkdownV2(raw: string): { text: string; entities: MessageEntity[] } {
  return new MarkdownV2(raw).parse()
}

class MarkdownV2 {
  readonly #raw: string
  readonly #entities: MessageEntity[] = []
  readonly #open: Open[] = []
  #text = ''
  #at = 0
  #inQuote = false
  /** A `>` is a quotation mark only where nothing but marks stands before it in the line. */
  #mayStartQuote = true

  constructor(raw: string) {
    this.#raw = raw
  }

  parse(): { text: string; entities: MessageEntity[] } {
    while (this.#at < this.#raw.length) this.#step()
    this.#endOfText()
    return { text: this.#text, entities: this.#entities }
  }

  #step(): void {
    const c = this.#raw.charAt(this.#at)
    if (c === '\\' && isEscapable(this.#raw.charAt(this.#at + 1))) return this.#escaped()
    if (!this.#isReserved(c)) return this.#plain(c)
    if (this.#closesQuoteLine(c)) return this.#closeQuote()
    const top = this.#open.at(-1)
    if (top && this.#closes(top)) return this.#close(top)
    this.#begin(c)
  }

  #isReserved(c: string): boolean {
    const kind = this.#open.at(-1)?.kind
    const isInCode = kind === 'code' || kind === 'pre' || kind === 'pre_code'
    return isInCode ? c === '`' : RESERVED.includes(c)
  }

  #escaped(): void {
    const c = this.#raw.charAt(this.#at + 1)
    this.#text += c
    if (c !== '\r') this.#mayStartQuote = c === '\n'
    this.#at += 2
  }

  #plain(c: string): void {
    this.#text += c
    if (c !== '\r') this.#mayStartQuote = false
    this.#at += 1
  }

  #closesQuoteLine(c: string): boolean {
    return this.#inQuote && this.#open.length > 0 && c === '\n' && this.#raw[this.#at + 1] !== '>'
  }

  #closes(top: Open): boolean {
    const mark = CLOSING[top.kind]
    if (mark === '' || !this.#raw.startsWith(mark, this.#at)) return false
    return top.kind !== 'italic' || this.#raw[this.#at + 1] !== '_'
  }

  #begin(c: string): void {
    if (c === '\n') return this.#newLine()
    if (c === '>' && this.#mayStartQuote) return this.#quoteMark()
    const [mark, kind] = OPENING.find(([opening]) => this.#raw.startsWith(opening, this.#at)) ?? []
    if (mark === undefined || kind === undefined) {
      throw new EntityFault(`Character '${c}' is reserved and must be escaped with the preceding '\\'`)
    }
    const rawAt = this.#at
    this.#at += mark.length
    if (kind !== 'pre') return this.#push(kind, rawAt)
    const { contentAt, language } = preHeader(this.#raw, this.#at)
    this.#at = contentAt
    this.#push(language === '' ? 'pre' : 'pre_code', rawAt, language)
  }

  #push(kind: Kind, rawAt: number, language = ''): void {
    this.#open.push({ kind, offset: this.#text.length, rawAt, language })
  }

  #newLine(): void {
    this.#text += '\n'
    this.#mayStartQuote = true
    this.#at += 1
  }

  #quoteMark(): void {
    if (!this.#inQuote) this.#push('blockquote', this.#at)
    this.#inQuote = true
    this.#at += 1
  }

  #close(top: Open): void {
    this.#open.pop()
    const length = this.#text.length - top.offset
    const place = { offset: top.offset, length }
    this.#at += CLOSING[top.kind].length
    const entity = this.#entityOf(top, place)
    if (length > 0 && entity !== undefined) this.#entities.push(entity)
  }

  #entityOf(top: Open, place: { offset: number; length: number }): MessageEntity | undefined {
    switch (top.kind) {
      case 'text_link':
        return linkEntity(this.#readAddress() ?? this.#text.slice(top.offset), place.offset, place.length)
      case 'custom_emoji':
        return emojiOrTime(this.#readAddress(), place)
      case 'pre':
      case 'pre_code':
        return { type: 'pre', ...place, ...(top.language !== '' && { language: top.language }) }
      default:
        return { type: top.kind, ...place }
    }
  }

  /** The `(…)` after a `]`, if there is one. */
  #readAddress(): string | undefined {
    if (this.#raw[this.#at] !== '(') return undefined
    const begin = this.#at + 1
    let url = ''
    for (this.#at = begin; this.#at < this.#raw.length; this.#at += 1) {
      if (this.#raw[this.#at] === ')') {
        this.#at += 1
        return url
      }
      if (this.#raw[this.#at] === '\\' && isEscapable(this.#raw.charAt(this.#at + 1))) this.#at += 1
      url += this.#raw.charAt(this.#at)
    }
    throw new EntityFault(`Can't find end of a URL at byte offset ${byteOffset(this.#raw, begin)}`)
  }

  /** The line break that ends a quotation belongs to it. A lone `||` before it makes the quotation expandable. */
  #closeQuote(): void {
    const type = this.#popExpandMark(this.#at) ? 'expandable_blockquote' : 'blockquote'
    const quote = this.#open.pop()
    if (quote?.kind !== 'blockquote') throw this.#noEndOf(quote)
    this.#newLine()
    this.#inQuote = false
    this.#entities.push({ type, offset: quote.offset, length: this.#text.length - quote.offset })
  }

  #popExpandMark(lineEnd: number): boolean {
    const top = this.#open.at(-1)
    if (top?.kind !== 'spoiler') return false
    const isMark = top.rawAt === lineEnd - 2 || (top.rawAt === lineEnd - 3 && this.#text.endsWith('\r'))
    if (isMark) this.#open.pop()
    return isMark
  }

  #endOfText(): void {
    if (this.#inQuote) this.#endOfQuotedText()
    const left = this.#open.at(-1)
    if (left) throw this.#noEndOf(left)
  }

  #endOfQuotedText(): void {
    const top = this.#open.at(-1)
    const isExpandable = top?.kind === 'spoiler' && top.rawAt === this.#raw.length - 2
    if (isExpandable) this.#open.pop()
    const quote = this.#open.at(-1)
    if (quote?.kind !== 'blockquote') return
    this.#open.pop()
    const length = this.#text.length - quote.offset
    const type = isExpandable ? 'expandable_blockquote' : 'blockquote'
    if (length > 0) this.#entities.push({ type, offset: quote.offset, length })
  }

  #noEndOf(open: Open | undefined): EntityFault {
    const { kind, rawAt } = open ?? { kind: 'blockquote', rawAt: 0 }
    return new EntityFault(`Can't find end of ${PRINTED[kind]} entity at byte offset ${byteOffset(this.#raw, rawAt)}`)
  }
}

/** ASCII 1 to 126 may be escaped. */
function isEscapable(c: string): boolean {
  return c !== '' && c >= '\u0001' && c <= '~'
}

function emojiOrTime(link: string | undefined, place: { offset: number; length: number }): MessageEntity {
  if (link === undefined) throw new EntityFault('The entity must contain a tg://emoji or tg://time URL')
  const emojiId = linkedEmojiId(link)
  if (emojiId !== undefined) return { type: 'custom_emoji', ...place, custom_emoji_id: emojiId }
  const time = linkedTime(link)
  if (time === undefined) throw new EntityFault('Invalid tg://emoji or tg://time URL specified')
  return { type: 'date_time', ...place, unix_time: time.unixSeconds, date_time_format: dateFormat(time.format) }
}
