import type { FastifyInstance, HTTPMethods } from 'fastify'
import { Refusal } from '../domain/refusals.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const satisfies readonly HTTPMethods[]

/**
 * Remembers the methods of every path that is registered from now on. Call the answer after the last route: it gives the other
 * methods of each path an answer of 405 with `Allow`, before any body is read.
 */
export function rememberMethods(app: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = known.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    known.set(url, methods)
  })
  return () => {
    for (const [url, methods] of [...known]) refuseOthers(app, url, new Set(methods))
  }
}

function refuseOthers(app: FastifyInstance, url: string, known: ReadonlySet<string>): void {
  const others = METHODS.filter((method) => !known.has(method))
  if (url.includes('*') || others.length === 0) return
  app.route({
    url,
    method: others,
    schema: { hide: true },
    onRequest: async (_request, reply) => {
      reply.header('allow', [...known].join(', '))
      throw new Refusal('method_not_allowed')
    },
    handler: () => undefined,
  })
}
