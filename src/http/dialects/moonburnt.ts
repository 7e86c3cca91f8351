import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Message } from '../../domain/message.ts'
import { NAME_LENGTH, PASSWORD_LENGTH, type Principal } from '../../domain/account.ts'
import { TEXT_LENGTH } from '../../domain/message.ts'
import { Refusal } from '../../domain/refusals.ts'
import { isForeignWrite } from '../authenticate.ts'
import { callerOf, clientOf } from '../caller.ts'
import { PAGES, pageOrDocs } from './for-browsers.ts'
import { prefersHtml } from '../prefers-html.ts'
import { asWrong, type Dialect, type DialectDeps, DialectRefusal, type DialectRoute } from './dialect.ts'
import { clearDjangoCookies, setCsrfCookie, setDjangoCookies } from './django-cookies.ts'
import { DrfRefusal, drfRefuse, drfTime } from './drf.ts'
import { readTexts, USERNAME } from './drf-fields.ts'
import { originOf, queryText, readPage } from './drf-pages.ts'
import { localPath } from './local-path.ts'
import { SCHEMAS } from './moonburnt-schemas.ts'

/** That system's lists have no pages. An answer has a bound all the same: the newest. */
const MOST_LISTED = 200
export const moonburnt: Dialect = {
  name: 'moonburnt',
  about:
    'The interface of [moonburnt/thefactory_job_interview](https://github.com/moonburnt/thefactory_job_interview) (Django REST framework). Send the token to the bot, and messages go to that chat.',
  refuse: drfRefuse({
    unauthorised: 403,
    fields: {
      '/body/login': 'username',
      '/body/name': 'first_name',
      '/body/password': 'password',
      '/body/text': 'message',
    },
  }),
  refusal: DrfRefusal,
  unauthorised: [403],
  home: {
    summary: 'Where everything is',
    description: 'For programs. Whoever asks for HTML gets the page of this server.',
    answer: SCHEMAS.map,
    handle: (request, publicUrl) => {
      const origin = originOf(request, publicUrl)
      const paths = ['message', 'auth/register', 'token']
      return Object.fromEntries(paths.map((path) => [path, `${origin}/${path}/`]))
    },
  },
  routes: (deps) => [
    ...registerRoutes(deps),
    ...loginRoutes(deps),
    ...logoutRoutes(deps),
    ...tokenRoutes(deps),
    ...messageRoutes(deps),
  ],
}

function registerRoutes(deps: DialectDeps): DialectRoute[] {
  const path = '/auth/register/'
  return [
    {
      method: 'GET',
      path,
      summary: 'Leads a browser to the page where one signs up',
      answers: { 302: 'To the account page.' },
      refuses: [405],
      async handle(request, reply) {
        if (prefersHtml(request.headers.accept)) return reply.redirect(pageOrDocs(PAGES.signUp, deps))
        reply.header('allow', 'POST')
        throw new Refusal('method_not_allowed')
      },
    },
    {
      method: 'POST',
      path,
      summary: 'Register',
      description: 'Only for whoever is not logged in.',
      body: SCHEMAS.register,
      answers: { 302: 'Registered; the next step is to log in.' },
      async handle(request, reply) {
        if (await findCaller(deps, request)) throw new Refusal('scope_missing')
        const { username: login, first_name: firstName, password } = readTexts(request.body, REGISTER)
        await deps.accounts.register({ login, password, name: firstName === '' ? login : firstName, locale: 'ru' })
        return reply.redirect('/auth/login/')
      },
    },
  ]
}

function loginRoutes(deps: DialectDeps): DialectRoute[] {
  const path = '/auth/login/'
  return [
    {
      method: 'GET',
      path,
      summary: 'Which fields a log-in has',
      description: 'Sets the cookie `csrftoken`. A browser is led to the page where one signs in.',
      answers: { 200: SCHEMAS.form, 302: 'To the account page.' },
      async handle(request, reply) {
        if (prefersHtml(request.headers.accept)) return reply.redirect(pageOrDocs(PAGES.signIn, deps))
        setCsrfCookie(reply, deps)
        return { username: '', password: '' }
      },
    },
    {
      method: 'POST',
      path,
      summary: 'Log in',
      description: 'Sets the session cookie; `sessionid` and `csrftoken` are set too.',
      body: SCHEMAS.login,
      answers: { 302: 'Logged in; to `next`, or to `/`.' },
      refuses: [401],
      async handle(request, reply) {
        const { username: login, password, next = queryText(request, 'next') } = readTexts(request.body, LOGIN)
        const claim = { login, password, ...clientOf(request) }
        setDjangoCookies(reply, await deps.sessions.logIn(claim).catch(asWrongLogin), deps)
        return reply.redirect(localPath(next ?? '') ?? '/')
      },
    },
  ]
}

function logoutRoutes(deps: DialectDeps): DialectRoute[] {
  const route = { path: '/auth/logout/', summary: 'Log out', answers: { 302: 'To `/`.' } }
  async function handle(request: FastifyRequest, reply: FastifyReply) {
    // Whoever only looks where this leads stays in.
    if (request.method === 'HEAD') return reply.redirect('/')
    // A page of another site can have its visitor's browser fetch any address; a link that leads here does no harm.
    if (isForeignWrite({ method: 'POST', headers: request.headers }, deps.publicUrl)) {
      throw new Refusal('cross_site_refused')
    }
    const caller = await findCaller(deps, request).catch(ignoreWrongCredentials)
    if (caller?.sessionId !== undefined) await deps.sessions.logOut(caller)
    clearDjangoCookies(reply, deps.publicUrl)
    return reply.redirect('/')
  }
  return [
    { method: 'GET', ...route, handle },
    { method: 'POST', ...route, handle },
  ]
}

function tokenRoutes({ linkTokens }: DialectDeps): DialectRoute[] {
  const path = '/token/'
  return [
    {
      method: 'GET',
      path,
      summary: 'The token to send to the bot, if there is one',
      forBrowsers: PAGES.chats,
      needs: 'manage',
      answers: { 200: SCHEMAS.tokens },
      async handle(request, reply) {
        const token = await linkTokens.get(callerOf(request).user.id)
        reply.header('cache-control', 'no-store')
        return token === undefined ? [] : [{ token }]
      },
    },
    {
      method: 'POST',
      path,
      summary: 'Make a token to send to the bot',
      description: 'Links one chat, once, within the life of a code. Refused while there is one.',
      needs: 'manage',
      answers: { 201: SCHEMAS.token },
      async handle(request, reply) {
        const token = await linkTokens.create(callerOf(request).user.id)
        if (token === undefined) throw new DialectRefusal(400, { non_field_errors: ['User already has token'] })
        return reply.code(201).header('cache-control', 'no-store').send({ token })
      },
    },
  ]
}

function messageRoutes({ messages, numbered }: DialectDeps): DialectRoute[] {
  const path = '/message/'
  return [
    {
      method: 'GET',
      path,
      summary: 'Your messages',
      forBrowsers: PAGES.messages,
      description: 'The newest 200, oldest of them first.',
      needs: 'read',
      query: SCHEMAS.page,
      answers: { 200: SCHEMAS.messages },
      async handle(request) {
        const page = readPage(request, MOST_LISTED)
        const { items } = await numbered.list({ userId: callerOf(request).user.id, ...page, order: 'desc' })
        return items.toReversed().map(wireMessage)
      },
    },
    {
      method: 'POST',
      path,
      summary: 'Send a message',
      needs: 'send',
      body: SCHEMAS.newMessage,
      answers: { 201: SCHEMAS.message },
      async handle(request, reply) {
        const { message: text } = readTexts(request.body, { message: { max: TEXT_LENGTH.max } })
        const userId = callerOf(request).user.id
        const { message } = await messages.enqueue({ userId, text }).catch(asNotLinked)
        return reply.code(201).send(wireMessage(message))
      },
    },
    {
      method: 'GET',
      path: '/message/:id/',
      summary: 'One message',
      forBrowsers: PAGES.messages,
      needs: 'read',
      params: SCHEMAS.id,
      answers: { 200: SCHEMAS.message },
      refuses: [404],
      async handle(request) {
        const { id } = request.params as { id: string }
        if (!/^\d{1,15}$/.test(id)) throw new Refusal('not_found')
        return wireMessage(await numbered.get(callerOf(request).user.id, Number(id)))
      },
    },
  ]
}

const REGISTER = {
  username: USERNAME,
  first_name: { blank: true, max: NAME_LENGTH.max },
  password: { trim: false, ...PASSWORD_LENGTH },
} as const
const LOGIN = { username: {}, password: { trim: false }, next: { required: false, blank: true } } as const

const asWrongLogin = asWrong('credentials_invalid', 401, {
  detail: 'Please enter a correct username and password. Note that both fields may be case-sensitive.',
})
const asNotLinked = asWrong('chat_not_linked', 400, {
  non_field_errors: ['User has no chat yet: send the token to the bot first'],
})

/** Who asks where nobody must: undefined for nobody, also when all that there is is a cookie of a session that has ended. */
async function findCaller({ authenticate }: DialectDeps, request: FastifyRequest): Promise<Principal | undefined> {
  if (request.headers.authorization !== undefined) return authenticate(request, null)
  return authenticate(request, null).catch(ignoreWrongCredentials)
}

function ignoreWrongCredentials(thrown: unknown): undefined {
  if (thrown instanceof Refusal && thrown.code === 'credentials_invalid') return undefined
  throw thrown
}

function wireMessage({ number: id, text: message, createdAtMs }: Message) {
  return { id, message, created: drfTime(createdAtMs) }
}
