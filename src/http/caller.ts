import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Principal, Scope } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'

/**
 * Proves who asks, by a header or the session cookie. Refuses with `credentials_invalid`, with `scope_missing` when they may not do
 * this (null: any right will do), and with `cross_site_refused` when only a cookie speaks for a write from another site. `authenticate.ts` implements it.
 */
export type Authenticate = (request: FastifyRequest, scope: Scope | null) => Promise<Principal>

const CALLER = 'caller'

/** Once per server: gives each request a place for its caller. */
export function rememberCallers(app: FastifyInstance): void {
  app.decorateRequest(CALLER, null)
}

/**
 * The hook of a route that needs credentials: `{ onRequest: guard(deps.authenticate, 'send') }`. It runs before the body is read, so
 * a stranger costs us a header.
 */
export function guard(authenticate: Authenticate, scope: Scope | null): onRequestAsyncHookHandler {
  return async (request) => {
    request.setDecorator(CALLER, await authenticate(request, scope))
  }
}

/** The same for what only operators may see. Refuses others with `operator_only`. */
export function guardOperators(authenticate: Authenticate): onRequestAsyncHookHandler {
  return async (request) => {
    const caller = await authenticate(request, 'read')
    if (caller.user.role !== 'operator') throw new Refusal('operator_only')
    request.setDecorator(CALLER, caller)
  }
}

/** From where somebody asks, and with what, for a log-in. */
export function clientOf({ ip, headers }: FastifyRequest): { address: string; userAgent: string | undefined } {
  return { address: ip, userAgent: headers['user-agent'] }
}

/** Who asks, in the handler of a route with `guard`. Throws without one: a route that forgot its guard serves nobody. */
export function callerOf(request: FastifyRequest): Principal {
  const caller = request.getDecorator<Principal | null>(CALLER)
  if (caller === null) throw new Error(`${request.method} ${request.routeOptions.url} has no guard`)
  return caller
}
