import { Type } from 'typebox'
import { REFUSALS, Refusal, type RefusalCode } from '../domain/refusals.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.ts'

/** What any request may meet, whatever it asks for. Added to each route by `refusals`. */
const ALWAYS: readonly RefusalCode[] = ['request_invalid', 'internal', 'store_unavailable']

/** A route that needs credentials may also meet these; the last one because Basic credentials are a guess at a password. */
export const GUARDED = [
  'credentials_invalid',
  'scope_missing',
  'too_many_requests',
] as const satisfies readonly RefusalCode[]
/** A guarded route that changes something may also meet these. */
export const GUARDED_WRITE = [...GUARDED, 'cross_site_refused'] as const satisfies readonly RefusalCode[]
/** A route that reads a body may also meet these. */
export const WITH_BODY = ['body_too_large', 'media_type_unsupported'] as const satisfies readonly RefusalCode[]

export interface RefusalResponse {
  description: string
  headers?: Record<string, { type: string; description: string }>
  content: Record<string, { schema: ReturnType<typeof problemReference>; examples: Record<string, object> }>
}

/**
 * The response schemas of a route for these refusals and for those that any route may meet, grouped by status, with an example of
 * each: `response: { 202: Message, ...refusals(...GUARDED_WRITE, 'queue_full') }`.
 */
export function refusals(...codes: RefusalCode[]): Record<number, RefusalResponse> {
  const byStatus = Map.groupBy(new Set([...codes, ...ALWAYS]), (code) => REFUSALS[code].status)
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, response(group)]))
}

function response(codes: readonly RefusalCode[]): RefusalResponse {
  const examples = Object.fromEntries(
    codes.map((code) => [code, { summary: REFUSALS[code].title, value: problemOf(new Refusal(code)) }]),
  )
  const headers = Object.assign({}, ...codes.map((code) => HEADERS[code] ?? {}))
  return {
    ...(Object.keys(headers).length > 0 && { headers }),
    description: codes.map((code) => `\`${code}\`: ${REFUSALS[code].title}`).join('\n\n'),
    content: { [PROBLEM_MEDIA_TYPE]: { schema: problemReference(), examples } },
  }
}

/** What comes beside the body of some refusals. */
const HEADERS: Readonly<Partial<Record<RefusalCode, NonNullable<RefusalResponse['headers']>>>> = {
  credentials_invalid: {
    'WWW-Authenticate': {
      type: 'string',
      description:
        "The schemes that are understood here (RFC 9110); without `Basic` for a page's own `fetch` (`Sec-Fetch-Dest: empty`).",
    },
  },
  too_many_requests: {
    'Retry-After': { type: 'integer', description: 'Seconds to wait.' },
  },
}

function problemReference() {
  return Type.Ref('Problem#')
}
