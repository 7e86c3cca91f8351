/** What stands in the address of the sign-in page. */
export interface Return {
  /** Where to go afterwards, as a path of this page. */
  next?: string | undefined
  /** A session was there and is over. */
  ended?: true | undefined
}

/**
 * Only a path of our own: whoever made the link must not send a person elsewhere after the password was entered. What is refused is said to
 * be undefined, because the router lays what it gets here over what stands in the address, and would keep what is merely left out.
 */
export function readReturn(search: Record<string, unknown>): Return {
  const { next, ended } = search
  return {
    next: typeof next === 'string' && isOwnPath(next) ? next : undefined,
    ended: ended === true ? true : undefined,
  }
}

function isOwnPath(path: string): boolean {
  if (!path.startsWith('/')) return false
  const here = 'https://here.invalid'
  return URL.canParse(path, here) && new URL(path, here).origin === here
}
