import type { User } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Passwords } from '../domain/secrets.ts'
import type { Store } from '../store/store.ts'
import { checkAccountFields } from './account-rules.ts'

/**
 * For the operator: a new password without the old one. Ends every session; API tokens stay. Refuses with `not_found` or
 * `request_invalid`.
 */
export type SetPassword = (input: { login: string; password: string }) => Promise<User>

export function setPassword(deps: { store: Pick<Store, 'transaction'>; passwords: Passwords }): SetPassword {
  return async ({ login, password }) => {
    checkAccountFields({ password })
    const passwordHash = await deps.passwords.hash(password)
    return deps.store.transaction(async (records) => {
      const known = await records.findUserByLogin(login)
      const user = known && (await records.updateUser(known.user.id, { passwordHash }))
      if (!user) throw new Refusal('not_found', { detail: 'There is no account with this login.' })
      await records.deleteSessionsOf(user.id)
      return user
    })
  }
}
