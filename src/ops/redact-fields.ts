import { REDACTED, redactText } from '../domain/redaction.ts'

/** Names of fields whose value is a secret whatever it looks like. `tokenHint` and `tokenId` are made to be shown. */
const SECRET_NAME =
  /(password|passwd|secret|secret-?_?key|token|authorization|cookie|credential|api-?_?key|private-?_?key|link-?_?code|chat-?_?code)s?$/i

/** Bounds, so that a log line about something huge or endless is still a log line. */
const MAX_DEPTH = 6
const MAX_ENTRIES = 100
const MAX_TEXT = 10_000

/** A copy that is safe to write: plain values, no secret in any of them, no cycles, nothing endless. Never throws. */
export function redactFields(fields: object): Record<string, unknown> {
  const plain = plainOf(fields, [])
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain)
    ? (plain as Record<string, unknown>)
    : { value: plain }
}

function plainOf(value: unknown, parents: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value)
    case 'bigint':
    case 'symbol':
      return redactText(String(value))
    case 'function':
      return '[function]'
    case 'object':
      return value === null ? null : plainObject(value, parents)
    default:
      return value
  }
}

function plainObject(value: object, parents: readonly object[]): unknown {
  if (parents.includes(value)) return '[circular]'
  if (parents.length >= MAX_DEPTH) return '[too deep]'
  const within = [...parents, value]
  try {
    if (value instanceof Error) return plainError(value, within)
    if (value instanceof Date || value instanceof URL) return redactText(value.toJSON() ?? 'invalid date')
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
    if (value instanceof Map) return plainEntries(value.entries(), within)
    if (value instanceof Set) return plainItems([...value], within)
    if (Array.isArray(value)) return plainItems(value, within)
    return plainEntries(Object.entries(value), within)
  } catch {
    // A getter or a proxy that throws.
    return '[unreadable]'
  }
}

function plainItems(items: readonly unknown[], parents: readonly object[]): unknown[] {
  const shown = items.slice(0, MAX_ENTRIES).map((item) => plainOf(item, parents))
  return items.length > MAX_ENTRIES ? [...shown, `[${items.length - MAX_ENTRIES} more]`] : shown
}

function plainEntries(entries: Iterable<[unknown, unknown]>, parents: readonly object[]): Record<string, unknown> {
  const plain: Record<string, unknown> = Object.create(null)
  let count = 0
  for (const [key, value] of entries) {
    if (++count > MAX_ENTRIES) break
    const name = typeof key === 'string' ? key : String(plainOf(key, parents))
    plain[redactText(name)] = isSecret(name, value) ? REDACTED : plainOf(value, parents)
  }
  return plain
}

/** A count or a flag of that name is no secret. */
function isSecret(name: string, value: unknown): boolean {
  return SECRET_NAME.test(name) && !['number', 'boolean', 'undefined'].includes(typeof value) && value !== null
}

/** What an error says, its stack without the source of a secret, why it happened, and its own fields such as `code`. */
function plainError(error: Error, parents: readonly object[]): Record<string, unknown> {
  const own = plainEntries(
    Object.entries(error).filter(([key]) => key !== 'cause' && key !== 'errors'),
    parents,
  )
  const reasons = error instanceof AggregateError ? { errors: plainOf(error.errors, parents) } : {}
  const cause = error.cause === undefined ? {} : { cause: plainOf(error.cause, parents) }
  const told = {
    type: plainOf(error.name, parents),
    message: plainOf(error.message, parents),
    stack: plainOf(error.stack, parents),
  }
  return { ...own, ...told, ...reasons, ...cause }
}
