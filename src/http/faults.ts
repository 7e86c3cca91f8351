import type { RequestFault } from '../domain/refusals.ts'

/** What is wrong with one place of a request, as the schema's checker found it, and what the schema says about that place. */
export interface SchemaFault {
  keyword?: string
  instancePath?: string
  message?: string
  about?: string | undefined
  params?: {
    requiredProperties?: readonly string[]
    additionalProperties?: readonly string[]
    allowedValues?: readonly unknown[]
    type?: unknown
  }
}

/** Nobody reads more, and an answer must not grow with what a stranger sent. */
const MOST_FAULTS = 20

/** What the schema found, in words. The value itself is never repeated: it may be a password. `part` is body, querystring and so on. */
export function faultsOf(found: readonly SchemaFault[], part: string): RequestFault[] {
  const at = (path: string): string => `/${part === 'querystring' ? 'query' : part}${path}`
  const telling = found.filter((fault) => !isSaidBetterElsewhere(fault, found))
  const faults = telling.flatMap((fault) => {
    const { keyword, instancePath = '', params = {} } = fault
    if (keyword === 'required') return named(params.requiredProperties, instancePath, 'is missing')
    if (keyword === 'additionalProperties') return named(params.additionalProperties, instancePath, 'is not known here')
    return [{ where: at(instancePath), what: inWords(fault) }]
  })
  function named(names: readonly string[] = [], path: string, what: string): RequestFault[] {
    return names.slice(0, MOST_FAULTS).map((name) => ({ where: at(`${path}/${pointer(name)}`), what }))
  }
  return faults.slice(0, MOST_FAULTS)
}

/** A choice of schemas complains once for each, and once for the choice; nobody means null who wrote something else. */
function isSaidBetterElsewhere(fault: SchemaFault, found: readonly SchemaFault[]): boolean {
  // Only says again what `additionalProperties` says.
  if (fault.keyword === 'boolean') return true
  const isVague = ({ keyword, params }: SchemaFault): boolean => keyword === 'anyOf' || params?.type === 'null'
  return isVague(fault) && found.some((other) => other.instancePath === fault.instancePath && !isVague(other))
}

function inWords({ keyword, message = 'is not as it should be', about, params = {} }: SchemaFault): string {
  switch (keyword) {
    case 'enum':
      return `must be one of ${(params.allowedValues ?? []).join(', ')}`
    case 'pattern':
      return about === undefined ? 'does not have the form that is asked for' : `does not fit: ${about}`
    case 'format':
      return about === undefined ? message : `${message}: ${about}`
    default:
      return message
  }
}

/** One step of a JSON pointer (RFC 6901), cut so that a name of a megabyte does not come back. */
function pointer(name: string): string {
  return name.slice(0, 64).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')
}
