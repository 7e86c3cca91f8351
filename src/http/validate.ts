import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/**
 * Checks each part of a request against its schema, lengths in code points, without changing it: `"5"` in a body is no number. A query
 * has only texts, so there a whole number or a truth is read from its usual spelling, and from no other (`1.5`, `1e3`, ` 1`, `yes`).
 */
export const validate: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema)
  const read = httpPart === 'querystring' ? queryReader(schema) : (value: unknown): unknown => value
  return (given: unknown) => {
    const value = read(given)
    if (compiled.Check(value)) return { value }
    const found = compiled.Errors(value).map((fault) => ({ ...fault, about: descriptionAt(schema, fault.schemaPath) }))
    return { error: found as FastifySchemaValidationError[] }
  }
}

function queryReader(schema: TSchema): (query: unknown) => unknown {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> }
  return (query) => {
    const entries = Object.entries(query as Record<string, unknown>)
    return Object.fromEntries(
      entries.map(([name, text]) => [
        name,
        Object.hasOwn(properties, name) ? spelled(text, properties[name]?.type) : text,
      ]),
    )
  }
}

function spelled(text: unknown, type: string | undefined): unknown {
  if (type === 'integer' && typeof text === 'string' && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/** What the schema says of the place that a path such as `#/properties/login` leads to. */
function descriptionAt(schema: TSchema, path: string): string | undefined {
  let node: unknown = schema
  for (const step of path.split('/').slice(1)) node = (node as Record<string, unknown> | undefined)?.[step]
  const description = (node as { description?: unknown } | undefined)?.description
  return typeof description === 'string' ? description : undefined
}
