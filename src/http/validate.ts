import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { refusalOfFaults } from './problem.ts'

/**
 * Checks each part of a request against its schema, lengths in code points, without changing it: `"5"` in a body is no number. A query
 * has only texts, so there a whole number or a truth is read from its usual spelling, and from no other (`1.5`, `1e3`, ` 1`, `yes`).
 */
export const validate: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const faultsIn = checker(schema)
  const read = httpPart === 'querystring' ? textsReader(schema) : (value: unknown): unknown => value
  return (given: unknown) => {
    const value = read(given)
    const error = faultsIn(value)
    return error === undefined ? { value } : { error }
  }
}

/** For a body that the framework cannot check, since its schema is not that of its type. Refuses with `request_invalid` as it would. */
export function bodyChecker<T extends TSchema>(schema: T): (body: unknown) => Static<T> {
  const faultsIn = checker(schema)
  return (body) => {
    const faults = faultsIn(body)
    if (faults !== undefined) throw refusalOfFaults(faults, 'body')
    return body as Static<T>
  }
}

/** Undefined when all is well. */
function checker(schema: TSchema): (value: unknown) => FastifySchemaValidationError[] | undefined {
  const compiled = Compile(schema)
  return (value) => {
    if (compiled.Check(value)) return undefined
    return compiled.Errors(value).map((fault) => ({ ...fault, about: descriptionAt(schema, fault.schemaPath) }))
  }
}

/** Reads what comes as texts (a query, a form): numbers and truths, where the schema has them. What is no such thing stays a text. */
export function textsReader(schema: TSchema): (query: unknown) => unknown {
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
