/**
 * Whether whoever sent this `Accept` would rather have a page than JSON, as a browser would: it names `text/html`, and JSON with less weight
 * or not at all. Without the header, or with no more than wildcards in it, it is a program.
 */
export function prefersHtml(accept: string | undefined): boolean {
  const ranges = (accept ?? '').toLowerCase().split(',').map(readRange)
  const weightOf = (type: string): number => ranges.find((range) => range.type === type)?.weight ?? 0
  return weightOf('text/html') > weightOf('application/json')
}

/** RFC 9110, 12.5.1; a weight that cannot be read counts as none given. */
function readRange(range: string): { type: string; weight: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
  const weight = parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1]).find(Boolean)
  return { type, weight: weight === undefined ? 1 : Number(weight) }
}
