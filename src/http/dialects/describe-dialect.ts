import type { FastifySchema } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { FORM, MULTIPART } from '../form-body.ts'
import { refusals } from '../refusal-responses.ts'
import { referTo } from '../wire.ts'
import type { Dialect, DialectRoute } from './dialect.ts'

/** What any route of a dialect may answer. */
const ALWAYS = [400, 500, 503]
/** Whoever sends a body where none is asked for may meet these too. */
const WITH_BODY = [413, 415]
/** Credentials may be a guess at a password, and so may a log-in. */
const GUESSED = 429

/** A route for the OpenAPI document. It checks nothing. */
export function schemaOf(dialect: Dialect, route: DialectRoute): FastifySchema {
  const { body, query, params, needs, summary, description } = route
  return {
    operationId: `${dialect.name}_${route.method.toLowerCase()}${wordsOf(route.path)}`,
    summary,
    ...(description !== undefined && { description }),
    tags: [dialect.name],
    ...(needs === undefined && { security: [] }),
    ...(body && { body, consumes: ['application/json', FORM, MULTIPART] }),
    ...(query && { querystring: query }),
    ...(params && { params }),
    response: { ...refusalsOf(dialect, route), ...answersOf(route) },
  }
}

/** `/message/:id/` as `_message_id`. */
function wordsOf(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/_$/, '')
}

/** What a dialect makes of `GET /`, whose page for people is ours. */
export function schemaOfHome({ name, home }: Dialect): FastifySchema | undefined {
  if (!home) return undefined
  const { summary, description, answer } = home
  const page = Type.String({ description: 'The page of this server, for whoever asks for HTML.' })
  const content = { 'application/json': { schema: answer }, 'text/html': { schema: page } }
  const response = { 200: { description: 'The addresses, or the page.', content }, ...refusals() }
  return { operationId: `${name}_get`, summary, description, tags: [name], security: [], response }
}

function answersOf({ answers: own, forBrowsers }: DialectRoute): Record<string, TSchema> {
  const answers = { ...own, ...(forBrowsers !== undefined && { 302: `A browser is led to \`${forBrowsers}\`.` }) }
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      typeof answer === 'string' ? Type.Null({ description: answer }) : answer,
    ]),
  )
}

function refusalsOf(dialect: Dialect, { method, needs, refuses = [] }: DialectRoute): Record<string, object> {
  const statuses = new Set([
    ...ALWAYS,
    GUESSED,
    // Another site's page.
    403,
    ...(method === 'GET' ? [] : WITH_BODY),
    ...(needs === undefined ? [] : dialect.unauthorised),
    ...refuses,
  ])
  return Object.fromEntries([...statuses].map((status) => [status, refusalOf(dialect, status)]))
}

function refusalOf(dialect: Dialect, status: number): object {
  return {
    description: MEANINGS[status] ?? 'Refused.',
    content: { 'application/json': { schema: referTo(dialect.refusal) } },
  }
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'Something in the request is not as it should be; nothing was stored.',
  401: 'The credentials are missing or wrong.',
  403: 'Not allowed.',
  404: 'There is no such thing here, or it is not yours.',
  409: 'It cannot be done as things are.',
  413: 'The body is too large.',
  415: 'A body of this type is not read here.',
  422: 'Something in the request is not as it should be; nothing was stored.',
  429: 'Too many; `Retry-After` says how many seconds to wait.',
  500: 'Something broke on our side.',
  503: 'The database cannot take it now, or Telegram cannot be asked. Nothing was stored; try again.',
}
