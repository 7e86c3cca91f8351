import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Refusal } from '../domain/refusals.ts'
import type { Authenticate as Prove } from '../usecases/authenticate.ts'
import type { EnqueueMessage } from '../usecases/enqueue-message.ts'
import { acceptForms, FORM, MULTIPART, readForm, textOf } from './form-body.ts'
import { refusals, WITH_BODY } from './refusal-responses.ts'
import { MessageSchema, wireMessage } from './v1/message-schemas.ts'
import { referTo } from './wire.ts'

export interface PublishRoutesDeps {
  prove: Prove
  messages: { enqueue: EnqueueMessage }
}

/** One line of a script sends a message: `curl -d 'backup done' …/s/pr_…`. */
export function publishRoutes({ prove, messages }: PublishRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    acceptForms(app)
    // `curl -d text` says that it sends a form, so what is no field of that name is the text itself.
    app.removeContentTypeParser(FORM)
    app.addContentTypeParser<Buffer>(FORM, { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => {
      const text = textOf(body)
      return /(^|&)text=/.test(text) ? readForm(text) : text
    })
    app.addContentTypeParser<Buffer>(
      ['text/plain', '*'],
      { parseAs: 'buffer' },
      async (request: FastifyRequest, body: Buffer) => plainText(request, body),
    )
    app.setValidatorCompiler(() => () => true)

    app.post('/s/:token', { schema: PUBLISH }, async (request, reply) => {
      const { user, scopes } = await prove({ kind: 'api-token', secret: request.params.token })
      if (!scopes.includes('send')) {
        throw new Refusal('scope_missing', { detail: 'This needs a token with the scope `send`.' })
      }
      const { text, chatId } = messageOf(request.body)
      const sent = await messages.enqueue({ userId: user.id, text, ...(chatId !== undefined && { chatId }) })
      return reply.code(202).header('cache-control', 'no-store').send(wireMessage(sent.message))
    })
  }
}

/** Many clients name no type at all; whoever names one that is no text means something else. */
function plainText({ headers }: FastifyRequest, body: Buffer): string {
  const type = headers['content-type'] ?? ''
  if (type !== '' && !type.startsWith('text/plain')) throw new Refusal('media_type_unsupported')
  return textOf(body)
}

/** One line break at the end is where a file or an `echo` ends, and no part of what is said. */
function messageOf(body: unknown): { text: string; chatId?: string } {
  if (typeof body === 'string') return { text: body.replace(/\r?\n$/, '') }
  if (typeof body !== 'object' || body === null) throw wrong('/body/text', 'is missing')
  const { text, chatId } = body as Record<string, unknown>
  if (text === undefined) throw wrong('/body/text', 'is missing')
  if (typeof text !== 'string') throw wrong('/body/text', 'must be a text')
  if (chatId !== undefined && typeof chatId !== 'string') throw wrong('/body/chatId', 'must be a text')
  return { text, ...(chatId !== undefined && { chatId }) }
}

function wrong(where: string, what: string): Refusal {
  return new Refusal('request_invalid', { errors: [{ where, what }] })
}

const Text = Type.String({ minLength: 1, maxLength: 32_768, examples: ['The backup is done.'] })
const Fields = Type.Object(
  { text: Text, chatId: Type.Optional(Type.String()) },
  { examples: [{ text: 'The backup is done.' }] },
)

const PlainText = Type.String({
  ...Text,
  pattern: '^(?!\\r?\\n$)',
  description: 'One line break at its end is no part of it.',
})

const PUBLISH = {
  operationId: 'publish',
  summary: 'Send a message with the token in the path',
  description: `For one line of a script: \`curl -d 'backup done' …/s/pr_…\`. The body is the text, or a form or JSON with \`text\` and, if
it is not for the default chat, \`chatId\`. Whoever has the address can send, so give it a token with the scope \`send\` alone.`,
  tags: ['messages'],
  security: [],
  params: Type.Object({ token: Type.String({ description: 'An API token with the scope `send`.' }) }),
  body: {
    content: {
      'text/plain': { schema: PlainText },
      ...Object.fromEntries(['application/json', FORM, MULTIPART].map((type) => [type, { schema: Fields }])),
    },
  },
  response: {
    202: referTo(MessageSchema),
    ...refusals(...WITH_BODY, 'credentials_invalid', 'scope_missing', 'chat_not_linked', 'not_found', 'queue_full'),
  },
}
