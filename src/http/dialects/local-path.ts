/** Any other; only whether a path stays on it counts. */
const HERE = 'http://here.invalid'

/**
 * Where to go next on this server, as somebody asked for it: a path with its query, in the form that a `Location` header takes. Undefined
 * for what would lead to another server, however it is written, and for what is no path.
 */
export function localPath(asked: string): string | undefined {
  if (!asked.startsWith('/') || !URL.canParse(asked, HERE)) return undefined
  const { origin, pathname, search, hash } = new URL(asked, HERE)
  // `/..//elsewhere` is tidied up into `//elsewhere`, which a browser takes for a server.
  return origin === HERE && !pathname.startsWith('//') ? pathname + search + hash : undefined
}
