import type { FastifyInstance } from 'fastify'
import { openApiDocument } from '../../src/http/openapi.ts'
import { checkAnswer } from './answer-schema.ts'

export interface Call {
  /** A text is sent as it is, anything else as JSON. */
  body?: unknown
  /** The Authorization header. */
  as?: string
  cookie?: string
  headers?: Record<string, string>
  /** The caller's address. */
  from?: string
}

/** A way to ask the server, without a socket; each answer is held against its OpenAPI document. */
export async function checkedCalls(server: FastifyInstance) {
  await server.ready()
  const document = openApiDocument(server)
  async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, request: Call = {}) {
    const { body, as, cookie, headers, from } = request
    const answer = await server.inject({
      method,
      url,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(as !== undefined && { authorization: as }),
        ...(cookie !== undefined && { cookie: `postrider_session=${cookie}` }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(from !== undefined && { remoteAddress: from }),
    })
    checkAnswer(document, method, url, answer)
    const json = answer.body === '' ? {} : (JSON.parse(answer.body) as Record<string, unknown>)
    return { status: answer.statusCode, headers: answer.headers, code: json['code'], json }
  }
  return { document, call }
}
