/** What stands in the address of the sign-in page. */
export interface Return {
  /** Where to go afterwards, as a path of this page. */
  next?: string
  /** A session was there and is over. */
  ended?: true
}

/** Only a path of our own: whoever made the link must not send a person elsewhere after the password was entered. */
export function readReturn(search: Record<string, unknown>): Return {
  const { next, ended } = search
  return {
    ...(typeof next === 'string' && isOwnPath(next) && { next }),
    ...(ended === true && { ended: true as const }),
  }
}

function isOwnPath(path: string): boolean {
  if (!path.startsWith('/')) return false
  const here = 'https://here.invalid'
  return URL.canParse(path, here) && new URL(path, here).origin === here
}
