import { createRequire } from 'node:module'

interface Yaml {
  parse(text: string, options: { merge: boolean }): unknown
  parseAllDocuments(text: string): { errors: readonly Error[]; toJS(): unknown }[]
}

/** The parser that a package which we use uses: not worth one of our own. */
const yaml = createRequire(createRequire(import.meta.url).resolve('@fastify/swagger'))('yaml') as Yaml

/** One document, with `<<` merged as Compose does it. */
export function parseYaml(text: string): unknown {
  return yaml.parse(text, { merge: true })
}

/** Every document of a stream. */
export function parseYamlStream(text: string): unknown[] {
  return yaml.parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0]
    return document.toJS()
  })
}
