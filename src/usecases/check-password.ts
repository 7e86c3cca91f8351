import { Refusal } from '../domain/refusals.ts'
import type { Passwords } from '../domain/secrets.ts'
import type { Records, UserWithPassword } from '../store/store.ts'
import { fitsRule } from './account-rules.ts'
import type { Guess, GuessLimits } from './guess-limits.ts'

export interface PasswordClaim extends Guess {
  password: string
}

/**
 * Answers whose password this is. Refuses with `credentials_invalid`, the same for a login that does not exist, and with
 * `too_many_requests`.
 */
export type CheckPassword = (claim: PasswordClaim) => Promise<UserWithPassword>

export interface CheckPasswordDeps {
  store: Pick<Records, 'findUserByLogin'>
  passwords: Passwords
  guessLimits: GuessLimits
}

export function checkPassword({ store, passwords, guessLimits }: CheckPasswordDeps): CheckPassword {
  return async ({ login, password, address }) => {
    // What nobody could have registered is nobody's password: it needs no look, and no guess is spent on it.
    if (!fitsRule('login', login) || !fitsRule('password', password)) throw wrongPassword()
    const proven = await guessLimits.attempt({ login, address }, async () => {
      const known = await store.findUserByLogin(login)
      // Computed for a login that does not exist too, so that the time tells nothing.
      const right = await passwords.verify(password, known?.passwordHash ?? null)
      return right ? known : undefined
    })
    if (!proven) throw wrongPassword()
    return proven
  }
}

export function wrongPassword(): Refusal {
  return new Refusal('credentials_invalid', { detail: 'The login or the password is wrong.' })
}
