import type { FastifyRequest } from 'fastify'
import type { Log } from '../domain/log.ts'
import { REFUSALS } from '../domain/refusals.ts'
import { asRefusal } from './problem.ts'

/** Tells the operator what a caller must not learn. The route and not the path, because a path may hold a token. */
export function tellTrouble(log: Log, request: FastifyRequest, thrown: unknown): void {
  const { code } = asRefusal(thrown)
  const where = { method: request.method, route: request.routeOptions.url, code }
  if (code === 'internal') log.error({ ...where, err: thrown }, 'a request broke something')
  else if (REFUSALS[code].status >= 500) log.warn({ ...where, err: thrown }, 'a request could not be served')
}
