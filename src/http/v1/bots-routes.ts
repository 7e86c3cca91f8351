import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Bot } from '../../domain/bot.ts'
import type { AddBot } from '../../usecases/add-bot.ts'
import type { ChangeBot } from '../../usecases/change-bot.ts'
import type { CountWaiting } from '../../usecases/count-waiting.ts'
import type { DeleteBot } from '../../usecases/delete-bot.ts'
import type { GetBot } from '../../usecases/get-bot.ts'
import type { ListBots } from '../../usecases/list-bots.ts'
import { type Authenticate, callerOf, guard } from '../caller.ts'
import { GUARDED, GUARDED_WRITE, refusals, WITH_BODY } from '../refusal-responses.ts'
import { IdParams, referTo } from '../wire.ts'
import { BotListSchema, BotSchema, ChangeBotBody, NewBotBody, wireBot, wireSharedBot } from './bot-schemas.ts'

export interface BotsRoutesDeps {
  authenticate: Authenticate
  bots: {
    add: AddBot
    list: ListBots
    findShared: () => Promise<Bot | undefined>
    limit: number
    get: GetBot
    change: ChangeBot
    delete: DeleteBot
    countWaiting: CountWaiting
  }
}

/** What a token may meet. */
const WITH_TOKEN = ['bot_token_invalid', 'telegram_unavailable'] as const

export function botsRoutes({ authenticate, bots }: BotsRoutesDeps): FastifyPluginAsyncTypebox {
  const read = guard(authenticate, 'read')
  const manage = guard(authenticate, 'manage')
  const wire = async (bot: Bot) => wireBot(bot, await bots.countWaiting(bot.id))
  return async (app) => {
    app.get(
      '/v1/bots',
      {
        onRequest: read,
        schema: {
          operationId: 'listBots',
          summary: 'Your own bots, oldest first',
          tags: ['bots'],
          response: { 200: referTo(BotListSchema), ...refusals(...GUARDED) },
        },
      },
      async (request) => {
        const [own, shared] = await Promise.all([bots.list(callerOf(request).user.id), bots.findShared()])
        return {
          items: await Promise.all(own.map(wire)),
          limit: bots.limit,
          shared: shared ? wireSharedBot(shared) : null,
        }
      },
    )

    app.post(
      '/v1/bots',
      {
        onRequest: manage,
        schema: {
          operationId: 'addBot',
          summary: 'Add a bot of your own',
          description: ADD,
          tags: ['bots'],
          body: NewBotBody,
          response: {
            201: referTo(BotSchema),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY, ...WITH_TOKEN, 'bot_limit_reached', 'bot_token_taken'),
          },
        },
      },
      async (request, reply) => {
        const bot = await bots.add({ ...request.body, userId: callerOf(request).user.id, address: request.ip })
        return reply.code(201).send(await wire(bot))
      },
    )

    app.get(
      '/v1/bots/:id',
      {
        onRequest: read,
        schema: {
          operationId: 'getBot',
          summary: 'A bot of your own',
          tags: ['bots'],
          params: IdParams,
          response: { 200: referTo(BotSchema), ...refusals(...GUARDED, 'not_found') },
        },
      },
      async (request) => wire(await bots.get({ userId: callerOf(request).user.id, botId: request.params.id })),
    )

    app.patch(
      '/v1/bots/:id',
      {
        onRequest: manage,
        schema: {
          operationId: 'changeBot',
          summary: 'Change a bot, or switch it on or off',
          description: CHANGE,
          tags: ['bots'],
          params: IdParams,
          body: ChangeBotBody,
          response: {
            200: referTo(BotSchema),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY, ...WITH_TOKEN, 'not_found'),
          },
        },
      },
      async (request) => {
        const { body: wishes, ip: address, params } = request
        return wire(await bots.change({ userId: callerOf(request).user.id, botId: params.id, address, wishes }))
      },
    )

    app.delete(
      '/v1/bots/:id',
      {
        onRequest: manage,
        schema: {
          operationId: 'deleteBot',
          summary: 'Delete a bot, with the chats that were linked through it',
          description: DELETE,
          tags: ['bots'],
          params: IdParams,
          response: {
            204: Type.Null({ description: 'It is gone from here. In Telegram it is as it was.' }),
            ...refusals(...GUARDED_WRITE, ...WITH_BODY, 'not_found'),
          },
        },
      },
      async (request, reply) => {
        await bots.delete({ userId: callerOf(request).user.id, botId: request.params.id })
        return reply.code(204).send(null)
      },
    )
  }
}

const ADD = `Telegram is asked whose token it is. The bot is then linked to chats as the shared one is: \`POST /v1/link-codes\` with its \`botId\`.

Inactive bots count against the limit.`

const CHANGE = `What is absent stays as it is. Switching takes effect within a second: \`"active": false\` holds what waits for the bot (\`waitingFor\`: \`bot_inactive\`), and \`true\` lets it flow.

A new \`token\` of the same bot, after the old one was revoked, keeps its chats and what waits.`

const DELETE =
  'What waits for it ends as failed (`bot_deleted`), what is on its way as uncertain; both stay in the history. Everybody may add the bot again, with none of its chats.'
