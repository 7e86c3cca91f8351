import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'

export interface OpenApiInfo {
  version: string
  /** Each has a tag of its own. */
  dialects: readonly { name: string; about: string }[]
}

const DESCRIPTION = `Carries messages from this API to the Telegram chat of the person they are for: durably, in order, and with the truth
about each delivery.

1. \`POST /v1/users\` and \`POST /v1/sessions\`: an account and an access token.
2. \`POST /v1/link-codes\`: a code or a link to send to the bot, which links your chat.
3. \`POST /v1/messages\`: answered with 202 after the message is on disk.
4. \`GET /v1/messages\`, \`GET /v1/messages/{id}\` or \`GET /v1/events\`: what became of it.

Refusals are \`application/problem+json\` with a stable \`code\`; each is explained under [/docs/errors](/docs/errors).`

/** Everything under `/v1` that is not `security: []` takes any of these. */
export const ANY_CREDENTIALS = [{ bearer: [] }, { token: [] }, { basic: [] }, { cookie: [] }]

/** The name of the session cookie. */
export const SESSION_COOKIE = 'postrider_session'

const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      '`Authorization: Bearer <token>`: the access token of a session (`POST /v1/sessions`), or an API token.',
  },
  token: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      '`Authorization: Token <API token>`: write the word `Token`, a space and the token: `pr_…`, or one of another form that a dialect gave (25 letters and digits, or 40 hexadecimal digits).',
  },
  basic: { type: 'http', scheme: 'basic', description: 'Login and password with each request.' },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: 'Set by `POST /v1/sessions` for browsers. It never authorises a write from another site.',
  },
} as const

const TAGS = [
  { name: 'messages', description: 'Send, follow, cancel, send again.' },
  { name: 'chats', description: 'Which Telegram chats belong to the account, and how to link one.' },
  { name: 'bots', description: 'Bots of your own, beside the shared one.' },
  { name: 'account', description: 'Register, log in and out, change and delete the account.' },
  { name: 'tokens', description: 'API tokens for scripts.' },
  { name: 'sandbox', description: 'The Telegram of this machine, where there is no bot token of the real one.' },
  { name: 'operator', description: 'How the whole installation is doing, for its operators.' },
  { name: 'operations', description: 'Health and metrics.' },
]

/** Must be registered before the first route, because it collects them as they come. */
export async function describeApi(app: FastifyInstance, info: OpenApiInfo): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Postrider',
        description: DESCRIPTION,
        version: info.version,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This server.' }],
      tags: [...TAGS, ...info.dialects.map(({ name, about }) => ({ name, description: about }))],
      components: { securitySchemes: SECURITY_SCHEMES },
      security: ANY_CREDENTIALS,
    },
    transformObject: (spec) =>
      'openapiObject' in spec ? sayWhichBodiesMayBeAbsent(spec.openapiObject) : spec.swaggerObject,
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) =>
        typeof schema.$id === 'string' ? schema.$id : `def-${index}`,
    },
  })
}

/**
 * A body that may be null in a route's schema is one that may be left out: that is how the framework hands it over. OpenAPI has a word
 * of its own for this.
 */
function sayWhichBodiesMayBeAbsent<T extends { paths?: object }>(document: T): T {
  const operations = Object.values(document.paths ?? {}).flatMap((path: object) => Object.values(path)) as Operation[]
  for (const { requestBody } of operations) {
    for (const media of Object.values(requestBody?.content ?? {})) {
      const schema = media.schema?.anyOf?.find(({ type }) => type !== 'null')
      if (!requestBody || !schema) continue
      requestBody.required = false
      media.schema = schema
      media.example = schema.examples?.[0]
    }
  }
  return document
}
interface BodySchema {
  type?: string
  anyOf?: BodySchema[]
  examples?: unknown[]
}
interface Operation {
  requestBody?: { required?: boolean; content: Record<string, { schema?: BodySchema; example?: unknown }> }
}

/** The OpenAPI 3.1 document of a server that is ready, as `/openapi.json` gives it. */
export function openApiDocument(server: FastifyInstance): OpenApiDocument {
  return server.swagger() as unknown as OpenApiDocument
}

/** What of the document our tests and our printed copy look at. */
export interface OpenApiDocument {
  openapi: string
  info: { title: string; version: string }
  tags: { name: string }[]
  security: object[]
  paths: Record<string, Record<string, OpenApiOperation>>
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> }
}
export interface OpenApiOperation {
  operationId?: string
  summary?: string
  tags?: string[]
  security?: object[]
  parameters?: { name: string; in: 'path' | 'query' | 'header' | 'cookie'; required?: boolean; schema: object }[]
  requestBody?: {
    required?: boolean
    content: Record<string, { schema?: object; example?: unknown; examples?: object }>
  }
  responses: Record<string, { description: string; content?: Record<string, { schema?: object; examples?: object }> }>
}
