/**
 * What stands in JSON where a text is meant: a text, or a number as those systems took it. Undefined for anything else, and for a number
 * that JSON's reader could not keep as it was written: the text would be another one.
 */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value)
}
