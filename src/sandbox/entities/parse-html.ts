import type { MessageEntity } from '@grammyjs/types'
import { dateFormat } from './date-format.ts'
import { byteOffset, EntityFault } from './entity-fault.ts'
import { readReference } from './html-reference.ts'
import { readEndTag, readStartTag } from './html-tag.ts'
import { linkEntity } from './link-entity.ts'
import { isEmojiId } from './links.ts'

interface OpenTag {
  name: string
  attributes: ReadonlyMap<string, string>
  /** Where it begins in the result. */
  offset: number
}

type Place = Pick<MessageEntity, 'offset' | 'length'>

const STYLES: Readonly<Record<string, 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler'>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
}

/** Parse mode `HTML`. Throws `EntityFault` with the server's description. */
export function parseHtml(raw: string): { text: string; entities: MessageEntity[] } {
  if (raw.includes('\0')) throw new EntityFault('Text must not contain null bytes')
  return new Html(raw).parse()
}

class Html {
  readonly #raw: string
  readonly #entities: MessageEntity[] = []
  readonly #open: OpenTag[] = []
  /** `<code class="language-…">`, which becomes the language of a `pre` of the same extent. */
  readonly #languages = new Map<MessageEntity, string>()
  #text = ''
  #at = 0

  constructor(raw: string) {
    this.#raw = raw
  }

  parse(): { text: string; entities: MessageEntity[] } {
    while (this.#at < this.#raw.length) this.#step()
    const left = this.#open.at(-1)
    if (left) throw new EntityFault(`Can't find end tag corresponding to start tag "${left.name}"`)
    return { text: this.#text, entities: this.#entities }
  }

  #step(): void {
    const c = this.#raw.charAt(this.#at)
    if (c === '<') return this.#raw[this.#at + 1] === '/' ? this.#endTag() : this.#startTag()
    const reference = c === '&' ? readReference(this.#raw, this.#at) : undefined
    this.#text += reference?.character ?? c
    this.#at = reference?.next ?? this.#at + 1
  }

  #startTag(): void {
    const { name, attributes, next } = readStartTag(this.#raw, this.#at)
    if (name === 'span' && attributes.get('class') !== 'tg-spoiler') {
      const where = byteOffset(this.#raw, this.#at)
      throw new EntityFault(`Tag "span" must have class "tg-spoiler" at byte offset ${where}`)
    }
    this.#open.push({ name, attributes, offset: this.#text.length })
    this.#at = next
  }

  #endTag(): void {
    const where = byteOffset(this.#raw, this.#at)
    const tag = this.#open.at(-1)
    if (!tag) throw new EntityFault(`Unexpected end tag at byte offset ${where}`)
    const { name, next } = readEndTag(this.#raw, this.#at)
    if (name !== '' && name !== tag.name) {
      throw new EntityFault(`Unmatched end tag at byte offset ${where}, expected "</${tag.name}>", found "</${name}>"`)
    }
    this.#open.pop()
    this.#at = next
    const length = this.#text.length - tag.offset
    if (length > 0) this.#add(tag, { offset: tag.offset, length })
  }

  #add(tag: OpenTag, place: Place): void {
    if (tag.name === 'pre') return this.#addPre(place)
    if (tag.name === 'code') return this.#addCode(place, codeLanguage(tag))
    const entity = this.#entityOf(tag, place)
    if (entity) this.#entities.push(entity)
  }

  #entityOf({ name, attributes }: OpenTag, place: Place): MessageEntity | undefined {
    const style = STYLES[name]
    if (style) return { type: style, ...place }
    if (name === 'blockquote') {
      return { type: attributes.has('expandable') ? 'expandable_blockquote' : 'blockquote', ...place }
    }
    if (name === 'tg-emoji') return emoji(attributes.get('emoji-id') ?? '', place)
    if (name === 'tg-time') return time(attributes, place)
    const href = attributes.get('href') ?? ''
    return linkEntity(href === '' ? this.#text.slice(place.offset) : href, place.offset, place.length)
  }

  #addPre(place: Place): void {
    const inner = this.#sameExtent('code', place)
    const language = inner && this.#languages.get(inner)
    if (language === undefined) {
      this.#entities.push({ type: 'pre', ...place })
    } else {
      this.#entities.splice(-1, 1, { type: 'pre', ...place, language })
    }
  }

  #addCode(place: Place, language: string): void {
    if (language !== '' && this.#sameExtent('pre', place)) {
      this.#entities.splice(-1, 1, { type: 'pre', ...place, language })
      return
    }
    const code: MessageEntity = { type: 'code', ...place }
    if (language !== '') this.#languages.set(code, language)
    this.#entities.push(code)
  }

  #sameExtent(type: 'code' | 'pre', place: Place): MessageEntity | undefined {
    const last = this.#entities.at(-1)
    return last?.type === type && last.offset === place.offset && last.length === place.length ? last : undefined
  }
}

function codeLanguage(tag: OpenTag): string {
  const name = tag.attributes.get('class') ?? ''
  return name.startsWith('language-') ? name.slice('language-'.length) : ''
}

function emoji(id: string, place: Place): MessageEntity {
  if (!isEmojiId(id)) throw new EntityFault('Invalid custom emoji identifier specified')
  return { type: 'custom_emoji', ...place, custom_emoji_id: id }
}

function time(attributes: ReadonlyMap<string, string>, place: Place): MessageEntity | undefined {
  const format = dateFormat(attributes.get('format') ?? '')
  const unixSeconds = Number.parseInt(attributes.get('unix') ?? '', 10)
  return unixSeconds > 0 ? { type: 'date_time', ...place, unix_time: unixSeconds, date_time_format: format } : undefined
}
