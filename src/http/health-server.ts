import Fastify, { type FastifyInstance } from 'fastify'
import type { Log } from '../domain/log.ts'
import { Refusal } from '../domain/refusals.ts'
import { type HealthRoutesDeps, healthRoutes } from './health-routes.ts'
import { asRefusal, ProblemSchema, sendProblem } from './problem.ts'
import { validate } from './validate.ts'

/** For a process without the API: whether it lives, whether it is ready, and what it measures. Not yet listening. */
export async function buildHealthServer(deps: HealthRoutesDeps & { log: Log }): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, forceCloseConnections: 'idle' })
  app.setValidatorCompiler(validate)
  app.addSchema(ProblemSchema)
  app.setErrorHandler((thrown, _request, reply) => {
    if (asRefusal(thrown).code === 'internal') deps.log.error({ err: thrown }, 'a request broke something')
    return sendProblem(reply, thrown)
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Refusal('not_found')))
  await app.register(healthRoutes(deps))
  return app
}
