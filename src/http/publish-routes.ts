import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Refusal } from '../domain/refusals.ts'
import type { Authenticate as Prove } from '../usecases/authenticate.ts'
import type { EnqueueMessage } from '../usecases/enqueue-message.ts'
import { acceptForms, FORM, formIn, MULTIPART, textOf } from './form-body.ts'
import { refusals, WITH_BODY } from './refusal-responses.ts'
import { ACCEPTED, acceptMessage } from './v1/accept-message.ts'
import { IdempotencyHeader, NewMessageBody } from './v1/message-schemas.ts'
import { bodyChecker, textsReader, validate } from './validate.ts'

export interface PublishRoutesDeps {
  prove: Prove
  messages: { enqueue: EnqueueMessage }
}

const FIELDS = NewMessageBody.properties
const asFields = textsReader(NewMessageBody)
const checked = bodyChecker(NewMessageBody)

/** One line of a script sends a message: `curl -d 'backup done' …/s/pr_…`. */
export function publishRoutes({ prove, messages }: PublishRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    acceptForms(app)
    // `curl -d text` says of any text that it is a form.
    app.removeContentTypeParser(FORM)
    app.addContentTypeParser<Buffer>(FORM, { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => {
      const text = textOf(body)
      return formIn(text, Object.keys(FIELDS), 'text') ?? text
    })
    app.addContentTypeParser<Buffer>(
      ['text/plain', '*'],
      { parseAs: 'buffer' },
      async (request: FastifyRequest, body: Buffer) => plainText(request, body),
    )
    // The schema of a body is that of its type, and a text may come without any: `messageOf` checks them all.
    app.setValidatorCompiler((part) => (part.httpPart === 'body' ? () => true : validate(part)))

    for (const [url, schema] of [
      ['/s/:token', PUBLISH],
      ['/s/:token/', { ...PUBLISH, hide: true }],
    ] as const) {
      app.post(url, { schema }, async (request, reply) => {
        const { user, scopes } = await prove({ kind: 'api-token', secret: request.params.token })
        if (!scopes.includes('send')) {
          throw new Refusal('scope_missing', { detail: 'This needs a token with the scope `send`.' })
        }
        reply.header('cache-control', 'no-store')
        const given = { userId: user.id, body: messageOf(request), headers: request.headers }
        return await acceptMessage(messages.enqueue, given, reply)
      })
    }
  }
}

/** Many clients name no type at all; whoever names one that is no text means something else. */
function plainText({ headers }: FastifyRequest, body: Buffer): string {
  const type = headers['content-type'] ?? ''
  if (type !== '' && !type.startsWith('text/plain')) throw new Refusal('media_type_unsupported')
  return textOf(body)
}

/** One line break at the end of a plain text is where a file or an `echo` ends, and no part of what is said. */
function messageOf({ body, headers }: Pick<FastifyRequest, 'body' | 'headers'>) {
  const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '')
  if (isJson || body === undefined || body === null) return checked(body)
  return checked(typeof body === 'string' ? { text: body.replace(/\r?\n$/, '') } : asFields(body))
}

const PlainText = Type.String({
  ...FIELDS.text,
  pattern: '^(?!\\r?\\n$)',
  description: 'One line break at its end is no part of it.',
  examples: ['The backup is done.'],
})

/** Nothing in a form is null. */
const Form = Type.Object(
  { ...FIELDS, expiresAt: Type.Optional(Type.String({ format: 'date-time', maxLength: 64 })) },
  { additionalProperties: false, examples: [{ text: 'The backup is done.', silent: true }] },
)

const PUBLISH = {
  operationId: 'publish',
  summary: 'Send a message with the token in the path',
  description: `For one line of a script: \`curl -d 'backup done' …/s/pr_…\`. The body is the text, or a form or JSON with the fields of
\`POST /v1/messages\`. Whoever has the address can send, so give it a token with the scope \`send\` alone.

\`curl -d\` and \`--data-binary\` call whatever they send a form (\`application/x-www-form-urlencoded\`). It is read as one when it is
well-formed and has no other fields than these, each once and \`text\` among them; everything else is the text as it stands, so that
\`disk=full&text=hello\` arrives as that. For a form of any text use \`--data-urlencode 'text=…'\`, with \`text=\`: what is encoded without
it arrives encoded. A \`+\` is a blank, unless blanks stand in the form as they are.`,
  tags: ['messages'],
  security: [],
  params: Type.Object({ token: Type.String({ description: 'An API token with the scope `send`.' }) }),
  headers: IdempotencyHeader,
  body: {
    content: {
      'text/plain': { schema: PlainText },
      'application/json': { schema: NewMessageBody },
      [FORM]: { schema: Form },
      [MULTIPART]: { schema: Form },
    },
  },
  response: {
    202: ACCEPTED,
    ...refusals(
      ...WITH_BODY,
      'credentials_invalid',
      'scope_missing',
      'chat_not_linked',
      'not_found',
      'queue_full',
      'idempotency_conflict',
    ),
  },
}
