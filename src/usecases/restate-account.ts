import type { Principal, User } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Passwords, Secrets } from '../domain/secrets.ts'
import type { Records, Store, UserWithPassword } from '../store/store.ts'
import { checkAccountFields } from './account-rules.ts'
import { type CheckPassword, type PasswordClaim, wrongPassword } from './check-password.ts'
import { sessionCodeHash } from './link-chat.ts'

/**
 * How long after a log-in its access token may set a new password. Such an interface has no field for the current password, so a fresh
 * log-in stands for it; fifteen minutes are enough to fill in a form, and a token that is found later takes no account.
 */
export const FRESH_LOG_IN_MS = 15 * 60_000

/**
 * For interfaces where a person says the whole account anew. A password that is not the current one is the new one, and ends every session
 * but the caller's own. The current one is not asked for then, so only somebody who logged in just now may set one: by Basic, or by the
 * access token of a log-in of the last `FRESH_LOG_IN_MS` that no bot was shown. To anybody else it is refused with `scope_missing`.
 * Refuses with `request_invalid`, `login_taken`, `credentials_invalid` (the account changed its password meanwhile, or is gone) and
 * `too_many_requests`: a password that is not the current one counts as a wrong guess. Nothing is changed then.
 */
export type RestateAccount = (input: {
  caller: Principal
  account: { login: string; name: string; password: string }
  address: string
}) => Promise<User>

interface Deps {
  store: Pick<Store, 'transaction' | 'getUser'>
  passwords: Passwords
  checkPassword: CheckPassword
  secrets: Pick<Secrets, 'hashCode'>
  clock: Clock
}

export function restateAccount(deps: Deps): RestateAccount {
  return async ({ caller, account: { login, name, password }, address }) => {
    checkAccountFields({ login, name, password })
    const { user, sessionId } = caller
    const before = await deps.store.getUser(user.id)
    if (!before) throw wrongPassword()
    const proven = await provenBy(deps, { login: before.user.login, password, address })
    if (proven && proven.passwordHash !== before.passwordHash) throw wrongPassword()
    const isNew = !proven
    if (isNew && caller.via !== 'session' && caller.via !== 'basic') throw notLoggedIn()
    const change = { login, name, ...(isNew && { passwordHash: await deps.passwords.hash(password) }) }
    return deps.store.transaction(async (records) => {
      const now = await records.getUser(user.id)
      if (now?.passwordHash !== before.passwordHash) throw wrongPassword()
      if (isNew) {
        if (sessionId !== undefined) await refuseUnlessFresh(deps, records, sessionId)
        await records.deleteSessionsOf(user.id, sessionId === undefined ? undefined : { exceptId: sessionId })
      }
      const changed = await records.updateUser(user.id, change)
      if (!changed) throw wrongPassword()
      return changed
    })
  }
}

/** Undefined when the password is wrong. */
async function provenBy({ checkPassword }: Deps, claim: PasswordClaim): Promise<UserWithPassword | undefined> {
  return checkPassword(claim).catch((thrown: unknown) => {
    if (thrown instanceof Refusal && thrown.code === 'credentials_invalid') return undefined
    throw thrown
  })
}

async function refuseUnlessFresh({ secrets, clock }: Deps, records: Records, sessionId: string): Promise<void> {
  const session = (await records.getSession(sessionId))?.session
  const isFresh = session !== undefined && clock.now() - session.createdAtMs <= FRESH_LOG_IN_MS
  // What was pasted into a chat may be read there by others.
  if (!isFresh || (await records.hasAccountCode(sessionCodeHash(secrets, sessionId)))) throw notLoggedIn()
}

function notLoggedIn(): Refusal {
  return new Refusal('scope_missing', {
    detail: `A new password needs the access token of a log-in of the last ${FRESH_LOG_IN_MS / 60_000} minutes that was shown to no bot: log in again.`,
  })
}
