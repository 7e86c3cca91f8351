import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { REFUSALS, type Refusal, type RequestFault } from '../../domain/refusals.ts'
import { asText } from './as-text.ts'
import { type Dialect, type DialectAnswer, DialectRefusal } from './dialect.ts'
import { queryText } from './drf-pages.ts'

/** The bodies in which FastAPI refuses: a sentence, or a list of what is wrong where. */
export const FastapiRefusal = Type.Unsafe<{ detail: string | FastapiFault[] }>({
  $id: 'FastapiRefusal',
  title: 'FastapiRefusal',
  type: 'object',
  required: ['detail'],
  properties: {
    // And not a choice of two schemas: what draws the documentation cannot make an example of such a choice.
    detail: {
      type: ['string', 'array'],
      items: {
        type: 'object',
        required: ['loc', 'msg', 'type'],
        properties: {
          loc: { type: 'array', items: { type: 'string' } },
          msg: { type: 'string' },
          type: { type: 'string' },
        },
      },
    },
  },
  examples: [{ detail: 'Not authenticated' }],
})

/** What is wrong with one value, as pydantic 1 says it. */
export interface FastapiFault {
  /** `query`, `body` or `path`, and the name. */
  loc: string[]
  msg: string
  type: string
}

export interface FastapiWords {
  /** What the fields of our use cases are called here: `{ '/body/login': 'email' }`. */
  fields: Readonly<Record<string, string>>
  /** Refusals whose sentence is known there. */
  sentences: Partial<Readonly<Record<Refusal['code'], readonly [status: number, sentence: string]>>>
}

/** Our refusals in the words and shapes of FastAPI. */
export function fastapiRefuse({ fields, sentences }: FastapiWords): Dialect['refuse'] {
  return (refusal, request) => {
    const known = sentences[refusal.code]
    if (known) return detail(...known)
    if (refusal.code === 'credentials_invalid') return unauthorised(request)
    if (refusal.code === 'request_invalid') return invalid(refusal, fields, request)
    if (refusal.code === 'not_found') return detail(404, 'Not Found')
    if (refusal.code === 'method_not_allowed') return detail(405, 'Method Not Allowed')
    if (refusal.code === 'media_type_unsupported') return detail(415, 'Send JSON or a form.')
    return detail(REFUSALS[refusal.code].status, refusal.detail)
  }
}

function detail(status: number, sentence: string): DialectAnswer {
  return { status, body: { detail: sentence } }
}

/** Whoever shows no bearer token has not begun to authenticate; whose token is not good is known not to be let in. */
function unauthorised({ headers }: FastifyRequest): DialectAnswer {
  if (/^bearer /i.test(headers.authorization ?? '')) return detail(403, 'Token error')
  return { ...detail(401, 'Not authenticated'), headers: { 'www-authenticate': 'Bearer' } }
}

function invalid({ errors, detail: text }: Refusal, fields: FastapiWords['fields'], request: FastifyRequest) {
  const faultOf = ({ where, what }: RequestFault): FastapiFault => {
    if (where === '/body') return { loc: ['body'], msg: what, type: 'value_error' }
    const name = fields[where] ?? where.split('/').at(-1) ?? ''
    const place = queryText(request, name) === undefined ? 'body' : 'query'
    return { loc: [place, name], msg: what, type: 'value_error' }
  }
  const faults = errors?.map(faultOf) ?? [{ loc: ['body'], msg: text, type: 'value_error' }]
  return { status: 422, body: { detail: faults } }
}

/** A refusal that says what is wrong where. */
export function unprocessable(...faults: FastapiFault[]): DialectRefusal {
  return new DialectRefusal(422, { detail: faults })
}

/** A text that a request must have, or may have. It may always stand in the query, or in the body as JSON or a form. */
export interface FastapiField {
  /** Where that system looked for it, and where it is said to be missing. The other place counts where this one has none. */
  in: 'query' | 'body'
  /** Default true. */
  required?: boolean
}
type Fields = Readonly<Record<string, FastapiField>>
type Texts<T extends Fields> = { [K in keyof T]: T[K] extends { required: false } ? string | undefined : string }

/** Refuses with 422 that lists what is wrong. Names that are not known are not looked at. */
export function readFields<const T extends Fields>(request: FastifyRequest, fields: T): Texts<T> {
  const body = objectOf(request.body)
  const read = Object.entries(fields).map(([name, field]) => [name, readField(request, body, name, field)] as const)
  const faults = read.flatMap(([, value]) => (typeof value === 'object' ? [value] : []))
  if (faults.length > 0) throw unprocessable(...faults)
  return Object.fromEntries(read) as Texts<T>
}

function objectOf(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) return {}
  if (typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  throw unprocessable({ loc: ['body'], msg: 'value is not a valid dict', type: 'type_error.dict' })
}

function readField(
  request: FastifyRequest,
  body: Readonly<Record<string, unknown>>,
  name: string,
  { in: home, required = true }: FastapiField,
): string | undefined | FastapiFault {
  const inQuery = queryText(request, name)
  const inBody = Object.hasOwn(body, name) ? body[name] : undefined
  const value = home === 'query' ? (inQuery ?? inBody) : (inBody ?? inQuery)
  const text = asText(value)
  if (text !== undefined) return text
  if (value === undefined) {
    return required ? { loc: [home, name], msg: 'field required', type: 'value_error.missing' } : undefined
  }
  if (value === null) {
    const msg = 'none is not an allowed value'
    return { loc: ['body', name], msg, type: 'type_error.none.not_allowed' }
  }
  return { loc: ['body', name], msg: 'str type expected', type: 'type_error.str' }
}

/** A whole number of the query, 0 or more. Refuses with 422. */
export function readCount(request: FastifyRequest, name: string, byDefault: number): number {
  const text = queryText(request, name)
  if (text === undefined) return byDefault
  const loc = ['query', name]
  if (/^\s*-\d+\s*$/.test(text)) {
    const msg = 'ensure this value is greater than or equal to 0'
    throw unprocessable({ loc, msg, type: 'value_error.number.not_ge' })
  }
  return wholeNumber(text, loc)
}

/** A whole number that stands in a path. Refuses with 422. */
export function readNumber(request: FastifyRequest, name: string): number {
  return wholeNumber((request.params as Readonly<Record<string, string>>)[name] ?? '', ['path', name])
}

function wholeNumber(text: string, loc: string[]): number {
  const number = /^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : undefined
  if (number !== undefined) return number
  throw unprocessable({ loc, msg: 'value is not a valid integer', type: 'type_error.integer' })
}

/** As Python writes a moment in UTC: to the microsecond, with its offset. */
export function fastapiTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000+00:00')
}
