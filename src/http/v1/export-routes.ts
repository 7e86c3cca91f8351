import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { User } from '../../domain/account.ts'
import type { AccountExport, ExportAccount } from '../../usecases/export-account.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { GUARDED, refusals } from '../refusal-responses.ts'
import { referTo } from '../wire.ts'
import {
  ApiTokenListSchema,
  SessionListSchema,
  UserSchema,
  wireApiToken,
  wireListedSession,
  wireUser,
} from './account-schemas.ts'
import { BotSchema, wireBot } from './bot-schemas.ts'
import { ChatSchema, wireChat } from './chat-schemas.ts'
import { MessageWithAttemptsSchema, wireMessageWithAttempts } from './message-schemas.ts'

export interface ExportRoutesDeps {
  authenticate: Authenticate
  exportAccount: ExportAccount
}

export function exportRoutes({ authenticate, exportAccount }: ExportRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const options = { onRequest: guard(authenticate, 'manage'), exposeHeadRoute: false, schema: EXPORT }
    app.get('/v1/me/export', options, async (request, reply) => {
      const caller = callerOf(request)
      const found = await exportAccount(caller)
      reply.headers({
        'content-type': 'application/json; charset=utf-8',
        // A login has no character that would have to be escaped here.
        'content-disposition': `attachment; filename="postrider-${caller.user.login}.json"`,
        'cache-control': 'no-store',
      })
      // The reader pulls: nothing is read from the store before the socket has taken what came before.
      const text = exportText(caller.user, found)
      return reply.send(Readable.from(text, { objectMode: false, highWaterMark: 16_384 }))
    })
  }
}

/** One JSON value, in pieces. */
async function* exportText(user: User, found: AccountExport): AsyncGenerator<string> {
  const lists = {
    chats: found.chats.map(wireChat),
    bots: found.bots.map(({ bot, waiting }) => wireBot(bot, waiting)),
    tokens: found.tokens.map(wireApiToken),
    sessions: found.sessions.map(wireListedSession),
  }
  const beginning = Object.entries({ account: wireUser(user), ...lists })
  yield `{${beginning.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',\n')},\n"messages":[`
  let comma = ''
  for await (const messages of found.messages) {
    const texts = messages.map((one) => JSON.stringify(wireMessageWithAttempts(one)))
    yield `${comma}\n${texts.join(',\n')}`
    comma = ','
  }
  yield ']}\n'
}

const AccountExportSchema = Type.Object(
  {
    account: referTo(UserSchema),
    chats: Type.Array(referTo(ChatSchema)),
    bots: Type.Array(referTo(BotSchema)),
    tokens: Type.Index(ApiTokenListSchema, ['items']),
    sessions: Type.Index(SessionListSchema, ['items']),
    messages: Type.Array(referTo(MessageWithAttemptsSchema), { description: 'All of them, in order of acceptance.' }),
  },
  { $id: 'AccountExport', title: 'AccountExport' },
)

/** Registered with the server, so that the OpenAPI document names them. */
export const EXPORT_SCHEMAS = [AccountExportSchema]

const EXPORT = {
  operationId: 'exportAccount',
  summary: 'Download your data',
  description:
    'Everything that is kept of your account, as one JSON file, without passwords and secrets. It is written as it is read, so it may be of any length, and needs the scope `manage`.',
  tags: ['account'],
  response: {
    200: {
      description: 'The file.',
      headers: { 'content-disposition': Type.String({ description: 'Its name: `postrider-<login>.json`.' }) },
      content: { 'application/json': { schema: Type.Unsafe<Readable>(referTo(AccountExportSchema)) } },
    },
    ...refusals(...GUARDED),
  },
}
