/** Where a Bot API server listens: what a connection pool needs, and what stands before `/bot<token>/<method>`. */
export interface ApiRoot {
  origin: string
  /** `''`, or a path such as `/telegram` without a slash at its end. */
  prefix: string
}

/**
 * Reads an address such as `https://api.telegram.org` or `http://127.0.0.1:8081/telegram/`. Blanks around it and slashes at its end
 * do not matter.
 *
 * @throws an Error whose message says in one sentence what is wrong; it repeats nothing of the address, which may hold a password.
 */
export function parseApiRoot(address: string): ApiRoot {
  const text = address.trim()
  if (!/^https?:\/\//i.test(text)) {
    throw new Error('The Bot API address must begin with http:// or https://, as in https://api.telegram.org.')
  }
  const url = URL.parse(text)
  if (url === null) throw new Error('The Bot API address is not a valid URL.')
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new Error('The Bot API address must be a host and at most a path: no user, query or fragment.')
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') }
}
