import { ControlError } from './control-error.ts'

/** Reads what came over HTTP, from a JSON body or a query string, with a refusal that names the field. */
export class ControlInput {
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(fields: unknown) {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw new ControlError('invalid_input', 'Send a JSON object.')
    }
    this.#fields = { ...fields }
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined
  }

  raw(name: string): unknown {
    return this.#fields[name]
  }

  text(name: string): string {
    const value = this.#fields[name]
    if (typeof value !== 'string') throw wrong(name, 'text')
    return value
  }

  /** Also a number in text, as query strings have it. */
  number(name: string): number {
    const value = this.#fields[name]
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) throw wrong(name, 'a number')
    return number
  }

  flag(name: string): boolean {
    const value = this.#fields[name]
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    throw wrong(name, 'true or false')
  }

  /** An id or a name. */
  reference(name: string): number | string {
    const value = this.#fields[name]
    if (typeof value === 'number' || (typeof value === 'string' && value !== '')) return value
    throw wrong(name, 'an id or a name')
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const found = values.find((value) => value === this.#fields[name])
    if (found === undefined) throw wrong(name, `one of ${values.join(', ')}`)
    return found
  }

  object(name: string): ControlInput {
    const value = this.#fields[name]
    if (typeof value !== 'object' || value === null) throw wrong(name, 'an object')
    return new ControlInput(value)
  }

  references(name: string): (number | string)[] {
    const value = this.#fields[name]
    if (!Array.isArray(value)) throw wrong(name, 'a list')
    return value.map((_, index) => new ControlInput({ [name]: value[index] }).reference(name))
  }

  /** `{ [name]: value }` where the field is there, `{}` where it is not: for optional properties. */
  optional<Name extends string, Value>(
    name: Name,
    read: (input: ControlInput, name: Name) => Value,
  ): { [Key in Name]?: Value } {
    if (!this.has(name)) return {}
    const found: { [Key in Name]?: Value } = {}
    found[name] = read(this, name)
    return found
  }
}

/** A reader for `optional`: one of these words. */
export function asOneOf<Value extends string>(...values: readonly Value[]) {
  return (input: ControlInput, name: string): Value => input.oneOf(name, values)
}

export const asText = (input: ControlInput, name: string): string => input.text(name)
export const asNumber = (input: ControlInput, name: string): number => input.number(name)
export const asFlag = (input: ControlInput, name: string): boolean => input.flag(name)
export const asReference = (input: ControlInput, name: string): number | string => input.reference(name)

function wrong(name: string, expected: string): ControlError {
  return new ControlError('invalid_input', `"${name}" has to be ${expected}.`)
}
