import { PASSWORD_LENGTH } from '../../domain/account.ts'
import { asText } from './as-text.ts'
import { DialectRefusal } from './dialect.ts'

/** A text in a body, checked as `serializers.CharField` checks it. */
export interface TextField {
  /** Default true. */
  required?: boolean
  /** Default false: a text of nothing but blanks is refused. */
  blank?: boolean
  /** Default false: null is refused. */
  nullable?: boolean
  /** Default true: blanks around it are taken away. */
  trim?: boolean
  /** In code points. */
  max?: number
  min?: number
  /** What it must look like, and what is said otherwise. */
  pattern?: { is: RegExp; else: string }
}

/** For the schema of a text that is no more than this: a `TextField` of blanks alone is refused, and so is a null character in any. */
export const NOT_BLANK = '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$'
/** The same for one that may be blank, or whose blanks are kept. */
export const NO_NULLS = '^[^\\u0000]*$'

/** A yes or no that may be left out, in the words that `serializers.BooleanField` takes. */
export const FLAG = { required: false, flag: true } as const

type Field = TextField | typeof FLAG
type Fields = Readonly<Record<string, Field>>
type Texts<T extends Fields> = { [K in keyof T]: Read<T[K]> }
type Read<F extends Field> =
  | (F extends { flag: true } ? boolean : string)
  | (F extends { required: false } ? undefined : never)
  | (F extends { nullable: true } ? null : never)

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

/** Texts and flags. Refuses with 400 that lists, for each field, what is wrong with it. What no field is called is not looked at. */
export function readTexts<const T extends Fields>(body: unknown, fields: T): Texts<T> {
  const given = objectOf(body)
  const read = Object.entries(fields).map(([name, field]) => [name, readField(given, name, field)] as const)
  const wrong = read.filter(([, value]) => value instanceof Wrong)
  if (wrong.length > 0) {
    throw new DialectRefusal(400, Object.fromEntries(wrong.map(([name, value]) => [name, [(value as Wrong).what]])))
  }
  return Object.fromEntries(read) as Texts<T>
}

/** A new password has as many characters as everywhere here; said of the field, in Django's words. */
export function assertPasswordLength(password: string, field: string): void {
  const { length } = Array.from(password)
  const { min, max } = PASSWORD_LENGTH
  const wrong =
    length < min
      ? `This password is too short. It must contain at least ${min} characters.`
      : `This password is too long. It must contain at most ${max} characters.`
  if (length < min || length > max) throw new DialectRefusal(400, { [field]: [wrong] })
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

type Given = string | boolean | null | undefined | Wrong

function readField(given: Readonly<Record<string, unknown>>, name: string, field: Field): Given {
  const { required = true } = field
  if (!Object.hasOwn(given, name)) return required ? new Wrong('This field is required.') : undefined
  const value = given[name]
  const nullable = 'nullable' in field && field.nullable
  if (value === null) return nullable ? null : new Wrong('This field may not be null.')
  return 'flag' in field ? readFlag(value) : readText(value, field)
}

const YES = /^(1|t|true|y|yes|on)$/i
const NO = /^(0|f|false|n|no|off)$/i

function readFlag(value: unknown): boolean | Wrong {
  const word = ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim() : ''
  if (YES.test(word)) return true
  return NO.test(word) ? false : new Wrong('Must be a valid boolean.')
}

function readText(value: unknown, field: TextField): string | Wrong {
  const { trim = true } = field
  const given = asText(value)
  if (given === undefined) return new Wrong('Not a valid string.')
  const text = trim ? given.trim() : given
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
