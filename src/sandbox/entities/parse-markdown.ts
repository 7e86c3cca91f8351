import type { MessageEntity } from '@grammyjs/types'
import { byteOffset, EntityFault, isSpace } from './entity-fault.ts'
import { linkEntity } from './link-entity.ts'

interface Result {
  text: string
  entities: MessageEntity[]
}

/** Parse mode `Markdown`, the legacy one: `_ * [ and backtick`, no nesting, no escapes inside an entity. */
export function parseMarkdown(raw: string): Result {
  const result: Result = { text: '', entities: [] }
  let at = 0
  while (at < raw.length) {
    const c = raw.charAt(at)
    if (c === '\\' && /^[_*`[]/.test(raw.slice(at + 1, at + 2))) {
      result.text += raw.charAt(at + 1)
      at += 2
    } else if ('_*`['.includes(c)) {
      at = readEntity(raw, at, result)
    } else {
      result.text += c
      at += 1
    }
  }
  return result
}

/** Reads the entity that starts at `begin` into `result`; returns the position after it. */
function readEntity(raw: string, begin: number, result: Result): number {
  const isPre = raw.startsWith('```', begin)
  const { contentAt, language } = isPre ? preHeader(raw, begin + 3) : { contentAt: begin + 1, language: '' }
  const closing = isPre ? '```' : raw[begin] === '[' ? ']' : raw.charAt(begin)
  const end = raw.indexOf(closing, contentAt)
  if (end < 0) {
    throw new EntityFault(`Can't find end of the entity starting at byte offset ${byteOffset(raw, begin)}`)
  }
  const content = raw.slice(contentAt, end)
  const link = raw[begin] === '[' ? readLink(raw, end, content) : { url: '', next: end + closing.length }
  const place = { offset: result.text.length, length: content.length }
  result.text += content
  if (content !== '') result.entities.push(...entityOf(raw.charAt(begin), isPre, language, link.url, place))
  // An empty `[]` leaves its `(…)` in the text: the server looks for an address only where there is something to click.
  return content === '' ? end + closing.length : link.next
}

/** Skips the language and one line break of a fenced block. Shared with MarkdownV2. */
export function preHeader(raw: string, from: number): { contentAt: number; language: string } {
  let end = from
  while (!isSpace(raw.charAt(end)) && raw.charAt(end) !== '`') end += 1
  const hasLanguage = end > from && end < raw.length && raw.charAt(end) !== '`'
  const contentAt = hasLanguage ? end : from
  const lineBreak = /^(?:\r\n|\n\r|\n|\r)/.exec(raw.slice(contentAt, contentAt + 2))?.[0] ?? ''
  return { contentAt: contentAt + lineBreak.length, language: hasLanguage ? raw.slice(from, end) : '' }
}

function readLink(raw: string, closingAt: number, content: string): { url: string; next: number } {
  if (raw[closingAt + 1] !== '(') return { url: content, next: closingAt + 1 }
  const end = raw.indexOf(')', closingAt + 2)
  const urlEnd = end < 0 ? raw.length : end
  return { url: raw.slice(closingAt + 2, urlEnd), next: urlEnd + 1 }
}

function entityOf(
  mark: string,
  isPre: boolean,
  language: string,
  url: string,
  place: { offset: number; length: number },
): MessageEntity[] {
  if (mark === '_') return [{ type: 'italic', ...place }]
  if (mark === '*') return [{ type: 'bold', ...place }]
  if (mark === '[') return [linkEntity(url, place.offset, place.length)].filter((entity) => entity !== undefined)
  if (!isPre) return [{ type: 'code', ...place }]
  return [{ type: 'pre', ...place, ...(language !== '' && { language }) }]
}
