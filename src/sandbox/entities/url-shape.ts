import { isTopLevelDomain } from './top-level-domains.ts'

/** Cuts the punctuation that belongs to the sentence rather than to the address. */
export function withoutBadEnd(path: string): string {
  return path.replace(/[.:;,('?!`]+$/, '')
}

/**
 * The part of a candidate that Telegram would show as a link, or undefined for none: a domain of two or more labels with a known
 * ending (any ending after `http://`), or an IPv4 address; a path ends at an unbalanced bracket. Source: TDLib, `fix_url`.
 */
export function plausibleUrl(candidate: string): string | undefined {
  const protocol = /^(?:https?|ftp):\/\//i.exec(candidate)?.[0] ?? ''
  const rest = candidate.slice(protocol.length)
  const domainEnd = rest.search(/[/?#]/)
  const authority = domainEnd < 0 ? rest : rest.slice(0, domainEnd)
  const path = domainEnd < 0 ? '' : rest.slice(domainEnd)
  const domain = authority.slice(authority.indexOf('@') + 1).replace(/:[^:]*$/, '')
  if (!isDomain(domain, protocol !== '')) return undefined
  return protocol + authority + withoutBadEnd(balanced(path))
}

const OPENING: ReadonlyMap<string, string> = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
])

function balanced(path: string): string {
  const depth = new Map([...OPENING.values()].map((bracket) => [bracket, 0]))
  for (let at = 0; at < path.length; at++) {
    const c = path.charAt(at)
    const opening = OPENING.get(c) ?? c
    const before = depth.get(opening)
    if (before === undefined) continue
    if (opening !== c && before === 0) return path.slice(0, at)
    depth.set(opening, before + (opening === c ? 1 : -1))
  }
  return path
}

function isDomain(domain: string, hasProtocol: boolean): boolean {
  const labels = domain.split('.')
  if (labels.length < 2 || labels.some((label) => !isLabel(label))) return false
  if (isIpv4(labels)) return true
  if (/^[\d.]*$/.test(domain)) return false
  const [second = '', top = ''] = labels.slice(-2)
  return isTop(top, hasProtocol) && !second.includes('_')
}

function isLabel(label: string): boolean {
  return label !== '' && Buffer.byteLength(label) < 64 && !label.endsWith('-')
}

function isIpv4(labels: readonly string[]): boolean {
  return labels.length === 4 && labels.every((label) => /^(?:0|[1-9]\d{0,2})$/.test(label) && Number(label) <= 255)
}

function isTop(top: string, hasProtocol: boolean): boolean {
  if (Array.from(top).length < 2) return false
  if (top.startsWith('xn--')) return /^xn--[a-z0-9]{2,}$/i.test(top)
  if (/[_-]/.test(top)) return false
  return hasProtocol || isTopLevelDomain(top)
}
