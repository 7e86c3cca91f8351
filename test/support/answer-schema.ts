import assert from 'node:assert/strict'
import Schema from 'typebox/schema'
import type { OpenApiDocument, OpenApiOperation } from '../../src/http/openapi.ts'

export interface Answer {
  statusCode: number
  headers: Readonly<Record<string, unknown>>
  body: string
}

/**
 * Holds a real answer against the OpenAPI document: the status is one that the operation lists, the media type too, the body fits its
 * schema, and a refusal's code is among those that the operation names. `path` is as it was asked for, with or without its query.
 */
export function checkAnswer(document: OpenApiDocument, method: string, path: string, answer: Answer): void {
  const what = `${method} ${path} -> ${answer.statusCode} ${answer.body.slice(0, 500)}`
  const methods = methodsOf(document, path)
  if (!methods) return checkUndocumented(document, answer, 'not_found', what)
  const operation = methods[method.toLowerCase()]
  if (!operation) return checkUndocumented(document, answer, 'method_not_allowed', what)

  const response = operation.responses[String(answer.statusCode)]
  assert.ok(response, `${what}: the document does not list this status`)
  const mediaType = mediaTypeOf(answer)
  if (!response.content) return assert.equal(answer.body, '', `${what}: the document promises no body`)
  const listed = response.content[mediaType]
  assert.ok(listed?.schema, `${what}: the document does not list ${mediaType}`)
  const body: unknown = mediaType.endsWith('json') ? JSON.parse(answer.body) : answer.body
  checkSchema(document, listed.schema, body, what)
  if (mediaType === 'application/problem+json') {
    assert.equal((body as { status: number }).status, answer.statusCode, `${what}: two different statuses`)
    const { code } = body as { code: string }
    assert.ok(Object.hasOwn(listed.examples ?? {}, code), `${what}: the document does not name this refusal here`)
  }
}

/** What is not in the document has one answer. */
function checkUndocumented(document: OpenApiDocument, answer: Answer, code: string, what: string): void {
  assert.equal(mediaTypeOf(answer), 'application/problem+json', what)
  const body = JSON.parse(answer.body) as { code: string }
  assert.equal(body.code, code, what)
  checkSchema(document, { $ref: '#/components/schemas/Problem' }, body, what)
}

function checkSchema(document: OpenApiDocument, schema: object, value: unknown, what: string): void {
  const [fits, errors] = Schema.Errors({ ...schema, components: document.components }, value)
  assert.ok(fits, `${what}: ${JSON.stringify(errors)}`)
}

function mediaTypeOf({ headers }: Answer): string {
  const type = headers['content-type']
  return typeof type === 'string' ? (type.split(';', 1)[0] ?? '') : ''
}

function methodsOf(document: OpenApiDocument, path: string): Record<string, OpenApiOperation> | undefined {
  const steps = path.split('?', 1)[0]?.split('/') ?? []
  const found = Object.entries(document.paths).filter(([template]) => {
    const wanted = template.split('/')
    return wanted.length === steps.length && wanted.every((step, at) => step.startsWith('{') || step === steps[at])
  })
  // `/v1/sessions/current` is more than `/v1/sessions/{id}`.
  return found.sort(([a], [b]) => a.split('{').length - b.split('{').length)[0]?.[1]
}
