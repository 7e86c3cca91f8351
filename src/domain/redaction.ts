/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

/**
 * Secrets that can be told by their shape, wherever they stand in a text. The order matters: whole parts of a URL first, then what may
 * stand alone.
 */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // `https://user:password@host`. The user part goes too: with proxies it is often a key.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+@/gi, `$1${REDACTED}@`],
  // Hook addresses carry their token in the path.
  [/(\/s\/)[^\s/?#"'<>]+/g, `$1${REDACTED}`],
  // Query strings: some callers put tokens there.
  [/((?:[a-z][a-z0-9+.-]*:\/)?\/[^\s?"'<>]*)\?[^\s"'<>]+/gi, `$1?${REDACTED}`],
  // A bot token as Telegram makes it, `<bot id>:<secret>`, after `bot` or alone.
  [/(\d{3,}):[A-Za-z0-9_-]{20,}/g, `$1:${REDACTED}`],
  [/(bot\d+)(?::|%3A)[A-Za-z0-9_-]+/gi, `$1:${REDACTED}`],
  // Our API tokens.
  [/pr_[A-Za-z0-9_-]{6,}/g, `pr_${REDACTED}`],
  // JSON Web Tokens: the header of each begins with `{"`.
  [/eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){1,4}/g, REDACTED],
  // Credentials of an Authorization header that was put into a sentence.
  [/\b(Bearer|Basic|Token) +[A-Za-z0-9+/=._~-]{8,}/gi, `$1 ${REDACTED}`],
  // `password=…` of a form, `"password": "…"` of JSON, `cookie: …` of a header, inside an error of another program.
  [/((?:password|passwd|secret|token|api_?key)=)[^\s,;&"'<>]+/gi, `$1${REDACTED}`],
  [/("(?:[a-z_]*(?:password|secret|token|key))"\s*:\s*")(?:[^"\\]|\\.)*"/gi, `$1${REDACTED}"`],
  [/(\b(?:authorization|(?:set-)?cookie)["']?\s*[:=]\s*)[^\r\n"']*[^\s"']/gi, `$1${REDACTED}`],
]

/** The same text without anything that looks like a secret. Idempotent. */
export function redactText(text: string): string {
  return PATTERNS.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text)
}
