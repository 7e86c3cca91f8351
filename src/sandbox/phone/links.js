/**
 * @typedef {{ bot: string, start?: string, startGroup?: string }} BotLink
 */

/**
 * Whether a link that a bot gave may be opened: never one that would run as code.
 * @param {string} url
 */
export function isOpenable(url) {
  return /^(?:https?|mailto|tel|tg):/i.test(url)
}

/**
 * Reads a link to a bot: `https://t.me/<bot>?start=…`, `?startgroup=…`, `tg://resolve?domain=<bot>&start=…`, or an address of this
 * page with `start` and `payload`. Undefined for anything else. Source: Bot API, "Deep linking".
 * @param {string} text
 * @returns {BotLink | undefined}
 */
export function readBotLink(text) {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:/i.test(text.trim()) ? text.trim() : `https://${text.trim()}`)
  if (!url) return undefined
  if (url.protocol === 'tg:') return botLink(url.searchParams.get('domain'), url.searchParams)
  if (/^(?:www\.)?(?:t|telegram)\.me$/i.test(url.hostname)) return botLink(url.pathname.slice(1), url.searchParams)
  const isHere = url.origin === location.origin && url.pathname === location.pathname
  return isHere ? pageLink(url.searchParams) : undefined
}

/**
 * What this page is asked to do by its own address: `?start=<bot>&payload=<code>`.
 * @param {URLSearchParams} query
 * @returns {BotLink | undefined}
 */
export function pageLink(query) {
  const bot = query.get('start')
  return bot === null ? undefined : { bot: bot.replace(/^@/, ''), start: query.get('payload') ?? '' }
}

/**
 * @param {string | null} name
 * @param {URLSearchParams} query
 * @returns {BotLink | undefined}
 */
function botLink(name, query) {
  if (name === null || !/^[a-z][a-z0-9_]{3,31}\/?$/i.test(name)) return undefined
  const start = query.get('start')
  const startGroup = query.get('startgroup')
  return {
    bot: name.replace(/\/$/, ''),
    ...(start !== null && { start }),
    ...(startGroup !== null && { startGroup }),
  }
}
