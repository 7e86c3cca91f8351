import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { REFUSALS, type Refusal } from '../../domain/refusals.ts'
import { SESSION_COOKIES } from './django-cookies.ts'
import type { Dialect, DialectAnswer } from './dialect.ts'

/** The bodies in which Django REST framework refuses: `{"detail": …}`, `{field: [sentence]}`, or a list of sentences. */
export const DrfRefusal = Type.Unsafe<Record<string, string | string[]> | string[]>({
  $id: 'DrfRefusal',
  title: 'DrfRefusal',
  // And not a choice of two schemas: what draws the documentation cannot make an example of such a choice.
  type: ['object', 'array'],
  additionalProperties: { type: ['string', 'array'], items: { type: 'string' } },
  items: { type: 'string' },
  examples: [{ detail: 'Not found.' }],
})

export interface DrfWords {
  /** Of missing and of wrong credentials: 401 where Basic comes first among the schemes, 403 where the session does. */
  unauthorised: 401 | 403
  /** What the fields of our use cases are called here: `{ '/body/login': 'username' }`. */
  fields: Readonly<Record<string, string>>
}

/** A taken login, in Django's words. */
export const USERNAME_TAKEN = 'A user with that username already exists.'

/** Our refusals in the words and shapes of Django REST framework. */
export function drfRefuse(words: DrfWords): Dialect['refuse'] {
  return (refusal, request) => {
    const { status } = REFUSALS[refusal.code]
    switch (refusal.code) {
      case 'request_invalid':
        return invalid(refusal, words, request)
      case 'credentials_invalid':
        return unauthorised(words, request)
      case 'login_taken':
        return { status: 400, body: { [words.fields['/body/login'] ?? 'username']: [USERNAME_TAKEN] } }
      case 'method_not_allowed':
        return detail(405, `Method "${request.method}" not allowed.`)
      case 'not_found':
        return detail(404, 'Not found.')
      case 'cross_site_refused':
        return detail(403, `CSRF Failed: ${refusal.detail}`)
      case 'scope_missing':
      case 'registration_closed':
        return detail(403, 'You do not have permission to perform this action.')
      case 'media_type_unsupported':
        return detail(415, `Unsupported media type "${mediaTypeOf(request)}" in request.`)
      case 'too_many_requests':
        return detail(429, `Request was throttled. Expected available in ${refusal.retryAfterSeconds ?? 1} seconds.`)
      case 'internal':
        return detail(500, 'A server error occurred.')
      default:
        return detail(status, refusal.detail)
    }
  }
}

function detail(status: number, text: string): DialectAnswer {
  return { status, body: { detail: text } }
}

function unauthorised({ unauthorised: status }: DrfWords, request: FastifyRequest): DialectAnswer {
  const { authorization } = request.headers
  const isShown = authorization !== undefined || SESSION_COOKIES.some((name) => request.cookies[name])
  const isBasic = /^basic /i.test(authorization ?? '')
  const text = isBasic
    ? 'Invalid username/password.'
    : isShown
      ? 'Invalid token.'
      : 'Authentication credentials were not provided.'
  const headers = status === 401 ? { 'www-authenticate': 'Basic realm="api"' } : {}
  return { ...detail(status, text), headers }
}

/** Sentences of ours say what is wrong with which field; without a field the body was none. */
function invalid({ errors, detail: text }: Refusal, { fields }: DrfWords, { headers }: FastifyRequest): DialectAnswer {
  if (!errors) {
    const isJson = headers['content-type']?.startsWith('application/json') ?? false
    return detail(400, isJson ? `JSON parse error - ${text}` : `Bad request: ${text}`)
  }
  const byField = Map.groupBy(errors, ({ where }) => fields[where] ?? 'non_field_errors')
  const body = Object.fromEntries([...byField].map(([field, all]) => [field, all.map(({ what }) => sentence(what))]))
  return { status: 400, body }
}

/** Ours are the ends of sentences whose beginning is the field. */
function sentence(what: string): string {
  return `This field ${what}.`
}

/** Cut, and without what could break out of the sentence. */
function mediaTypeOf({ headers }: FastifyRequest): string {
  return (
    (headers['content-type'] ?? '')
      .split(';', 1)[0]
      ?.replaceAll(/[^\w./+-]/g, '')
      .slice(0, 100) ?? ''
  )
}

/** As Django writes moments: in UTC, to the microsecond. */
export function drfTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}
