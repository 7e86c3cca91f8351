import { DialectRefusal } from './dialect.ts'

/** A text in a body, checked as `serializers.CharField` checks it. */
export interface TextField {
  /** Default true. */
  required?: boolean
  /** Default false: a text of nothing but blanks is refused. */
  blank?: boolean
  /** Default true: blanks around it are taken away. */
  trim?: boolean
  /** In code points. */
  max?: number
  min?: number
  /** What it must look like, and what is said otherwise. */
  pattern?: { is: RegExp; else: string }
}

type Fields = Readonly<Record<string, TextField>>
type Texts<T extends Fields> = {
  [K in keyof T]: T[K] extends { required: false } ? string | undefined : string
}

/** What Django says of a name that it does not take; ours are of ASCII, and have 3 to 64 characters. */
export const USERNAME: TextField = {
  pattern: {
    is: /^[A-Za-z0-9._@+-]{3,64}$/,
    else: 'Enter a valid username. It must have 3 to 64 characters, and may contain only letters, numbers, and @/./+/-/_ characters.',
  },
}
const EMAIL_PATTERN = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/
export const EMAIL: TextField & { required: false } = {
  required: false,
  blank: true,
  max: 254,
  pattern: { is: EMAIL_PATTERN, else: 'Enter a valid email address.' },
}
/** `first_name`, `last_name`. */
export const NAME: TextField & { required: false } = { required: false, blank: true, max: 150 }

/** Refuses with 400 that lists, for each field, what is wrong with it. What no field is called is not looked at. */
export function readTexts<const T extends Fields>(body: unknown, fields: T): Texts<T> {
  const given = objectOf(body)
  const read = Object.entries(fields).map(([name, field]) => [name, readText(given, name, field)] as const)
  const wrong = read.filter(([, value]) => value instanceof Wrong)
  if (wrong.length > 0) {
    throw new DialectRefusal(400, Object.fromEntries(wrong.map(([name, value]) => [name, [(value as Wrong).what]])))
  }
  return Object.fromEntries(read) as Texts<T>
}

/** No body is an empty one. */
export function objectOf(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) return {}
  if (typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  const kind = Array.isArray(body) ? 'list' : typeof body === 'string' ? 'str' : typeof body
  throw new DialectRefusal(400, { non_field_errors: [`Invalid data. Expected a dictionary, but got ${kind}.`] })
}

class Wrong {
  readonly what: string
  constructor(what: string) {
    this.what = what
  }
}

function readText(
  given: Readonly<Record<string, unknown>>,
  name: string,
  field: TextField,
): string | undefined | Wrong {
  const { required = true, trim = true } = field
  if (!Object.hasOwn(given, name)) return required ? new Wrong('This field is required.') : undefined
  const value = given[name]
  if (value === null) return new Wrong('This field may not be null.')
  if (typeof value !== 'string' && typeof value !== 'number') return new Wrong('Not a valid string.')
  const text = trim ? String(value).trim() : String(value)
  return wrongOf(text, field) ?? text
}

function wrongOf(text: string, { blank = false, max, min = 0, pattern }: TextField): Wrong | undefined {
  if (text === '') return blank ? undefined : new Wrong('This field may not be blank.')
  if (text.includes('\0')) return new Wrong('Null characters are not allowed.')
  const { length } = Array.from(text)
  if (max !== undefined && length > max) return new Wrong(`Ensure this field has no more than ${max} characters.`)
  if (length < min) return new Wrong(`Ensure this field has at least ${min} characters.`)
  return pattern === undefined || pattern.is.test(text) ? undefined : new Wrong(pattern.else)
}
