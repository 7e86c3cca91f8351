import type { FastifyReply, FastifyRequest } from 'fastify'
import type { User } from '../../domain/account.ts'
import type { Message } from '../../domain/message.ts'
import { TEXT_LENGTH } from '../../domain/message.ts'
import { callerOf, clientOf } from '../caller.ts'
import { asWrong, type Dialect, type DialectDeps, DialectRefusal, type DialectRoute } from './dialect.ts'
import { clearDjangoCookies, setDjangoCookies } from './django-cookies.ts'
import { DrfRefusal, drfRefuse, drfTime } from './drf.ts'
import { assertPasswordLength, EMAIL, NAME, readTexts, USERNAME } from './drf-fields.ts'
import { originOf, pageOf, readPage } from './drf-pages.ts'
import { renamed } from './rename.ts'
import { SCHEMAS } from './yuryyurybot-schemas.ts'

/** As many messages as a page has by default there. */
const PAGE = 10

export const yuryyurybot: Dialect = {
  name: 'yuryyurybot',
  about:
    'The interface of [yury-yury/telegram_bot](https://github.com/yury-yury/telegram_bot) (Django REST framework).',
  refuse: drfRefuse({
    unauthorised: 401,
    fields: { '/body/login': 'username', '/body/password': 'non_field_errors', '/body/text': 'content' },
  }),
  refusal: DrfRefusal,
  unauthorised: [401, 403],
  routes: (deps) => [...accountRoutes(deps), ...profileRoutes(deps), verifyRoute(deps), ...messageRoutes(deps)],
}

function accountRoutes(deps: DialectDeps): DialectRoute[] {
  const { accounts, sessions } = deps
  return [
    {
      method: 'POST',
      path: '/users/signup',
      summary: 'Register',
      body: SCHEMAS.signup,
      answers: { 201: SCHEMAS.user },
      async handle({ body }, reply) {
        const { username, password, password_repeat: repeated, ...profile } = readTexts(body, SIGNUP)
        if (password !== repeated) throw inNoField('The entered passwords must match')
        assertPasswordLength(password, 'non_field_errors')
        const user = await accounts.register({
          login: username,
          password,
          // That system called people by their login.
          name: username,
          locale: 'ru',
          profile: profileOf(profile),
        })
        return reply.code(201).send(wireUser(user))
      },
    },
    {
      method: 'POST',
      path: '/users/login',
      summary: 'Log in',
      description: 'Sets the session cookie; `sessionid` and `csrftoken` are set too.',
      body: SCHEMAS.login,
      answers: { 200: SCHEMAS.user },
      refuses: [401],
      async handle(request, reply) {
        const { username: login, password } = readTexts(request.body, LOGIN)
        const session = await sessions.logIn({ login, password, ...clientOf(request) }).catch(asWrongLogin)
        setDjangoCookies(reply, session, deps)
        return wireUser(session.user)
      },
    },
  ]
}

function profileRoutes({ accounts, sessions, publicUrl }: DialectDeps): DialectRoute[] {
  const path = '/users/profile'
  const change = (fields: typeof PROFILE | typeof PATCHED) => async (request: FastifyRequest) => {
    const caller = callerOf(request)
    const { username: login, ...profile } = readTexts(request.body, fields)
    return wireUser(
      await accounts.change({
        caller,
        address: request.ip,
        change: {
          profile: { ...caller.user.profile, ...profileOf(profile) },
          ...(login !== undefined && renamed(caller.user, login)),
        },
      }),
    )
  }
  const password = async (request: FastifyRequest) => {
    const { old_password: current, new_password: next } = readTexts(request.body, PASSWORDS)
    assertPasswordLength(next, 'new_password')
    const input = { caller: callerOf(request), change: { password: { current, next } }, address: request.ip }
    await accounts.change(input).catch(asWrongPassword)
    return {}
  }
  const withUser = { answers: { 200: SCHEMAS.user }, needs: 'manage' } as const
  const withNothing = { answers: { 200: SCHEMAS.nothing }, needs: 'manage', body: SCHEMAS.passwords } as const
  const summary = 'Change your profile'
  return [
    {
      method: 'GET',
      path,
      summary: 'Your profile',
      needs: 'read',
      answers: { 200: SCHEMAS.user },
      handle: async (request) => wireUser(callerOf(request).user),
    },
    { method: 'PUT', path, summary, ...withUser, body: SCHEMAS.profile, handle: change(PROFILE) },
    { method: 'PATCH', path, summary, ...withUser, body: SCHEMAS.profile, handle: change(PATCHED) },
    {
      method: 'DELETE',
      path,
      summary: 'Log out',
      description: 'The account stays.',
      needs: null,
      answers: { 204: 'Logged out.' },
      async handle(request, reply: FastifyReply) {
        const caller = callerOf(request)
        if (caller.sessionId !== undefined) await sessions.logOut(caller)
        clearDjangoCookies(reply, publicUrl)
        return reply.code(204).send()
      },
    },
    { method: 'PUT', path: '/users/update_password', summary: 'Set a new password', ...withNothing, handle: password },
    {
      method: 'PATCH',
      path: '/users/update_password',
      summary: 'Set a new password',
      ...withNothing,
      handle: password,
    },
  ]
}

function verifyRoute({ chats }: DialectDeps): DialectRoute {
  return {
    method: 'PATCH',
    path: '/bot/verify/',
    summary: 'Link the chat to which the bot gave a code',
    description: 'From then on messages go to this chat.',
    needs: 'manage',
    body: SCHEMAS.verify,
    answers: { 200: SCHEMAS.verified },
    async handle(request) {
      const { user } = callerOf(request)
      const { verification_code: code } = readTexts(request.body, { verification_code: { max: 64 } })
      const { id, telegramChatId } = await chats.claim({ user, code, address: request.ip }).catch(asWrongCode)
      // One chat for each account, there: the one that was verified last.
      await chats.setDefault({ userId: user.id, chatId: id })
      return { tg_id: telegramChatId, username: user.login, user_id: user.number }
    },
  }
}

function messageRoutes({ messages, numbered, publicUrl }: DialectDeps): DialectRoute[] {
  const path = '/message/sent'
  return [
    {
      method: 'POST',
      path,
      summary: 'Send a message',
      needs: 'send',
      body: SCHEMAS.content,
      answers: { 201: SCHEMAS.message },
      async handle(request, reply) {
        const { user } = callerOf(request)
        const { content: text } = readTexts(request.body, { content: { max: TEXT_LENGTH.max } })
        const { message } = await messages.enqueue({ userId: user.id, text }).catch(asNotVerified)
        return reply.code(201).send(wireMessage(message, user))
      },
    },
    {
      method: 'GET',
      path,
      summary: 'The messages that were sent',
      description: 'Oldest first.',
      needs: 'read',
      query: SCHEMAS.page,
      answers: { 200: SCHEMAS.messages },
      async handle(request) {
        const { user } = callerOf(request)
        const { limit: wanted, offset } = readPage(request, PAGE)
        const { items, count, limit } = await numbered.list({ userId: user.id, limit: wanted, offset, order: 'asc' })
        const results = items.map((message) => wireMessage(message, user))
        return pageOf(`${originOf(request, publicUrl)}${path}`, { limit, offset, count, results })
      },
    },
  ]
}

const PASSWORD = { trim: false } as const
const SIGNUP = {
  username: USERNAME,
  password: PASSWORD,
  password_repeat: PASSWORD,
  first_name: NAME,
  last_name: NAME,
  email: EMAIL,
} as const
const LOGIN = { username: {}, password: PASSWORD } as const
const PASSWORDS = { old_password: PASSWORD, new_password: PASSWORD } as const
const PROFILE = { username: USERNAME, first_name: NAME, last_name: NAME, email: EMAIL } as const
const PATCHED = { ...PROFILE, username: { ...USERNAME, required: false } } as const

function inNoField(what: string): DialectRefusal {
  return new DialectRefusal(400, { non_field_errors: [what] })
}

const asWrongLogin = asWrong('credentials_invalid', 401, { detail: 'Incorrect authentication credentials.' })
const asWrongPassword = asWrong('credentials_invalid', 400, { old_password: ['uncorrect password'] })
const asWrongCode = asWrong('link_code_invalid', 400, { verification_code: ['Invalid verification code'] })
const asNotVerified = asWrong('chat_not_linked', 400, ['User is not verification'])

function profileOf(given: {
  first_name: string | undefined
  last_name: string | undefined
  email: string | undefined
}) {
  const { first_name: firstName, last_name: lastName, email } = given
  return {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(email !== undefined && { email }),
  }
}

function wireUser({ number: id, login: username, profile: { firstName = '', lastName = '', email = '' } }: User) {
  return { id, username, first_name: firstName, last_name: lastName, email }
}

function wireMessage({ number: id, createdAtMs, text: content }: Message, owner: User) {
  return { id, owner: wireUser(owner), created: drfTime(createdAtMs), content }
}
