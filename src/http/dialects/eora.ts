import type { FastifyRequest } from 'fastify'
import type { Principal, User } from '../../domain/account.ts'
import { Refusal } from '../../domain/refusals.ts'
import { callerOf, clientOf } from '../caller.ts'
import { asWrong, type Dialect, type DialectDeps, DialectRefusal, type DialectRoute } from './dialect.ts'
import { clearDjangoCookies, SESSION_COOKIES, setDjangoCookies } from './django-cookies.ts'
import { DrfRefusal, drfRefuse } from './drf.ts'
import { assertPasswordLength, EMAIL, NAME, objectOf, readTexts, USERNAME } from './drf-fields.ts'
import { botRoutes } from './eora-bots.ts'
import { SCHEMAS } from './eora-schemas.ts'
import { renamed } from './rename.ts'

const refuseAsDrf = drfRefuse({
  unauthorised: 403,
  fields: { '/body/login': 'username', '/body/password': 'password1', '/body/title': 'title' },
})

export const eora: Dialect = {
  name: 'eora',
  about:
    'The interface of [Andrey862/Backend_test_task](https://github.com/Andrey862/Backend_test_task) (Django REST framework), made for a task of EORA: bots of your own, which repeat what they are told.',
  refuse(refusal, request) {
    switch (refusal.code) {
      case 'bot_token_invalid':
        return { status: 400, body: { token: ['Token is invalid'] } }
      case 'bot_token_taken':
        return { status: 400, body: { token: ['Telegram data with this token already exists.'] } }
      case 'bot_limit_reached':
        return { status: 403, body: { detail: 'maximum amount of bots per user reached' } }
      default:
        return refuseAsDrf(refusal, request)
    }
  },
  refusal: DrfRefusal,
  unauthorised: [403],
  pages: { '/swagger/': '/docs', '/swagger.json': '/openapi.json' },
  routes: (deps) => [...sessionRoutes(deps), ...userRoutes(deps), ...passwordRoutes(deps), ...botRoutes(deps)],
}

function sessionRoutes(deps: DialectDeps): DialectRoute[] {
  const { keyedSessions, publicUrl } = deps
  return [
    {
      method: 'POST',
      path: '/rest-auth/registration/',
      summary: 'Register and log in',
      description: 'The `key` goes after the word `Token` in `Authorization`. Sets the session cookie, too.',
      body: SCHEMAS.registration,
      answers: { 201: SCHEMAS.key },
      async handle(request, reply) {
        const { username, password1: password, password2: repeated, email } = readTexts(request.body, REGISTRATION)
        assertPasswordLength(password, 'password1')
        if (password !== repeated) throw inNoField("The two password fields didn't match.")
        const profile = email === undefined ? {} : { email }
        const { userAgent } = clientOf(request)
        const session = await keyedSessions.register({ login: username, password, name: username, profile, userAgent })
        setDjangoCookies(reply, session, deps)
        return reply.code(201).send({ key: session.key })
      },
    },
    {
      method: 'POST',
      path: '/rest-auth/login/',
      summary: 'Log in',
      description: 'Answers the same `key` until a log-out. Sets the session cookie, too.',
      body: SCHEMAS.login,
      answers: { 200: SCHEMAS.key },
      async handle(request, reply) {
        const claim = { ...readLogin(request.body), ...clientOf(request) }
        const session = await keyedSessions.logIn(claim).catch(asWrongLogin)
        setDjangoCookies(reply, session, deps)
        return { key: session.key }
      },
    },
    {
      method: 'POST',
      path: '/rest-auth/logout/',
      summary: 'Log out',
      description: 'Ends the session, and the `key` wherever it is used.',
      answers: { 200: SCHEMAS.detail },
      async handle(request, reply) {
        await keyedSessions.logOut(await callersOf(request, deps))
        clearDjangoCookies(reply, publicUrl)
        return { detail: 'Successfully logged out.' }
      },
    },
  ]
}

function userRoutes({ accounts }: DialectDeps): DialectRoute[] {
  const path = '/rest-auth/user/'
  const change = (fields: typeof NAMES | typeof PATCHED) => async (request: FastifyRequest) => {
    const caller = callerOf(request)
    const { profile } = caller.user
    const { username: login, first_name: firstName, last_name: lastName } = readTexts(request.body, fields)
    const names = { ...(firstName !== undefined && { firstName }), ...(lastName !== undefined && { lastName }) }
    const wishes = { profile: { ...profile, ...names }, ...(login !== undefined && renamed(caller.user, login)) }
    return wireUser(await accounts.change({ caller, address: request.ip, change: wishes }))
  }
  const write = { needs: 'manage', body: SCHEMAS.names, answers: { 200: SCHEMAS.user } } as const
  return [
    {
      method: 'GET',
      path,
      summary: 'Your account',
      needs: 'read',
      answers: { 200: SCHEMAS.user },
      handle: async (request) => wireUser(callerOf(request).user),
    },
    { method: 'PUT', path, summary: 'Change your account', ...write, handle: change(NAMES) },
    { method: 'PATCH', path, summary: 'Change your account', ...write, handle: change(PATCHED) },
  ]
}

function passwordRoutes({ accounts }: DialectDeps): DialectRoute[] {
  return [
    {
      method: 'POST',
      path: '/rest-auth/password/change/',
      summary: 'Set a new password',
      description: 'Ends every other session. The `key` stays until a log-out.',
      needs: 'manage',
      body: SCHEMAS.passwords,
      answers: { 200: SCHEMAS.detail },
      async handle(request) {
        const {
          old_password: current,
          new_password1: next,
          new_password2: repeated,
        } = readTexts(request.body, PASSWORDS)
        if (next !== repeated) throw inField('new_password2', "The two password fields didn't match.")
        assertPasswordLength(next, 'new_password2')
        const input = { caller: callerOf(request), change: { password: { current, next } }, address: request.ip }
        await accounts.change(input).catch(asWrongPassword)
        return { detail: 'New password has been saved.' }
      },
    },
    {
      method: 'POST',
      path: '/rest-auth/password/reset/',
      summary: 'Ask for a mail with a link to a new password',
      description: 'There is no mail here: this refuses, whoever asks.',
      body: SCHEMAS.reset,
      answers: {},
      async handle() {
        throw new DialectRefusal(403, {
          detail: 'There is no mail here. Ask whoever runs this server to set a new password for you.',
        })
      },
    },
  ]
}

const PASSWORD = { trim: false } as const
const REGISTRATION = { username: USERNAME, password1: PASSWORD, password2: PASSWORD, email: EMAIL } as const
const PASSWORDS = { old_password: PASSWORD, new_password1: PASSWORD, new_password2: PASSWORD } as const
const NAMES = { username: USERNAME, first_name: NAME, last_name: NAME } as const
const PATCHED = { ...NAMES, username: { ...USERNAME, required: false } } as const
const MAY_BE_ABSENT = { required: false, blank: true } as const
const LOGIN = { username: MAY_BE_ABSENT, password: { ...MAY_BE_ABSENT, trim: false } } as const

function readLogin(body: unknown): { login: string; password: string } {
  const { username: login, password } = readTexts(objectOf(body), LOGIN)
  if (!login || !password) throw inNoField('Must include "username" and "password".')
  return { login, password }
}

/** Everybody whose credentials came along: anybody may log out, also who never was in. Credentials in a header must be right. */
async function callersOf(request: FastifyRequest, { authenticate, prove }: DialectDeps): Promise<Principal[]> {
  const byHeader = request.headers.authorization === undefined ? [] : [await authenticate(request, 'manage')]
  const cookies = new Set(SESSION_COOKIES.flatMap((name) => request.cookies[name] || []))
  const byCookie = [...cookies].map((accessToken) =>
    prove({ kind: 'cookie', accessToken }).then((caller) => [caller], nobodyWhenInvalid),
  )
  return [...byHeader, ...(await Promise.all(byCookie)).flat()]
}

function nobodyWhenInvalid(thrown: unknown): Principal[] {
  if (thrown instanceof Refusal && thrown.code === 'credentials_invalid') return []
  throw thrown
}

function inField(field: string, what: string): DialectRefusal {
  return new DialectRefusal(400, { [field]: [what] })
}

function inNoField(what: string): DialectRefusal {
  return inField('non_field_errors', what)
}

const WRONG_LOGIN = { non_field_errors: ['Unable to log in with provided credentials.'] }
const asWrongLogin = asWrong('credentials_invalid', 400, WRONG_LOGIN)
const asWrongPassword = asWrong('credentials_invalid', 400, { old_password: ['Invalid password'] })

function wireUser({ number: pk, login: username, profile: { firstName = '', lastName = '', email = '' } }: User) {
  return { pk, username, email, first_name: firstName, last_name: lastName }
}
