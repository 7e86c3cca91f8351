import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Refusal } from '../../domain/refusals.ts'
import { WEBHOOK_PATH } from '../../domain/webhook-address.ts'

export interface TelegramUpdatesRoutesDeps {
  /** What Telegram posts here; null when updates do not come this way. */
  telegramUpdates: {
    /** Whether the header is the secret of this bot's webhook; comparing takes the same time for each answer. */
    isFromTelegram: (botId: string, secret: string) => Promise<boolean>
    /** Resolves with done after what the update does is committed. */
    receive: (
      botId: string,
      update: PostedUpdate,
    ) => Promise<{ done: true } | { done: false; retryAfterSeconds: number }>
  } | null
}

/** Whatever else is in it is for the conversation to read. */
export interface PostedUpdate {
  update_id: number
}

/** An answer of getUpdates is cut at about 4 MiB (github.com/tdlib/telegram-bot-api, Client.cpp), so no update is larger. */
const LARGEST_UPDATE_BYTES = 4 * 2 ** 20

/**
 * The webhook. In no documentation: Telegram alone may call it, and learns the address from us. Whoever does not know the secret meets
 * the answer of a path that does not exist, before the body is read.
 */
export function telegramUpdatesRoutes({ telegramUpdates }: TelegramUpdatesRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    if (telegramUpdates === null) return
    app.post(
      `${WEBHOOK_PATH}/:botId/:mark`,
      {
        bodyLimit: LARGEST_UPDATE_BYTES,
        onRequest: async ({ params, headers }) => {
          const { botId } = params as { botId: string }
          const secret = headers['x-telegram-bot-api-secret-token']
          const isTheirs = await telegramUpdates.isFromTelegram(botId, typeof secret === 'string' ? secret : '')
          if (!isTheirs) throw new Refusal('not_found')
        },
        schema: {
          hide: true,
          params: Type.Object({ botId: Type.String(), mark: Type.String() }),
          body: Type.Object({ update_id: Type.Integer({ minimum: 0 }) }, { additionalProperties: true }),
        },
      },
      async (request, reply) => {
        const received = await telegramUpdates.receive(request.params.botId, request.body)
        // An empty body: one that names a method would be carried out (Bot API, "Making requests when getting updates").
        if (received.done) return reply.code(200).send()
        return reply.code(503).header('retry-after', String(received.retryAfterSeconds)).send()
      },
    )
  }
}
