import type { Locale, Principal, Profile, User } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Passwords } from '../domain/secrets.ts'
import type { Store, UserChange } from '../store/store.ts'
import { checkAccountFields } from './account-rules.ts'
import { type CheckPassword, wrongPassword } from './check-password.ts'

export interface AccountChange {
  login?: string | undefined
  name?: string | undefined
  /** Takes the place of all of the one before. */
  profile?: Profile | undefined
  locale?: Locale | undefined
  password?: { current: string; next: string } | undefined
}

/**
 * All of the change or none of it. A new password ends every session but the caller's own, and needs the current one. Refuses with
 * `request_invalid`, `login_taken`, `credentials_invalid` (also when the account is gone) or `too_many_requests`.
 */
export type ChangeAccount = (input: { caller: Principal; change: AccountChange; address: string }) => Promise<User>

export interface ChangeAccountDeps {
  store: Pick<Store, 'transaction'>
  passwords: Passwords
  checkPassword: CheckPassword
}

export function changeAccount(deps: ChangeAccountDeps): ChangeAccount {
  return async ({ caller, change, address }) => {
    const { login, name, locale, profile, password } = change
    const rules = { ...(login !== undefined && { login }), ...(name !== undefined && { name }) }
    checkAccountFields({ ...rules, ...(password && { password: password.next }) })
    const plain = { ...rules, ...(locale !== undefined && { locale }), ...(profile !== undefined && { profile }) }
    if (!password) return changePlainly(deps, caller, plain)

    const proven = await deps.checkPassword({ login: caller.user.login, password: password.current, address })
    const passwordHash = await deps.passwords.hash(password.next)
    return deps.store.transaction(async (records) => {
      // Of two changes at the same time, the second one's current password is no longer current.
      const now = await records.getUser(caller.user.id)
      if (now?.passwordHash !== proven.passwordHash) throw wrongPassword()
      const user = await records.updateUser(caller.user.id, { ...plain, passwordHash })
      await records.deleteSessionsOf(
        caller.user.id,
        caller.sessionId === undefined ? undefined : { exceptId: caller.sessionId },
      )
      return stillThere(user)
    })
  }
}

async function changePlainly({ store }: ChangeAccountDeps, caller: Principal, change: UserChange): Promise<User> {
  if (Object.keys(change).length === 0) return caller.user
  return store.transaction(async (records) => stillThere(await records.updateUser(caller.user.id, change)))
}

function stillThere(user: User | undefined): User {
  if (!user) throw new Refusal('credentials_invalid', { detail: 'This account no longer exists.' })
  return user
}
