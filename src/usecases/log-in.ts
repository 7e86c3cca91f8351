import type { User } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import { newId } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import type { AccessTokens } from '../domain/secrets.ts'
import type { Store } from '../store/store.ts'
import { type CheckPassword, type PasswordClaim, wrongPassword } from './check-password.ts'

export interface LoggedIn {
  /** A JWT that is as alive as its session. */
  accessToken: string
  expiresAtMs: number
  user: User
}

/** Refuses with `credentials_invalid` or `too_many_requests`. */
export type LogIn = (claim: PasswordClaim) => Promise<LoggedIn>

export interface LogInDeps {
  store: Pick<Store, 'transaction'>
  checkPassword: CheckPassword
  accessTokens: AccessTokens
  clock: Clock
  random: Random
  /** The setting `ACCESS_TOKEN_TTL`. */
  accessTokenTtlMs: number
}

export function logIn(deps: LogInDeps): LogIn {
  return async (claim) => {
    const { user, passwordHash } = await deps.checkPassword(claim)
    const createdAtMs = deps.clock.now()
    const expiresAtMs = wholeSecond(createdAtMs + deps.accessTokenTtlMs)
    const session = { id: newId('ses', deps), userId: user.id, createdAtMs, expiresAtMs }
    await deps.store.transaction(async (records) => {
      // The password may have been changed while this one was checked; what it ended must not begin again.
      const now = await records.getUser(user.id)
      if (now?.passwordHash !== passwordHash) throw wrongPassword()
      await records.createSession(session)
    })
    return { accessToken: await deps.accessTokens.issue(session), expiresAtMs, user }
  }
}

/** JWTs count whole seconds, so the session and its token end at the same moment. A life below a second is not cut to nothing. */
function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
