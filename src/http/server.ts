import type { Socket } from 'node:net'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance } from 'fastify'
import type { DialectName } from '../domain/dialects.ts'
import type { Log } from '../domain/log.ts'
import type { IntakeMetrics } from '../domain/metrics.ts'
import { Refusal } from '../domain/refusals.ts'
import { rememberCallers } from './caller.ts'
import { dialectsNamed } from './dialects/all-dialects.ts'
import { schemaOfHome } from './dialects/describe-dialect.ts'
import type { Dialect, DialectDeps } from './dialects/dialect.ts'
import { serveDialect } from './dialects/serve-dialect.ts'
import { docsRoutes } from './docs-routes.ts'
import { type HomeRoutesDeps, homeRoutes } from './home-routes.ts'
import { type HealthRoutesDeps, healthRoutes } from './health-routes.ts'
import { acceptJsonOnly } from './json-body.ts'
import { rememberPaths } from './method-not-allowed.ts'
import { describeApi } from './openapi.ts'
import { pageRoutes } from './page-routes.ts'
import { phoneRoutes } from './phone-routes.ts'
import { ProblemSchema, problemHeaders, problemOf, sendProblem } from './problem.ts'
import { publishRoutes } from './publish-routes.ts'
import { securityHeaders } from './security-headers.ts'
import { tellTrouble } from './tell-trouble.ts'
import { ACCOUNT_SCHEMAS } from './v1/account-schemas.ts'
import { type AccountsRoutesDeps, accountsRoutes } from './v1/accounts-routes.ts'
import { BOT_SCHEMAS } from './v1/bot-schemas.ts'
import { ACTIVITY_SCHEMAS } from './v1/activity-schemas.ts'
import { type BotsRoutesDeps, botsRoutes } from './v1/bots-routes.ts'
import { CHAT_SCHEMAS } from './v1/chat-schemas.ts'
import { type ChatsRoutesDeps, chatsRoutes } from './v1/chats-routes.ts'
import { type EventsRoutesDeps, eventsRoutes } from './v1/events-routes.ts'
import { EXPORT_SCHEMAS, type ExportRoutesDeps, exportRoutes } from './v1/export-routes.ts'
import { type LinkCodesRoutesDeps, linkCodesRoutes } from './v1/link-codes-routes.ts'
import { CauseSchema } from './v1/cause-schema.ts'
import { MESSAGE_SCHEMAS } from './v1/message-schemas.ts'
import { type MessagesRoutesDeps, messagesRoutes } from './v1/messages-routes.ts'
import { SandboxSchema } from './v1/sandbox-schemas.ts'
import { type SandboxRoutesDeps, sandboxRoutes } from './v1/sandbox-routes.ts'
import { OPERATOR_SCHEMAS } from './v1/operator-schemas.ts'
import { type OperatorRoutesDeps, operatorRoutes } from './v1/operator-routes.ts'
import { type SessionsRoutesDeps, sessionsRoutes } from './v1/sessions-routes.ts'
import { STATISTICS_SCHEMAS, type StatisticsRoutesDeps, statisticsRoutes } from './v1/statistics-routes.ts'
import { type TokensRoutesDeps, tokensRoutes } from './v1/tokens-routes.ts'
import { type TelegramUpdatesRoutesDeps, telegramUpdatesRoutes } from './v1/telegram-updates-routes.ts'
import { validate } from './validate.ts'

/** Everything that HTTP needs, as one list. */
export interface ServerDeps
  extends MessagesRoutesDeps,
    StatisticsRoutesDeps,
    ExportRoutesDeps,
    EventsRoutesDeps,
    AccountsRoutesDeps,
    SessionsRoutesDeps,
    TokensRoutesDeps,
    ChatsRoutesDeps,
    LinkCodesRoutesDeps,
    BotsRoutesDeps,
    OperatorRoutesDeps,
    TelegramUpdatesRoutesDeps,
    SandboxRoutesDeps,
    HealthRoutesDeps,
    Pick<HomeRoutesDeps, 'phoneUrl'>,
    DialectDeps {
  log: Log
  /** Interfaces of other systems that are spoken beside our own. */
  dialects: readonly DialectName[]
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[]
  /** Told about each answer; for metrics. */
  answered?: IntakeMetrics['answered']
  /** Of this program, for the OpenAPI document. */
  version: string
  /** Where the built account page lies; null when there is none. */
  pageFolder: string | null
  /** `TIMEOUTS` when absent. */
  timeouts?: typeof TIMEOUTS
}

/** How long we wait for a request, so that half of one holds nothing for long. A test may be less patient. */
export const TIMEOUTS = {
  /** For its headers. */
  headersMs: 15_000,
  /** For all of it: 512 KiB in this time is 140 kbit/s. */
  requestMs: 30_000,
  /** How often connections are looked at for these two, and so how late they may be. Node's own default is 30 s. */
  lookEveryMs: 5_000,
}

/** A text of 32768 characters is 384 KiB when each is written as two `\uXXXX`; the rest is room for the other fields. */
const BODY_LIMIT_BYTES = 512 * 1024

/** The server, not yet listening. One readable list instead of a scanned folder: grep for a path and you are at its route. */
export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const { headersMs, requestMs, lookEveryMs } = deps.timeouts ?? TIMEOUTS
  const app = Fastify({
    // Each request is logged by our own hook, without its headers and its query.
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    // Guesses are counted by address, so nobody but a proxy that the operator named may tell us who asks.
    trustProxy: deps.trustedProxies.length > 0 && [...deps.trustedProxies],
    requestTimeout: requestMs,
    // Node would refuse a missing Host in its own words; `answerProblems` does it in ours.
    http: { headersTimeout: headersMs, connectionsCheckingInterval: lookEveryMs, requireHostHeader: false },
    // Longer than the 60 s of common load balancers, so that it is never us who closes a connection they are about to use.
    keepAliveTimeout: 72_000,
    // A follower of events is quiet for 15 s at most; anything longer is governed by the limits above.
    connectionTimeout: 0,
    forceCloseConnections: 'idle',
    // What came in before the stop is answered properly.
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, error),
    clientErrorHandler: answerHalfRequest,
    routerOptions: { ignoreTrailingSlash: false },
  })
  app.setValidatorCompiler(validate)
  const dialects = dialectsNamed(deps.dialects)
  const schemas = [
    ProblemSchema,
    ...ACCOUNT_SCHEMAS,
    CauseSchema,
    ...MESSAGE_SCHEMAS,
    ...STATISTICS_SCHEMAS,
    ...EXPORT_SCHEMAS,
    ...CHAT_SCHEMAS,
    ...BOT_SCHEMAS,
    SandboxSchema,
    ...OPERATOR_SCHEMAS,
    ...ACTIVITY_SCHEMAS,
  ]
  for (const schema of new Set([...schemas, ...dialects.map(({ refusal }) => refusal)])) app.addSchema(schema)
  acceptJsonOnly(app)
  rememberCallers(app)
  answerProblems(app, deps.log)
  observeAnswers(app, deps)
  const refuseOtherMethods = rememberPaths(app)
  await describeApi(app, { version: deps.version, dialects })
  await app.register(cookie)
  await protect(app)
  await app.register(accountsRoutes(deps))
  await app.register(sessionsRoutes(deps))
  await app.register(tokensRoutes(deps))
  await app.register(messagesRoutes(deps))
  await app.register(exportRoutes(deps))
  await app.register(statisticsRoutes(deps))
  await app.register(eventsRoutes(deps))
  await app.register(publishRoutes(deps))
  await app.register(chatsRoutes(deps))
  await app.register(linkCodesRoutes(deps))
  await app.register(botsRoutes(deps))
  await app.register(operatorRoutes(deps))
  await app.register(telegramUpdatesRoutes(deps))
  await app.register(sandboxRoutes(deps))
  await app.register(phoneRoutes(deps))
  await app.register(healthRoutes(deps))
  await app.register(docsRoutes())
  for (const dialect of dialects) await app.register(serveDialect(dialect, deps))
  const { pageFolder: folder } = deps
  if (folder !== null) await app.register(pageRoutes({ folder, hasPhone: deps.phones !== null }))
  const forPrograms = homeForPrograms(dialects, deps.publicUrl)
  await app.register(homeRoutes({ hasPage: folder !== null, phoneUrl: deps.phoneUrl, forPrograms }))
  refuseOtherMethods()
  return app
}

function homeForPrograms(dialects: readonly Dialect[], publicUrl: string | null): HomeRoutesDeps['forPrograms'] {
  const dialect = dialects.find(({ home }) => home)
  const [home, schema] = [dialect?.home, dialect && schemaOfHome(dialect)]
  return home && schema ? { schema, handle: (request) => home.handle(request, publicUrl) } : null
}

async function protect(app: FastifyInstance): Promise<void> {
  const headers = Object.entries(await securityHeaders())
  app.addHook('onRequest', (_request, reply, done) => {
    // Beneath Fastify, so that an answer which sets headers of its own afterwards adds to these.
    for (const [name, value] of headers) reply.raw.setHeader(name, value)
    done()
  })
}

function answerProblems(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((thrown, request, reply) => {
    tellTrouble(log, request, thrown)
    return sendProblem(reply, thrown)
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Refusal('not_found')))
  app.addHook('onRequest', async ({ headers }) => {
    if (headers.host === undefined) throw new Refusal('request_invalid', { detail: 'The Host header is missing.' })
  })
  // Any expectation but `100-continue`, which Node keeps by itself, may be ignored (RFC 9110, 10.1.1).
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
}

function observeAnswers(app: FastifyInstance, { log, answered }: Pick<ServerDeps, 'log' | 'answered'>): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions, ip } = request
    const { statusCode: status, elapsedTime: durationMs } = reply
    answered?.({ method, route: routeOptions.url ?? 'none', status, durationMs })
    log.debug({ method, route: routeOptions.url, status, ms: Math.round(durationMs), ip }, 'answered')
    done()
  })
}

/** What is no request at all (garbage, headers beyond 16 KiB, half a request) never reaches a route; it still gets our answer. */
function answerHalfRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const detail = HALF_REQUESTS[error.code ?? ''] ?? 'This is not an HTTP request.'
  const refusal = new Refusal('request_invalid', { detail, cause: error })
  const body = JSON.stringify(problemOf(refusal))
  const headers = { ...problemHeaders(refusal), 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 400 Bad Request\r\n${head.join('')}\r\n${body}`)
}
const HALF_REQUESTS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are larger than 16 KiB.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
}
