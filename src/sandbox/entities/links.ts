export type LinkCheck = { ok: true; url: string } | { ok: false; reason: string }

const OWN_SCHEMES = ['tg', 'ton', 'tonsite'] as const
const HOST = /^(?:[a-z0-9._~!$,*'();&+=\-\u0080-\uffff]|%[0-9a-f]{2})+$/
const USER_INFO = /^(?:[A-Za-z0-9._~!$,*'();&+=:\-\u0080-\uffff]|%[0-9A-Fa-f]{2})*$/

/**
 * Checks a link the way Telegram does before it becomes a `text_link` or a button, and writes it in Telegram's canonical form
 * (host in lower case, a path of at least `/`). Only http, https, tg, ton and tonsite pass; an http host needs a dot, so
 * `http://localhost` is refused. Source: TDLib, `LinkManager::check_link_impl` and `parse_url`.
 */
export function checkLink(link: string): LinkCheck {
  const scheme = OWN_SCHEMES.find((name) => link.toLowerCase().startsWith(`${name}:`))
  if (scheme !== undefined) return checkOwnLink(scheme, link.slice(scheme.length + 1).replace(/^\/\//, ''))
  const url = splitUrl(link)
  if (!url.ok) return url
  if (!url.host.includes('.') && !url.host.startsWith('[')) return { ok: false, reason: 'Wrong HTTP URL' }
  const user = url.userInfo === '' ? '' : `${url.userInfo}@`
  const port = url.port === 0 ? '' : `:${url.port}`
  return { ok: true, url: `${url.protocol}://${user}${url.host}${port}${url.path}` }
}

/** The canonical link, or undefined when Telegram would drop it. */
export function checkedLink(link: string): string | undefined {
  const checked = checkLink(link)
  return checked.ok ? checked.url : undefined
}

function checkOwnLink(scheme: string, rest: string): LinkCheck {
  const url = splitUrl(rest)
  if (!url.ok) return url
  const isForeign = /^https?:\/\//i.test(rest) || url.userInfo !== '' || url.port !== 0 || url.host.startsWith('[')
  if (isForeign) return { ok: false, reason: `Wrong ${scheme === 'tg' ? 'tg' : 'ton'} URL` }
  const allowed = scheme === 'tonsite' ? /^[a-z0-9_.-]+$/ : /^[a-z0-9_-]+$/
  if (!allowed.test(url.host)) return { ok: false, reason: 'Unallowed characters in URL host' }
  return { ok: true, url: `${scheme}://${url.host}${url.path.replace(/^\/\?/, '?')}` }
}

type SplitUrl =
  | { ok: true; protocol: string; userInfo: string; host: string; port: number; path: string }
  | { ok: false; reason: string }

function splitUrl(text: string): SplitUrl {
  const scheme = /^([^:]*):\/\//.exec(text)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return { ok: false, reason: 'Unsupported URL protocol' }
  }
  const rest = scheme === undefined ? text : text.slice(scheme.length + 3)
  const pathAt = rest.search(/[/?#]/)
  const authority = pathAt < 0 ? rest : rest.slice(0, pathAt)
  const [, before = '', portText] = /^(.*?)(?::([^:\]@]*))?$/s.exec(authority) ?? []
  const port = portText === undefined ? 0 : portNumber(portText)
  if (port === undefined) return { ok: false, reason: 'Wrong port number specified in the URL' }
  const at = before.lastIndexOf('@')
  const host = before.slice(at + 1).toLowerCase()
  const userInfo = at < 0 ? '' : before.slice(0, at)
  if (host === '') return { ok: false, reason: 'URL host is empty' }
  if (!isHost(host) || !USER_INFO.test(userInfo)) return { ok: false, reason: 'Wrong URL host' }
  const path = writtenPath(pathAt < 0 ? '' : rest.slice(pathAt))
  return { ok: true, protocol: scheme ?? 'http', userInfo, host, port, path }
}

function portNumber(text: string): number | undefined {
  const port = /^\d+$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}

function isHost(host: string): boolean {
  return /^\[[0-9a-f:.]+\]$/.test(host) || (host !== '.' && HOST.test(host))
}

function writtenPath(text: string): string {
  const path = text.replace(/[\0\t\n\v\r ]+$/, '')
  const absolute = path.startsWith('/') ? path : `/${path}`
  return Array.from(absolute, (c) => (c <= ' ' ? `%${c.charCodeAt(0).toString(16).padStart(2, '0')}` : c)).join('')
}

function ownParameters(link: string, host: string): URLSearchParams | undefined {
  const query = new RegExp(`^tg:(?://)?${host}/?\\?([^#]*)`, 'i').exec(link)?.[1]
  return query === undefined ? undefined : new URLSearchParams(query)
}

/** The user of `tg://user?id=…`: such a link becomes a `text_mention`. */
export function linkedUserId(link: string): number | undefined {
  const id = ownParameters(link.toLowerCase(), 'user')?.get('id')
  return id !== null && id !== undefined && /^[1-9]\d{0,15}$/.test(id) ? Number(id) : undefined
}

/** The emoji of `tg://emoji?id=…`. */
export function linkedEmojiId(link: string): string | undefined {
  const id = ownParameters(link, 'emoji')?.get('id')
  return id !== null && id !== undefined && isEmojiId(id) ? id : undefined
}

/** A custom emoji is named by a 64-bit number other than zero. */
export function isEmojiId(id: string): boolean {
  return /^-?\d{1,19}$/.test(id) && BigInt(id) !== 0n
}

/** The moment (Unix seconds) and the format of `tg://time?unix=…&format=…`. */
export function linkedTime(link: string): { unixSeconds: number; format: string } | undefined {
  const parameters = ownParameters(link, 'time')
  const unixSeconds = Number(parameters?.get('unix') ?? Number.NaN)
  if (parameters === undefined || !Number.isInteger(unixSeconds) || unixSeconds <= 0) return undefined
  return { unixSeconds, format: parameters.get('format') ?? '' }
}
