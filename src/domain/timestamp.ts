const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/

/** Milliseconds since 1970 of an RFC 3339 time in any offset; undefined when it is none, or is a date that does not exist. */
export function timestampMs(text: string): number | undefined {
  const match = RFC_3339.exec(text)
  if (!match) return undefined
  const ms = Date.parse(text.toUpperCase())
  if (Number.isNaN(ms)) return undefined
  // `Date.parse` rolls 30 February over into March; whoever wrote it meant something else.
  const day = new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])))
  return day.getUTCDate() === Number(match[3]) ? ms : undefined
}
