import fc from 'fast-check'
import type { Ask } from './dialect-house.ts'
import { type Operation, type Sample, askOf } from './openapi-samples.ts'

type Values = Readonly<Record<string, unknown>>

/** One thing done to a good request: to its values, or to what is sent in the end. */
export interface Spoiling {
  values?: (sample: Sample) => Sample
  sent?: (ask: Ask) => Ask
  /** For a failure's message. */
  toString: () => string
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed()),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '0',
    '-1',
    '1e309',
    '9007199254740993',
    'true',
    '../..',
    "' or 1=1 --",
    '[]',
    'null',
  ),
)
const anyValue = fc.oneof(
  anyText,
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
  fc.constantFrom<unknown>(true, null, 0, -1, 1.5, 2 ** 53, 1e308, [], {}, [null], { text: 'x' }, 'x'.repeat(40_000)),
)
const anyName = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'id', 'userId', 'role', ''), anyText)
const place = fc.constantFrom('path' as const, 'query' as const, 'header' as const)
const mediaTypes = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/html',
  'application/xml',
  'application/octet-stream',
  '/',
)
const methods = fc.constantFrom<Ask['method']>('GET', 'POST', 'PUT', 'PATCH', 'DELETE')

/** Bytes instead of the body as it was. */
const ENCODINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  'latin 1': (text) => Buffer.from(`${text}\xe9`, 'latin1'),
  'UTF-16': (text) => Buffer.from(text, 'utf16le'),
  'UTF-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  'a half': (text) => Buffer.from(text.slice(0, text.length / 2)),
  twice: (text) => Buffer.from(text + text),
  nothing: () => Buffer.alloc(0),
  'half surrogates': (text) => Buffer.from(text.replaceAll(/:"/g, ':"\\ud800')),
  depth: () => Buffer.from('[{"a":'.repeat(5000)),
  'a number without end': (text) => Buffer.from(text.replaceAll(/:"[^"]*"/g, `:1${'0'.repeat(400)}`)),
  'too much': (text) => Buffer.from(text.padEnd(600 * 1024)),
}

const parameter = named('parameter', fc.tuple(place, fc.nat(4), anyText), (where, at, text) => ({
  values: (sample) => {
    const name = nameAt(sample[where], at)
    // Node sends no header with other characters.
    const value = where === 'header' ? encodeURIComponent(text) : text
    return name === undefined ? sample : { ...sample, [where]: { ...sample[where], [name]: value } }
  },
}))

export const anySpoiling: fc.Arbitrary<Spoiling> = fc.oneof(
  parameter,
  parameter,
  parameter,
  named('drop', fc.tuple(fc.nat(6)), (at) => ({ values: inBody((fields) => withoutAt(fields, at)) })),
  named('replace', fc.tuple(fc.nat(6), anyValue), (at, value) => ({
    values: inBody((fields) => ({
      ...fields,
      ...(nameAt(fields, at) !== undefined && { [nameAt(fields, at) ?? '']: value }),
    })),
  })),
  named('stretch', fc.tuple(fc.nat(6), fc.constantFrom(65, 257, 32_769, 100_000)), (at, length) => ({
    values: inBody((fields) => {
      const name = nameAt(fields, at)
      const text = name === undefined ? undefined : fields[name]
      return typeof text === 'string' && name !== undefined ? { ...fields, [name]: text.padEnd(length, 'x') } : fields
    }),
  })),
  named('add', fc.tuple(anyName, anyValue), (name, value) => ({
    values: inBody((fields) => Object.fromEntries([...Object.entries(fields), [name, value]])),
  })),
  named('another body', fc.tuple(anyValue), (body) => ({
    values: (sample) => ({ ...sample, body, mediaType: 'application/json' }),
  })),
  named('query', fc.tuple(anyName, anyText), (name, text) => ({
    sent: (ask) => ({
      ...ask,
      url: `${ask.url}${ask.url.includes('?') ? '&' : '?'}${new URLSearchParams([[name, text]]).toString()}`,
    }),
  })),
  named('media type', fc.tuple(mediaTypes), (type) => ({
    sent: (ask) => ({ ...ask, headers: { ...ask.headers, 'content-type': type } }),
  })),
  named('encoding', fc.tuple(fc.constantFrom(...Object.keys(ENCODINGS))), (name) => ({
    sent: ({ form, body, headers, ...ask }) => ({
      ...ask,
      headers: { 'content-type': 'application/json', ...headers },
      body: ENCODINGS[name]?.(typeof body === 'string' ? body : JSON.stringify(body ?? {})) ?? '',
      ...(form && {}),
    }),
  })),
  named('compressed', fc.tuple(fc.constantFrom('gzip', 'br', 'identity', 'x')), (encoding) => ({
    sent: (ask) => ({ ...ask, headers: { ...ask.headers, 'content-encoding': encoding } }),
  })),
  named('method', fc.tuple(methods), (method) => ({ sent: (ask) => ({ ...ask, method }) })),
  named('slash', fc.tuple(), () => ({ sent: (ask) => ({ ...ask, url: ask.url.replace(/(?<=.)\/?(\?|$)/, turned) }) })),
)

function turned(end: string): string {
  return end.startsWith('/') ? end.slice(1) : `/${end}`
}

function named<T extends unknown[]>(
  name: string,
  given: fc.Arbitrary<T>,
  make: (...values: T) => Omit<Spoiling, 'toString'>,
): fc.Arbitrary<Spoiling> {
  return given.map((values) => ({
    ...make(...values),
    toString: () => `${name} ${JSON.stringify(values).slice(0, 200)}`,
  }))
}

function inBody(change: (fields: Values) => Values): (sample: Sample) => Sample {
  return (sample) => {
    const { body } = sample
    return typeof body === 'object' && body !== null ? { ...sample, body: change(body as Values) } : sample
  }
}

function nameAt(fields: Values, at: number): string | undefined {
  const names = Object.keys(fields)
  return names[at % Math.max(1, names.length)]
}

function withoutAt(fields: Values, at: number): Values {
  const gone = nameAt(fields, at)
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== gone))
}

/** The values as they are then, and what is sent. */
export function spoiled(
  operation: Operation,
  sample: Sample,
  spoilings: readonly Spoiling[],
): { sample: Sample; ask: Ask } {
  const values = spoilings.reduce((last, { values: change }) => change?.(last) ?? last, sample)
  const ask = spoilings.reduce((last, { sent }) => sent?.(last) ?? last, askOf(operation, values))
  return { sample: values, ask }
}
