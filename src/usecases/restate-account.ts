import type { Principal, User } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Passwords } from '../domain/secrets.ts'
import type { Store } from '../store/store.ts'
import { checkAccountFields } from './account-rules.ts'
import { wrongPassword } from './check-password.ts'

/**
 * For interfaces where a person says the whole account anew. A password that is not the current one is the new one, and ends every session
 * but the caller's own. The current one is not asked for then, so only somebody who logged in may set one: to a cookie or an API
 * token it is refused with `scope_missing`. Refuses with `request_invalid`, `login_taken`, `credentials_invalid` (the account
 * changed its password meanwhile, or is gone) and `too_many_requests` when too many passwords wait; nothing is changed then.
 */
export type RestateAccount = (input: {
  caller: Principal
  account: { login: string; name: string; password: string }
}) => Promise<User>

export function restateAccount(deps: {
  store: Pick<Store, 'transaction' | 'getUser'>
  passwords: Passwords
}): RestateAccount {
  return async ({ caller, account: { login, name, password } }) => {
    checkAccountFields({ login, name, password })
    const userId = caller.user.id
    const before = await deps.store.getUser(userId)
    if (!before) throw wrongPassword()
    const isNew = !(await deps.passwords.verify(password, before.passwordHash))
    if (isNew) refuseUnlessLoggedIn(caller)
    const change = { login, name, ...(isNew && { passwordHash: await deps.passwords.hash(password) }) }
    return deps.store.transaction(async (records) => {
      const now = await records.getUser(userId)
      if (now?.passwordHash !== before.passwordHash) throw wrongPassword()
      const { sessionId } = caller
      if (isNew) await records.deleteSessionsOf(userId, sessionId === undefined ? undefined : { exceptId: sessionId })
      const user = await records.updateUser(userId, change)
      if (!user) throw wrongPassword()
      return user
    })
  }
}

function refuseUnlessLoggedIn({ via }: Principal): void {
  if (via === 'session' || via === 'basic') return
  throw new Refusal('scope_missing', { detail: 'A new password needs the access token of a log-in.' })
}
