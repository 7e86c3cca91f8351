import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyRequest,
  HTTPMethods,
  onRequestAsyncHookHandler,
} from 'fastify'
import type { Log } from '../../domain/log.ts'
import { Refusal } from '../../domain/refusals.ts'
import type { Authenticate as Prove } from '../../usecases/authenticate.ts'
import { authenticateRequest, isForeignWrite } from '../authenticate.ts'
import { guard } from '../caller.ts'
import { acceptForms } from '../form-body.ts'
import { refuseAllBut } from '../method-not-allowed.ts'
import { prefersHtml } from '../prefers-html.ts'
import { asRefusal } from '../problem.ts'
import { tellTrouble } from '../tell-trouble.ts'
import { schemaOf } from './describe-dialect.ts'
import { type Dialect, type DialectAnswer, type DialectDeps, DialectRefusal, type DialectRoute } from './dialect.ts'
import { SESSION_COOKIES } from './django-cookies.ts'
import { pageOrDocs } from './for-browsers.ts'

export interface ServeDeps extends DialectDeps {
  log: Log
}

/**
 * Serves a dialect: each path with and without the slash at its end, bodies as JSON and as forms, refusals in the dialect's words. What
 * it takes and answers is the business of its handlers alone; our own rules for `/v1` (unknown fields, types) do not hold here.
 */
export function serveDialect(dialect: Dialect, deps: ServeDeps): FastifyPluginAsync {
  const authenticate = authenticateFor(dialect, deps)
  return async (app) => {
    acceptForms(app)
    app.setValidatorCompiler(() => () => true)
    app.setSerializerCompiler(() => (body) => JSON.stringify(body))
    answerRefusals(app, dialect, deps.log)
    refuseForeignForms(app, deps.publicUrl)
    const routes = dialect.routes({ ...deps, authenticate })
    for (const route of routes) serve(app, dialect, route, { ...deps, authenticate })
    for (const [path, methods] of methodsByPath(routes)) refuseOtherMethods(app, path, methods)
    for (const [path, to] of Object.entries(dialect.pages ?? {})) redirect(app, path, to)
  }
}

function authenticateFor(dialect: Dialect, deps: { prove: Prove; publicUrl: string | null }) {
  const { prove, publicUrl } = deps
  return authenticateRequest({ prove, publicUrl, cookies: SESSION_COOKIES, anyWord: dialect.anyWord ?? false })
}

function serve(
  app: FastifyInstance,
  dialect: Dialect,
  route: DialectRoute,
  { authenticate, pageFolder }: Pick<DialectDeps, 'authenticate' | 'pageFolder'>,
): void {
  for (const url of bothForms(route.path)) {
    app.route({
      url,
      method: route.method,
      schema: url === route.path ? schemaOf(dialect, route) : { hide: true },
      onRequest: [
        ...(route.forBrowsers === undefined ? [] : [leadBrowsers(pageOrDocs(route.forBrowsers, { pageFolder }))]),
        ...(route.needs === undefined ? [] : [guard(authenticate, route.needs)]),
      ],
      handler: (request, reply) => route.handle(request, reply),
    })
  }
}

/** Before anybody asks who it is: a page that says 403 helps no person. */
function leadBrowsers(to: string): onRequestAsyncHookHandler {
  return async ({ headers }, reply) => {
    reply.header('vary', 'accept')
    return prefersHtml(headers.accept) ? reply.redirect(to) : undefined
  }
}

/** The path as it stands, and with the slash at its end or without it. */
function bothForms(path: string): string[] {
  if (path === '/') return [path]
  return [path, path.endsWith('/') ? path.slice(0, -1) : `${path}/`]
}

function answerRefusals(app: FastifyInstance, dialect: Dialect, log: Log): void {
  app.setErrorHandler((thrown, request, reply) => {
    if (!(thrown instanceof DialectRefusal)) tellTrouble(log, request, thrown)
    const { status, body, headers } = answerOf(dialect, thrown, request)
    return reply
      .code(status)
      .headers({ 'cache-control': 'no-store', ...headers })
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(body))
  })
}

function answerOf(dialect: Dialect, thrown: unknown, request: FastifyRequest): DialectAnswer {
  if (thrown instanceof DialectRefusal) return thrown.answer
  const refusal = asRefusal(thrown)
  const { status, body, headers } = dialect.refuse(refusal, request)
  const { retryAfterSeconds } = refusal
  const wait = retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterSeconds)) }
  return { status, body, headers: { ...wait, ...headers } }
}

/**
 * A page of another site can send a form wherever it likes, without asking. Not even a log-in may come that way: it would put its
 * visitor into the account of whoever made the page.
 */
function refuseForeignForms(app: FastifyInstance, publicUrl: string | null): void {
  app.addHook('onRequest', async (request) => {
    if (request.headers.authorization === undefined && isForeignWrite(request, publicUrl)) {
      throw new Refusal('cross_site_refused')
    }
  })
}

function methodsByPath(routes: readonly DialectRoute[]): Map<string, HTTPMethods[]> {
  const byPath = Map.groupBy(routes, ({ path }) => path)
  return new Map([...byPath].map(([path, all]) => [path, all.map(({ method }) => method)]))
}

/** Our own answer to these would be in our words. */
function refuseOtherMethods(app: FastifyInstance, path: string, methods: readonly HTTPMethods[]): void {
  const known = methods.includes('GET') ? [...methods, 'HEAD'] : methods
  for (const url of bothForms(path)) refuseAllBut(app, url, known)
}

function redirect(app: FastifyInstance, path: string, to: string): void {
  for (const url of bothForms(path)) {
    app.get(url, { schema: { hide: true } }, async (_request, reply) => reply.redirect(to))
  }
}
