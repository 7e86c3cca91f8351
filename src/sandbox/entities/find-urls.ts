import type { MessageEntity } from '@grammyjs/types'
import { plausibleUrl, withoutBadEnd } from './url-shape.ts'

const SEPARATOR = String.raw`\p{Z}`
/** Of the general punctuation only the joiners and the dashes may stand in an address. */
const PUNCTUATION = String.raw`\u2000-\u200b\u200e\u200f\u2016-\u206f`
const PATH = new RegExp(`[^\\n<>"«»${SEPARATOR}${PUNCTUATION}]*`, 'uy')
const DOMAIN_CHARACTER = new RegExp(`^(?:[a-zA-Z0-9._~-]|[^\\0-\\u00bf${SEPARATOR}${PUNCTUATION}])$`, 'u')
const USER_CHARACTER = new RegExp(`^[^\\n/\\[\\]{}()'\`<>"@«»${SEPARATOR}${PUNCTUATION}]$`, 'u')
const WORD_CHARACTER = /^[\p{L}\p{N}_]$/u
const PROTOCOL = /(?:^|[^a-zA-Z0-9+\u0080-\uffff-])((?:[a-zA-Z0-9+-]|[\u0080-\uffff])*):\/\/$/
const OWN_LINK = /(?<own>(?:tg|ton):\/\/)[a-zA-Z0-9_-]{1,253}/giu

/** Web addresses, `tg://` links and e-mail addresses of a text. Source of the rules: TDLib, `find_urls` and `find_tg_urls`. */
export function findUrls(text: string): MessageEntity[] {
  return [...findOwnLinks(text), ...findWebUrls(text)]
}

function findOwnLinks(text: string): MessageEntity[] {
  return [...text.matchAll(OWN_LINK)].map((match) => {
    const end = pathEnd(text, match.index + match[0].length)
    return { type: 'url', offset: match.index, length: end - match.index }
  })
}

function findWebUrls(text: string): MessageEntity[] {
  const found: MessageEntity[] = []
  let from = 0
  for (;;) {
    const dot = text.indexOf('.', from)
    if (dot < 0 || dot + 1 === text.length) return found
    const candidate = candidateAround(text, dot, from)
    from = candidate.next
    const entity = candidate.isGood ? entityOf(text, candidate.begin, candidate.end) : undefined
    if (entity) found.push(entity)
  }
}

interface Candidate {
  begin: number
  end: number
  isGood: boolean
  /** Where the search goes on. */
  next: number
}

function candidateAround(text: string, dot: number, from: number): Candidate {
  const domain = domainAround(text, dot, from)
  const end = trimDots(text, pathEnd(text, portEnd(text, domain.end)), dot + 1)
  const start = userInfoStart(text, domain, from)
  const head = protocolStart(text, start.begin, from)
  const isGood = start.isGood && head.isGood
  const next = isGood ? end : text.lastIndexOf('.', end - 1) + 1
  return { begin: head.begin, end, isGood: isGood && end > dot + 1, next: Math.max(next, dot + 1) }
}

interface Domain {
  begin: number
  end: number
  hasAt: boolean
}

function domainAround(text: string, dot: number, from: number): Domain {
  let end = dot
  let hasAt = false
  for (; end < text.length; end++) {
    if (text[end] === '@') hasAt = true
    else if (!DOMAIN_CHARACTER.test(unit(text, end))) break
  }
  const begin = back(text, dot, from, DOMAIN_CHARACTER)
  return { begin: hasAt ? back(text, begin, from, USER_CHARACTER) : begin, end, hasAt }
}

/** `user:password@` before the domain; an address with two `@` is none. */
function userInfoStart(text: string, domain: Domain, from: number): { begin: number; isGood: boolean } {
  if (domain.begin === from || text[domain.begin - 1] !== '@') return { begin: domain.begin, isGood: true }
  const begin = back(text, domain.begin - 1, from, USER_CHARACTER)
  return { begin, isGood: !domain.hasAt && begin < domain.begin - 1 }
}

function protocolStart(text: string, begin: number, from: number): { begin: number; isGood: boolean } {
  if (begin === from) return { begin, isGood: true }
  const before = text.slice(from, begin)
  const protocol = PROTOCOL.exec(before)?.[1]?.toLowerCase()
  if (protocol !== undefined && before.length >= 6) return knownProtocol(protocol, begin)
  const last = Array.from(before.slice(-2)).at(-1) ?? ''
  return { begin, isGood: !WORD_CHARACTER.test(last) && !'/#@'.includes(last) }
}

function knownProtocol(protocol: string, begin: number): { begin: number; isGood: boolean } {
  if (protocol.endsWith('http') && protocol !== 'shttp') return { begin: begin - 7, isGood: true }
  if (protocol.endsWith('https')) return { begin: begin - 8, isGood: true }
  const isFtp = protocol.endsWith('ftp') && protocol !== 'tftp' && protocol !== 'sftp'
  return { begin: isFtp ? begin - 6 : begin, isGood: isFtp }
}

function portEnd(text: string, at: number): number {
  const written = /^:0*(\d{1,5})(?!\d)/.exec(text.slice(at, at + 64))
  return written && Number(written[1]) >= 1 && Number(written[1]) <= 65_535 ? at + written[0].length : at
}

/** The end of a path, query or fragment that starts at `at`; `at` itself when none does. */
function pathEnd(text: string, at: number): number {
  if (!['/', '?', '#'].includes(text.charAt(at))) return at
  PATH.lastIndex = at + 1
  const path = withoutBadEnd(PATH.exec(text)?.[0] ?? '')
  return path === '' && text[at] !== '/' ? at : at + 1 + path.length
}

function trimDots(text: string, end: number, least: number): number {
  let at = end
  while (at > least && text[at - 1] === '.') at -= 1
  return at
}

function back(text: string, at: number, from: number, allowed: RegExp): number {
  let begin = at
  while (begin > from && allowed.test(unit(text, begin - 1))) begin -= 1
  return begin
}

/** One UTF-16 unit; half of a pair counts as some letter, which is what every character beyond the first plane is here. */
function unit(text: string, at: number): string {
  const c = text.charAt(at)
  return c >= '\ud800' && c <= '\udfff' ? '\u4e00' : c
}

const EMAIL =
  /^(?:[a-z0-9_-]{0,26}[.+]){0,10}[a-z0-9_-]{1,35}@(?:(?:[a-z0-9][a-z0-9_-]{0,28})?[a-z0-9][.]){1,6}[a-z]{2,8}$/i

function entityOf(text: string, begin: number, end: number): MessageEntity | undefined {
  const url = text.slice(begin, end)
  const mailFrom = url.startsWith('mailto:') ? 7 : 0
  if (EMAIL.test(url.slice(mailFrom))) {
    return { type: 'email', offset: begin + mailFrom, length: url.length - mailFrom }
  }
  const shown = plausibleUrl(url)
  return shown === undefined ? undefined : { type: 'url', offset: begin, length: shown.length }
}
