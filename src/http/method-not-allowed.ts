import type { FastifyInstance, HTTPMethods } from 'fastify'
import { Refusal } from '../domain/refusals.ts'

/** All that anybody may try. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const satisfies readonly HTTPMethods[]

/**
 * Remembers every path that is registered from now on. Call the answer after the last route: it gives the other methods of each path
 * an answer of 405 with `Allow`, before any body is read.
 */
export function rememberPaths(app: FastifyInstance): () => void {
  const paths = new Set<string>()
  app.addHook('onRoute', ({ url }) => void paths.add(url))
  return () => {
    for (const url of paths) refuseOthers(app, url)
  }
}

function refuseOthers(app: FastifyInstance, url: string): void {
  const known = METHODS.filter((method) => app.hasRoute({ method, url }))
  if (!url.includes('*')) refuseAllBut(app, url, known)
}

/** Any other method of this path gets 405 with `Allow`, before any body is read. */
export function refuseAllBut(app: FastifyInstance, url: string, known: readonly HTTPMethods[]): void {
  const method = METHODS.filter((one) => !known.includes(one))
  if (method.length === 0) return
  app.route({
    url,
    method,
    schema: { hide: true },
    onRequest: async (_request, reply) => {
      reply.header('allow', known.join(', '))
      throw new Refusal('method_not_allowed')
    },
    handler: () => undefined,
  })
}
