import type { FastifyRequest } from 'fastify'
import { type Bot, MOST_TITLE_LENGTH } from '../../domain/bot.ts'
import { telegramBotIdOf } from '../../domain/bot-token.ts'
import { Refusal } from '../../domain/refusals.ts'
import { callerOf } from '../caller.ts'
import { type DialectDeps, DialectRefusal, type DialectRoute } from './dialect.ts'
import { FLAG, readTexts } from './drf-fields.ts'
import { SCHEMAS } from './eora-schemas.ts'

const PATH = '/api/v1/telegram_data/'
const ONE = `${PATH}:id/`

/** The bots of an account. Those that are made here repeat what they are told, as all did there. */
export function botRoutes({ bots }: DialectDeps): DialectRoute[] {
  /** By its number in Telegram, among the few that an account has. */
  async function botOf(request: FastifyRequest): Promise<Bot> {
    const { id } = request.params as { id: string }
    const bot = (await bots.list(callerOf(request).user.id)).find(({ telegramBotId }) => String(telegramBotId) === id)
    if (!bot) throw new Refusal('not_found')
    return bot
  }

  const change = (fields: typeof NEW | typeof PATCHED) => async (request: FastifyRequest) => {
    const bot = await botOf(request)
    const { token, ...rest } = readTexts(request.body, fields)
    const wishes = { ...given(rest), ...(token !== undefined && token !== bot.tokenHint && { token }) }
    if (wishes.token !== undefined) assertTokenOf(bot, wishes.token)
    const { id: userId } = callerOf(request).user
    return wireBot(await bots.change({ userId, botId: bot.id, address: request.ip, wishes }))
  }

  const write = { needs: 'manage', params: SCHEMAS.place, refuses: [404], answers: { 200: SCHEMAS.bot } } as const
  return [
    {
      method: 'GET',
      path: PATH,
      summary: 'Your bots',
      description: 'Oldest first.',
      needs: 'read',
      answers: { 200: SCHEMAS.bots },
      handle: async (request) => (await bots.list(callerOf(request).user.id)).map(wireBot),
    },
    {
      method: 'POST',
      path: PATH,
      summary: 'Add a bot',
      description: 'It repeats every text to whoever said it.',
      needs: 'manage',
      body: SCHEMAS.newBot,
      answers: { 201: SCHEMAS.bot },
      async handle(request, reply) {
        const { token, ...rest } = readTexts(request.body, NEW)
        const { id: userId } = callerOf(request).user
        const bot = await bots.add({ ...given(rest), userId, token, address: request.ip, echo: true })
        return reply.code(201).send(wireBot(bot))
      },
    },
    {
      method: 'GET',
      path: ONE,
      summary: 'One of your bots',
      needs: 'read',
      params: SCHEMAS.place,
      refuses: [404],
      answers: { 200: SCHEMAS.bot },
      handle: async (request) => wireBot(await botOf(request)),
    },
    {
      method: 'PUT',
      path: ONE,
      summary: 'Change a bot, or switch it on or off',
      description: 'A `token` as it stands in an answer means that the token stays.',
      ...write,
      body: SCHEMAS.newBot,
      handle: change(NEW),
    },
    {
      method: 'PATCH',
      path: ONE,
      summary: 'Change a bot, or switch it on or off',
      ...write,
      body: SCHEMAS.change,
      handle: change(PATCHED),
    },
    {
      method: 'DELETE',
      path: ONE,
      summary: 'Delete a bot',
      ...write,
      answers: { 204: 'It is gone from here. In Telegram it is as it was.' },
      async handle(request, reply) {
        const { id: botId } = await botOf(request)
        await bots.delete({ userId: callerOf(request).user.id, botId })
        return reply.code(204).send()
      },
    },
  ]
}

const TITLE = { required: false, nullable: true, blank: true, max: MOST_TITLE_LENGTH } as const
const NEW = { token: {}, title: TITLE, active: FLAG } as const
const PATCHED = { ...NEW, token: { required: false } } as const

function given({ title, active }: { title: string | null | undefined; active: boolean | undefined }) {
  return { ...(title !== undefined && { title }), ...(active !== undefined && { active }) }
}

function assertTokenOf({ telegramBotId, username }: Bot, token: string): void {
  const id = telegramBotIdOf(token)
  if (id === undefined || id === telegramBotId) return
  throw new DialectRefusal(400, {
    token: [
      `This is the token of another bot, and ${telegramBotId} is @${username}. Add the other one as a bot of its own.`,
    ],
  })
}

function wireBot({ telegramBotId: id, tokenHint, title, active }: Bot) {
  return { id, token: tokenHint ?? '', title, active }
}
