import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Refusal } from '../../domain/refusals.ts'
import type { ChangeChat } from '../../usecases/change-chat.ts'
import type { ClaimChat } from '../../usecases/claim-chat.ts'
import type { ListChats } from '../../usecases/list-chats.ts'
import type { SetDefaultChat } from '../../usecases/set-default-chat.ts'
import type { UnlinkChat } from '../../usecases/unlink-chat.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { GUARDED, GUARDED_WRITE, refusals, WITH_BODY } from '../refusal-responses.ts'
import { IdParams, referTo } from '../wire.ts'
import { ChangeChatBody, ChatListSchema, ChatSchema, ClaimChatBody, wireChat } from './chat-schemas.ts'

export interface ChatsRoutesDeps {
  authenticate: Authenticate
  chats: {
    claim: ClaimChat
    change: ChangeChat
    list: ListChats
    setDefault: SetDefaultChat
    unlink: UnlinkChat
  }
}

export function chatsRoutes({ authenticate, chats }: ChatsRoutesDeps): FastifyPluginAsyncTypebox {
  const manage = guard(authenticate, 'manage')
  return async (app) => {
    app.post(
      '/v1/chats',
      {
        onRequest: manage,
        schema: {
          operationId: 'claimChat',
          summary: 'Link the chat to which the bot gave a code',
          description: CLAIM,
          tags: ['chats'],
          body: ClaimChatBody,
          response: {
            201: referTo(ChatSchema),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'link_code_invalid', 'too_many_requests'),
          },
        },
      },
      async (request, reply) => {
        const chat = await chats.claim({
          user: callerOf(request).user,
          code: request.body.code,
          address: request.ip,
        })
        return reply.code(201).send(wireChat(chat))
      },
    )

    app.get(
      '/v1/chats',
      {
        onRequest: guard(authenticate, 'read'),
        schema: {
          operationId: 'listChats',
          summary: 'The linked chats',
          tags: ['chats'],
          response: { 200: referTo(ChatListSchema), ...refusals(...GUARDED) },
        },
      },
      async (request) => ({ items: (await chats.list(callerOf(request).user.id)).map(wireChat) }),
    )

    app.patch(
      '/v1/chats/:id',
      {
        onRequest: manage,
        schema: {
          operationId: 'changeChat',
          summary: 'Name a chat, or make it the default one',
          description: 'What is absent stays as it is.',
          tags: ['chats'],
          params: IdParams,
          body: ChangeChatBody,
          response: { 200: referTo(ChatSchema), ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'not_found') },
        },
      },
      async (request) => {
        const { params, body: wishes } = request
        return wireChat(await chats.change({ userId: callerOf(request).user.id, chatId: params.id, wishes }))
      },
    )

    app.delete(
      '/v1/chats/:id',
      {
        onRequest: manage,
        schema: {
          operationId: 'unlinkChat',
          summary: 'Unlink a chat',
          description: 'What waits for it ends as failed (`chat_unlinked`) and stays in the history.',
          tags: ['chats'],
          params: IdParams,
          response: {
            204: Type.Null({ description: 'Nothing goes there any more.' }),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'not_found'),
          },
        },
      },
      async (request, reply) => {
        const unlinked = await chats.unlink({ userId: callerOf(request).user.id, chatId: request.params.id })
        if (!unlinked) throw new Refusal('not_found')
        return reply.code(204).send(null)
      },
    )
  }
}

const CLAIM = `Write anything to the bot from a private chat that is not linked, and it answers with such a code; in a group, write \`/start@<botUsername>\`. The code works once, and the chat's other codes end with it. The chat is told the name of the account that has linked it.

A channel gets no code, because all its readers could enter it, nor does a group that an account has linked already: there, send it the code of \`POST /v1/link-codes\`.`
