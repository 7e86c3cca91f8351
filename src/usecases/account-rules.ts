import { LOGIN_PATTERN, NAME_LENGTH, NAME_PATTERN, PASSWORD_LENGTH } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'

interface Fields {
  login?: string
  password?: string
  name?: string
}

/**
 * The limits of the public contract, for callers that no schema stood before. Refuses with `request_invalid` that lists all faults.
 */
export function checkAccountFields(fields: Fields): void {
  const errors = Object.entries(RULES).flatMap(([field, { fits, what }]) => {
    const value = fields[field as keyof Fields]
    return value === undefined || fits(value) ? [] : [{ where: `/body/${field}`, what }]
  })
  if (errors.length > 0) throw new Refusal('request_invalid', { errors })
}

/** Whether anybody may have registered with this. */
export function fitsRule(field: keyof Fields, value: string): boolean {
  return RULES[field].fits(value)
}

const LOGIN = new RegExp(LOGIN_PATTERN, 'u')
const NAME = new RegExp(NAME_PATTERN, 'u')

const RULES: Readonly<Record<keyof Fields, { fits: (value: string) => boolean; what: string }>> = {
  login: {
    fits: (login) => LOGIN.test(login),
    what: 'must have 3 to 64 characters, each a letter or digit of ASCII or one of . _ @ + -',
  },
  password: {
    fits: (password) => hasLength(password, PASSWORD_LENGTH) && password.isWellFormed(),
    what: `must have ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters`,
  },
  name: {
    fits: (name) => hasLength(name, NAME_LENGTH) && NAME.test(name),
    what: `must have ${NAME_LENGTH.min} to ${NAME_LENGTH.max} characters in one line, at least one of them visible`,
  },
}

/** In code points, as everywhere in the contract. */
function hasLength(text: string, { min, max }: { min: number; max: number }): boolean {
  const { length } = Array.from(text)
  return length >= min && length <= max
}
