import type { FastifyRequest } from 'fastify'
import type { User } from '../../domain/account.ts'
import type { Message } from '../../domain/message.ts'
import { callerOf, clientOf } from '../caller.ts'
import { nullable } from '../wire.ts'
import { asWrong, type Dialect, type DialectDeps, type DialectRoute } from './dialect.ts'
import { SCHEMAS } from './fabotrix-schemas.ts'
import { FastapiRefusal, fastapiRefuse, fastapiTime, readCount, readFields, readNumber } from './fastapi.ts'

const ROOT = '/api/v1'
/** As many messages as a list has by default there. */
const PAGE = 100
/** As many as a user's own object holds: the newest. */
const EMBEDDED = 200

export const fabotrix: Dialect = {
  name: 'fabotrix',
  about:
    'The interface of [Funiusa/the_factory_bot_task](https://github.com/Funiusa/the_factory_bot_task) (FastAPI). Send the access token of a log-in to the bot, and messages go to that chat.',
  refuse: fastapiRefuse({
    fields: {
      '/body/login': 'email',
      '/body/name': 'username',
      '/body/password': 'password',
      '/body/text': 'message',
    },
    sentences: {
      login_taken: [400, 'User with this email already exists'],
      registration_closed: [403, 'Open user registration is forbidden on this server'],
      chat_not_linked: [403, 'You need to add your access_token in telegram chat before'],
    },
  }),
  refusal: FastapiRefusal,
  unauthorised: [401, 403],
  pages: { [`${ROOT}/openapi.json`]: '/openapi.json' },
  routes: (deps) => [...accountRoutes(deps), ...profileRoutes(deps), ...messageRoutes(deps), ...oneMessage(deps)],
}

function accountRoutes(deps: DialectDeps): DialectRoute[] {
  const { accounts, sessions } = deps
  return [
    {
      method: 'POST',
      path: `${ROOT}/users/open`,
      summary: 'Register',
      description: 'The three may stand in the query too, where that system read them; a body is safer.',
      body: nullable(SCHEMAS.newUser),
      query: SCHEMAS.newUser,
      answers: { 200: SCHEMAS.user },
      refuses: [422],
      async handle(request) {
        const { email: login, username: name, password } = readFields(request, NEW_USER)
        const user = await accounts.register({ login, password, name, locale: 'en' })
        return wireUser(deps, user)
      },
    },
    {
      method: 'POST',
      path: `${ROOT}/login/access_token`,
      summary: 'Log in',
      description: '`username` is the e-mail address. Send the access token to the bot to link that chat, once.',
      body: SCHEMAS.login,
      answers: { 200: SCHEMAS.token },
      refuses: [422],
      async handle(request, reply) {
        const { username: login, password } = readFields(request, LOGIN)
        const claim = { login, password, ...clientOf(request) }
        const { accessToken } = await sessions.logIn(claim).catch(asWrongLogin)
        reply.header('cache-control', 'no-store')
        return { access_token: accessToken, token_type: 'bearer' }
      },
    },
  ]
}

function profileRoutes(deps: DialectDeps): DialectRoute[] {
  const path = `${ROOT}/users/me`
  return [
    {
      method: 'GET',
      path,
      summary: 'You, with your newest messages',
      needs: 'read',
      answers: { 200: SCHEMAS.user },
      handle: async (request) => wireUser(deps, callerOf(request).user),
    },
    {
      method: 'PUT',
      path,
      summary: 'Change your account',
      description: 'What is left out stays. A new `password` needs `current_password`, and ends every other session.',
      needs: 'manage',
      body: SCHEMAS.change,
      answers: { 200: SCHEMAS.user },
      refuses: [422],
      handle: async (request) => wireUser(deps, await changeAccount(deps, request)),
    },
  ]
}

/** Clients of that system always send the password with a change, because it broke without; the present one changes nothing. */
async function changeAccount({ accounts, prove }: DialectDeps, request: FastifyRequest): Promise<User> {
  const caller = callerOf(request)
  const given = readFields(request, CHANGE)
  const { email: login, username, full_name: fullName, password: next, current_password: current } = given
  const name = username ?? fullName
  if (next !== undefined && current === undefined) {
    const address = request.ip
    await prove({ kind: 'password', login: caller.user.login, password: next, address }).catch(asPasswordMissing)
  }
  const password = next !== undefined && current !== undefined ? { current, next } : undefined
  const change = {
    ...(login !== undefined && login !== caller.user.login && { login }),
    ...(name !== undefined && { name }),
    ...(password && { password }),
  }
  return accounts.change({ caller, change, address: request.ip }).catch(asWrongLogin)
}

function messageRoutes({ messages, numbered }: DialectDeps): DialectRoute[] {
  const path = `${ROOT}/messages/`
  return [
    {
      method: 'POST',
      path,
      summary: 'Send a message',
      description: '`message` may stand in the query too, where that system read it; a body takes longer texts.',
      needs: 'send',
      body: nullable(SCHEMAS.newMessage),
      query: SCHEMAS.newMessage,
      answers: { 201: SCHEMAS.message },
      refuses: [422],
      async handle(request, reply) {
        const { user } = callerOf(request)
        const { message: text } = readFields(request, { message: { in: 'query' } })
        const { message } = await messages.enqueue({ userId: user.id, text })
        return reply.code(201).send(wireMessage(message, user))
      },
    },
    {
      method: 'GET',
      path,
      summary: 'Your messages',
      description: 'Oldest first.',
      needs: 'read',
      query: SCHEMAS.page,
      answers: { 200: SCHEMAS.messages },
      refuses: [422],
      async handle(request) {
        const { user } = callerOf(request)
        const [offset, limit] = [readCount(request, 'skip', 0), readCount(request, 'limit', PAGE)]
        if (limit === 0) return []
        const { items } = await numbered.list({ userId: user.id, limit, offset, order: 'asc' })
        return items.map((message) => wireMessage(message, user))
      },
    },
  ]
}

function oneMessage({ messages, numbered }: DialectDeps): DialectRoute[] {
  const path = `${ROOT}/messages/:id`
  const find = (request: FastifyRequest): Promise<Message> =>
    numbered.get(callerOf(request).user.id, readNumber(request, 'id')).catch(asNoMessage)
  return [
    {
      method: 'GET',
      path,
      summary: 'One message',
      needs: 'read',
      params: SCHEMAS.id,
      answers: { 200: SCHEMAS.message },
      refuses: [404, 422],
      handle: async (request) => wireMessage(await find(request), callerOf(request).user),
    },
    {
      method: 'DELETE',
      path,
      summary: 'Take back a message that still waits',
      description: 'It stays in the history. What is on its way or was delivered cannot be taken back: 409.',
      needs: 'send',
      params: SCHEMAS.id,
      answers: { 204: 'Taken back.' },
      refuses: [404, 409, 422],
      async handle(request, reply) {
        const { id } = await find(request)
        await messages.cancel(callerOf(request).user.id, id).catch(asNoMessage).catch(asNotWaiting)
        return reply.code(204).send()
      },
    },
  ]
}

const NEW_USER = { email: { in: 'query' }, username: { in: 'query' }, password: { in: 'query' } } as const
const LOGIN = { username: { in: 'body' }, password: { in: 'body' } } as const
const OPTIONAL = { in: 'body', required: false } as const
const CHANGE = {
  email: OPTIONAL,
  username: OPTIONAL,
  full_name: OPTIONAL,
  password: OPTIONAL,
  current_password: OPTIONAL,
} as const

const asWrongLogin = asWrong('credentials_invalid', 400, { detail: 'Invalid username or password' })
const asPasswordMissing = asWrong('credentials_invalid', 400, {
  detail: 'A new password needs the present one as current_password',
})
const asNotWaiting = asWrong('message_not_waiting', 409, {
  detail: 'The message no longer waits: it is on its way, was delivered or failed, or was taken back before',
})
const asNoMessage = asWrong('not_found', 404, { detail: 'Message not found' })

async function wireUser({ chats, numbered }: Pick<DialectDeps, 'chats' | 'numbered'>, user: User) {
  const [linked, { items }] = await Promise.all([
    chats.list(user.id),
    numbered.list({ userId: user.id, limit: EMBEDDED, order: 'desc' }),
  ])
  return {
    username: user.name,
    email: user.login,
    is_active: true,
    is_superuser: false,
    id: user.number,
    telegram_id: linked.find(({ isDefault }) => isDefault)?.telegramChatId ?? null,
    messages: items.toReversed().map((message) => wireMessage(message, user)),
  }
}

function wireMessage({ number: id, createdAtMs, text: body }: Message, { number: author_id }: User) {
  return { body, id, author_id, creation_date: fastapiTime(createdAtMs) }
}
