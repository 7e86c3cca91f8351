import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { refusals } from './refusal-responses.ts'

export interface HealthRoutesDeps {
  health: {
    /** Why this process should get no requests now, in short words such as `database`; empty when it is ready. */
    whyNotReady: () => Promise<readonly string[]>
    /** Everything measured, in the Prometheus text format. */
    metrics: () => Promise<{ contentType: string; text: string }>
  }
}

const ReadySchema = Type.Object({ status: Type.Literal('ready') }, { examples: [{ status: 'ready' }] })
const NotReadySchema = Type.Object(
  { status: Type.Literal('not_ready'), reasons: Type.Array(Type.String()) },
  { description: 'Send requests elsewhere for now.', examples: [{ status: 'not_ready', reasons: ['database'] }] },
)

export function healthRoutes({ health }: HealthRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/health/live',
      {
        schema: {
          operationId: 'live',
          summary: 'The process runs',
          description: 'Asks nothing else: a process must not be restarted because its database is down.',
          tags: ['operations'],
          security: [],
          response: { 200: Type.Object({ status: Type.Literal('live') }), ...refusals() },
        },
      },
      async () => ({ status: 'live' as const }),
    )

    app.get(
      '/health/ready',
      {
        schema: {
          operationId: 'ready',
          summary: 'The process can serve requests',
          tags: ['operations'],
          security: [],
          response: { ...refusals(), 200: ReadySchema, 503: NotReadySchema },
        },
      },
      async (_request, reply) => {
        const reasons = await health.whyNotReady()
        if (reasons.length === 0) return reply.send({ status: 'ready' })
        return reply.code(503).send({ status: 'not_ready', reasons: [...reasons] })
      },
    )

    app.get(
      '/metrics',
      {
        schema: {
          operationId: 'metrics',
          summary: 'What is measured, for Prometheus',
          tags: ['operations'],
          security: [],
          response: {
            200: { description: 'Prometheus text.', content: { 'text/plain': { schema: Type.String() } } },
            ...refusals(),
          },
        },
      },
      async (_request, reply) => {
        const { contentType, text } = await health.metrics()
        return reply.header('content-type', contentType).send(text)
      },
    )
  }
}
