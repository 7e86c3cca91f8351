import type { Locale, Profile, User } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import { newId } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Passwords } from '../domain/secrets.ts'
import type { NewUser, Records } from '../store/store.ts'
import { checkAccountFields } from './account-rules.ts'

export interface Registration {
  login: string
  password: string
  name: string
  /** Default `en`. */
  locale?: Locale | undefined
  /** Nothing when absent. */
  profile?: Profile
}

/** Refuses with `registration_closed`, `request_invalid` or `login_taken`, and with `too_many_requests` when too many passwords wait. */
export type RegisterUser = (registration: Registration) => Promise<User>

export interface RegisterUserDeps {
  store: Pick<Records, 'createUser' | 'findUserByLogin'>
  passwords: Passwords
  clock: Clock
  random: Random
  /** The setting `REGISTRATION`; an operator at the command line is not bound by it and passes `open`. */
  registration: 'open' | 'closed'
}

export function registerUser(deps: RegisterUserDeps): RegisterUser {
  return async (registration) => await deps.store.createUser(await newUser(deps, registration))
}

/** An account that is not stored yet. Refuses as `RegisterUser` does. */
export async function newUser(
  deps: Omit<RegisterUserDeps, 'store'> & { store: Pick<Records, 'findUserByLogin'> },
  { login, password, name, locale = 'en', profile = {} }: Registration,
): Promise<NewUser> {
  if (deps.registration === 'closed') throw new Refusal('registration_closed')
  checkAccountFields({ login, password, name })
  // Looked up before the costly hash. The store refuses too, for two that register at the same moment.
  if (await deps.store.findUserByLogin(login)) throw new Refusal('login_taken')
  const passwordHash = await deps.passwords.hash(password)
  const id = newId('usr', deps)
  return { id, login, passwordHash, name, locale, profile, nowMs: deps.clock.now() }
}
