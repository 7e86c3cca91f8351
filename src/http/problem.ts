import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { REFUSALS, Refusal, type RefusalCode, type RequestFault } from '../domain/refusals.ts'
import { faultsOf, type SchemaFault } from './faults.ts'

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** Every refusal on the wire (RFC 9457), and the schema that the OpenAPI document shows. */
export interface Problem {
  /** A reference to the explanation that this server itself gives. */
  type: string
  title: string
  status: number
  code: RefusalCode
  detail: string
  errors?: readonly RequestFault[]
}

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: 'Where this refusal is explained.' }),
    title: Type.String({ description: 'What happened, the same for each occurrence.' }),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status.' }),
    code: Type.Enum(Object.keys(REFUSALS) as RefusalCode[], {
      description: 'What to switch on. Never renamed, never reused.',
    }),
    detail: Type.String({ description: 'One sentence about this occurrence, or what to do.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          where: Type.String({ description: 'A JSON pointer such as `/body/text`.' }),
          what: Type.String(),
        }),
        {
          description:
            'Always with `request_invalid`: everything that is wrong, as far as it could be read. `/` is the whole request.',
        },
      ),
    ),
  },
  { $id: 'Problem', title: 'Problem', description: 'A refusal (RFC 9457, application/problem+json).' },
)

export function problemOf(refusal: Refusal): Problem {
  const { status, title } = REFUSALS[refusal.code]
  return {
    type: `/docs/errors#${refusal.code}`,
    title,
    status,
    code: refusal.code,
    detail: refusal.detail,
    ...(refusal.code === 'request_invalid' && { errors: refusal.errors ?? [{ where: '/', what: refusal.detail }] }),
  }
}

/** How an unproven caller may prove who they are (RFC 9110, 11.6.1). Basic last: browsers ask the person for the first they know. */
const CHALLENGE = 'Bearer realm="Postrider", Token realm="Postrider", Basic realm="Postrider", charset="UTF-8"'

/** For what a page asks: at the word `Basic` a browser would open its own box for a password, above the page that asks for one. */
const CHALLENGE_TO_PAGE = 'Bearer realm="Postrider", Token realm="Postrider"'

/** The headers that belong to a refusal, beside its body. `byPage`: it was a page that asked, and no person who went there. Default false. */
export function problemHeaders(refusal: Refusal, { byPage = false } = {}): Record<string, string> {
  return {
    'content-type': `${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    // A refusal is about this request at this moment.
    'cache-control': 'no-store',
    ...(refusal.retryAfterSeconds !== undefined && { 'retry-after': String(Math.ceil(refusal.retryAfterSeconds)) }),
    ...(refusal.code === 'credentials_invalid' && { 'www-authenticate': byPage ? CHALLENGE_TO_PAGE : CHALLENGE }),
  }
}

/** The only place where a thrown value becomes an answer. Text and not an object: no response schema may change it. */
export function sendProblem(reply: FastifyReply, thrown: unknown): FastifyReply {
  const refusal = asRefusal(thrown)
  // `empty` is what `fetch` and `EventSource` send, `iframe` and `script` are other parts of a page; what a person navigates to is a
  // `document` (Fetch Metadata, 2.1).
  const destination = reply.request.headers['sec-fetch-dest']
  const byPage = destination !== undefined && destination !== 'document'
  return reply
    .code(REFUSALS[refusal.code].status)
    .headers(problemHeaders(refusal, { byPage }))
    .send(JSON.stringify(problemOf(refusal)))
}

/** What the framework refuses before our code runs, in our words. Its own wording never reaches a caller. */
const FRAMEWORK_REFUSALS: Readonly<Record<string, { code: RefusalCode; detail?: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body_too_large' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'media_type_unsupported' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'request_invalid',
    detail: 'The body is not as long as Content-Length says.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    code: 'request_invalid',
    detail: 'The body is not JSON, or has a key such as `__proto__`.',
  },
  FST_ERR_BAD_URL: { code: 'request_invalid', detail: 'The path is not a valid URL.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'not_found' },
}

/** Anything thrown, as a refusal. What nobody expected is `internal`, and the caller learns nothing about it. */
export function asRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown
  const { code = '', statusCode = 500, validation, validationContext = 'body' } = fieldsOf(thrown)
  if (Array.isArray(validation)) return refusalOfFaults(validation, validationContext, thrown)
  const known = FRAMEWORK_REFUSALS[code]
  if (known) return new Refusal(known.code, { ...(known.detail && { detail: known.detail }), cause: thrown })
  if (statusCode >= 400 && statusCode < 500) return new Refusal('request_invalid', { cause: thrown })
  return new Refusal('internal', { cause: thrown })
}

/** `part` is body, querystring and so on. */
export function refusalOfFaults(faults: readonly SchemaFault[], part: string, cause?: unknown): Refusal {
  const errors = faultsOf(faults, part)
  const detail = errors.map(({ where, what }) => `${where} ${what}`).join('; ')
  return new Refusal('request_invalid', { ...(detail && { detail }), errors, cause })
}

interface FrameworkError {
  code?: string
  statusCode?: number
  validation?: readonly SchemaFault[]
  validationContext?: string
}
function fieldsOf(thrown: unknown): FrameworkError {
  return typeof thrown === 'object' && thrown !== null ? thrown : {}
}
