import { compile, type JSONSchema } from 'json-schema-to-typescript'

/** As much of an OpenAPI 3.1 document as the types are made of; its schemas are JSON Schema as they stand. */
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, JSONSchema> }
}
interface Operation {
  tags?: string[]
  parameters?: { name: string; in: string; required?: boolean; schema: JSONSchema }[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, { content?: Content }>
}
type Content = Record<string, { schema: JSONSchema }>

const HEADING = `// Printed by \`npm run docs\` from docs/openapi.json: what the HTTP API takes and answers, in the shape that openapi-fetch reads.
`

/**
 * The types of our own interface, without those of other systems: `paths`, as openapi-fetch wants it, and `components` by name.
 *
 * The document is turned round into one JSON Schema of the wished shape, and json-schema-to-typescript prints that: the tools that print
 * an OpenAPI document directly need a JavaScript API of the TypeScript compiler, which there is none of any more.
 */
export async function printApiTypes(document: Document, tags: readonly string[]): Promise<string> {
  const own = Object.entries(document.paths).filter(([, operations]) =>
    Object.values(operations).some((operation) => operation.tags?.some((tag) => tags.includes(tag))),
  )
  const paths = Object.fromEntries(own.map(([path, operations]) => [path, shapeOfPath(operations)]))
  const schemas = namedIn(paths, document.components.schemas)
  const references = Object.fromEntries(Object.keys(schemas).map((name) => [name, refTo(name)]))
  const whole: JSONSchema = {
    title: 'Api',
    ...record({ paths: record(paths), schemas: record(references) }),
    components: { schemas },
  }
  const printed = await compile(whole, 'Api', {
    bannerComment: HEADING,
    additionalProperties: false,
    // Lists, not tuples that count their elements.
    ignoreMinAndMaxItems: true,
    style: { semi: false, singleQuote: true, printWidth: 120 },
  })
  // openapi-fetch knows the statuses as numbers.
  const numbered = printed.replaceAll(/'(\d{3})':/g, '$1:')
  return `${numbered}\nexport type paths = Api['paths']\nexport type Schemas = Api['schemas']\n`
}

/** Those schemas to which these shapes lead. */
function namedIn(shapes: unknown, all: Record<string, JSONSchema>): Record<string, JSONSchema> {
  const found: Record<string, JSONSchema> = {}
  const names = JSON.stringify(shapes).matchAll(/"#\/components\/schemas\/(\w+)"/g)
  for (const [, name = ''] of names) {
    const schema = all[name]
    if (schema) Object.assign(found, { [name]: { title: name, ...schema } }, namedIn(schema, all))
  }
  return found
}

function shapeOfPath(operations: Record<string, Operation>): JSONSchema {
  return record(Object.fromEntries(Object.entries(operations).map(([verb, operation]) => [verb, shapeOf(operation)])))
}

function shapeOf({ parameters = [], requestBody, responses }: Operation): JSONSchema {
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'))
  const bad = Object.entries(responses).find(([status]) => !status.startsWith('2'))
  return record({
    parameters: parametersOf(parameters),
    ...(requestBody && { requestBody: record({ content: contentOf(requestBody.content) }) }),
    // Every refusal is a problem.
    responses: record(
      Object.fromEntries([
        ...good.map(([status, answer]) => [status, shapeOfAnswer(answer)]),
        ...(bad ? [['default', shapeOfAnswer(bad[1])]] : []),
      ]),
    ),
  })
}

function shapeOfAnswer({ content }: { content?: Content }): JSONSchema {
  return record({ content: content ? contentOf(content) : NEVER })
}

function parametersOf(parameters: NonNullable<Operation['parameters']>): JSONSchema {
  const places = [...new Set(parameters.map((parameter) => parameter.in))]
  const shapes = places.map((place) => {
    const here = parameters.filter((parameter) => parameter.in === place)
    const required = here.filter((parameter) => parameter.required).map(({ name }) => name)
    const shape = record(Object.fromEntries(here.map(({ name, schema }) => [name, schema])), required)
    return { place, shape, needed: required.length > 0 }
  })
  const needed = shapes.filter((shape) => shape.needed).map(({ place }) => place)
  return record(Object.fromEntries(shapes.map(({ place, shape }) => [place, shape])), needed)
}

function contentOf(content: Content): JSONSchema {
  return record(Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, schema])))
}

/** `never`, and absent. */
const NEVER: JSONSchema = { tsType: 'never' }

function record(properties: Record<string, JSONSchema>, required = Object.keys(properties)): JSONSchema {
  return { type: 'object', properties, required, additionalProperties: false }
}

function refTo(name: string): JSONSchema {
  return { $ref: `#/components/schemas/${name}` }
}
