import type { FastifyRequest } from 'fastify'
import { PLAIN_API_TOKEN } from '../../domain/api-token.ts'
import { type Message, TEXT_LENGTH } from '../../domain/message.ts'
import { Refusal } from '../../domain/refusals.ts'
import { callerOf, clientOf } from '../caller.ts'
import { type Dialect, type DialectDeps, DialectRefusal, type DialectRoute } from './dialect.ts'
import { DjangobotRefusal, invalid, refuse } from './djangobot-refusals.ts'
import { SCHEMAS, TYPES } from './djangobot-schemas.ts'
import { drfTime } from './drf.ts'
import { readTexts } from './drf-fields.ts'
import { readPage } from './drf-pages.ts'

/** That system answered the whole history at once; this is as much of it as one answer may have. */
const PAGE = 200

export const djangobot: Dialect = {
  name: 'djangobot',
  about: 'The interface of [FedXL/djangobot](https://github.com/FedXL/djangobot) (Django REST framework).',
  refuse,
  refusal: DjangobotRefusal,
  unauthorised: [403],
  anyWord: true,
  pages: { '/api/': '/docs' },
  routes: (deps) => [...userRoutes(deps), authRoute(deps), ...cabinetRoutes(deps), sendRoute(deps)],
}

function userRoutes({ accounts, restateAccount }: DialectDeps): DialectRoute[] {
  const path = '/api/user/'
  return [
    {
      method: 'POST',
      path,
      summary: 'Register',
      body: SCHEMAS.user,
      answers: { 201: SCHEMAS.answer },
      async handle(request, reply) {
        const { psw: password, ...account } = readFields(request, USER)
        await accounts.register({ ...account, password, locale: 'ru' })
        return reply.code(201).send({ answer: 'success' })
      },
    },
    {
      method: 'PUT',
      path,
      summary: 'Change your name, login or password',
      description:
        'All three are set. A `psw` that is not the current one is the new one, and ends all other sessions; it needs the access token of a log-in of the last 15 minutes that was not sent to the bot.',
      needs: 'manage',
      body: SCHEMAS.change,
      answers: { 200: SCHEMAS.answer },
      async handle(request) {
        const { psw: password, ...account } = readFields(request, USER)
        await restateAccount({ caller: callerOf(request), account: { ...account, password }, address: request.ip })
        return { answer: 'success data was changed' }
      },
    },
    {
      method: 'DELETE',
      path,
      summary: 'Delete your account and all that is in it',
      needs: 'manage',
      body: SCHEMAS.proof,
      answers: { 200: SCHEMAS.answer },
      async handle(request) {
        const { psw: password } = readFields(request, { psw: SECRET })
        await accounts.delete({ caller: callerOf(request), password, address: request.ip })
        return { answer: 'success user was deleted' }
      },
    },
  ]
}

function authRoute({ sessions }: DialectDeps): DialectRoute {
  return {
    method: 'POST',
    path: '/api/auth/',
    summary: 'Log in',
    description: 'Write any word before the access token in `Authorization`, or none.',
    body: SCHEMAS.auth,
    answers: { 200: SCHEMAS.accessToken },
    refuses: [401],
    async handle(request, reply) {
      const { login, psw: password } = readFields(request, LOGIN, 'login and psw fields required')
      const { accessToken } = await sessions.logIn({ login, password, ...clientOf(request) })
      reply.header('cache-control', 'no-store')
      return { answer: 'success', access_token: accessToken }
    },
  }
}

function cabinetRoutes({ claimChatForToken, numbered }: DialectDeps): DialectRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/cabinet/',
      summary: 'Link the chat to which the bot gave a code, and get the token to send with',
      description:
        'Messages go to this chat from then on. The `bot_token` is shown once, and the one before it is dead.',
      needs: 'manage',
      body: SCHEMAS.code,
      answers: { 200: SCHEMAS.botToken },
      async handle(request, reply) {
        const { code } = readFields(request, { code: { max: 64 } })
        const botToken = await claimChatForToken({ caller: callerOf(request), code, address: request.ip })
        reply.header('cache-control', 'no-store')
        return { answer: 'success', bot_token: botToken }
      },
    },
    {
      method: 'GET',
      path: '/api/cabinet/',
      summary: 'The messages that were sent',
      description: 'Newest first.',
      needs: 'read',
      query: SCHEMAS.page,
      answers: { 200: SCHEMAS.history },
      async handle(request) {
        const { user } = callerOf(request)
        const { items } = await numbered.list({ userId: user.id, ...readPage(request, PAGE), order: 'desc' })
        return { answer: 'success', messages: items.map(wireMessage), name: user.name }
      },
    },
  ]
}

function sendRoute({ prove, messages }: DialectDeps): DialectRoute {
  return {
    method: 'POST',
    path: '/api/send_message/',
    summary: 'Send a message',
    description: 'The `bot_token` says whose it is; no header is looked at.',
    body: SCHEMAS.message,
    answers: { 200: SCHEMAS.answer },
    async handle(request) {
      const { text, type: label, bot_token: secret } = readFields(request, MESSAGE)
      const { user, scopes } = await prove({ kind: 'api-token', secret })
      if (!scopes.includes('send')) throw new Refusal('scope_missing')
      await messages.enqueue({ userId: user.id, text, label })
      return { answer: 'message was successfully send' }
    },
  }
}

const SECRET = { trim: false } as const
const USER = { name: {}, login: {}, psw: SECRET } as const
const LOGIN = { login: {}, psw: SECRET } as const
const MESSAGE = {
  text: { max: TEXT_LENGTH.max },
  type: { pattern: { is: new RegExp(`^(?:${TYPES.join('|')})$`), else: `Must be one of ${TYPES.join(', ')}.` } },
  bot_token: { pattern: { is: PLAIN_API_TOKEN, else: 'Must be 25 letters and digits.' } },
} as const

type Fields = Parameters<typeof readTexts>[1]

/** Refuses in the words of the route; `details` says what is wrong unless it is given. */
function readFields<const T extends Fields>(
  request: FastifyRequest,
  fields: T,
  details?: string,
): ReturnType<typeof readTexts<T>> {
  try {
    return readTexts(request.body, fields)
  } catch (thrown) {
    if (!(thrown instanceof DialectRefusal)) throw thrown
    const { status, body } = invalid(request, details ?? sentences(thrown.answer.body))
    throw new DialectRefusal(status, body)
  }
}

/** `{"psw": ["This field is required."]}` as one text. */
function sentences(body: unknown): string {
  return Object.entries(body as Record<string, string[]>)
    .map(([field, what]) => `${field}: ${what.join(' ')}`)
    .join('; ')
}

/** What was sent by another interface has no type. */
function wireMessage({ createdAtMs, text, label }: Message) {
  return { time: drfTime(createdAtMs), text, type: TYPES.find((type) => type === label) ?? 'Text' }
}
